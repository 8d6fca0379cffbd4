package api

import "xunfang/patrol"

// itemPath describes a single item: how it is read and, where it can be, written.
func itemPath(c patrol.Collection) object {
	p := get("One of the "+c.Name, c.Name+".get", object{"200": itemAnswer(c, "The feature"), "default": refusal()})
	p["parameters"] = []object{{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}}}
	if !c.Writable() {
		return p
	}
	p["put"] = object{
		"summary":     "Replace one of the " + c.Name + " by its next version",
		"operationId": c.Name + ".replace",
		"parameters":  []object{ifMatch()},
		"requestBody": object{"required": true, "content": object{typeGeoJSON: object{"schema": ref(c.Name + ".next")}}},
		"responses":   object{"200": itemAnswer(c, "As it is now served"), "default": refusal()},
	}
	p["patch"] = object{
		"summary":     "Change parts of one of the " + c.Name + " (RFC 7396)" + draftsOnly(c),
		"operationId": c.Name + ".update",
		"parameters":  []object{ifMatch()},
		"requestBody": object{"required": true, "content": object{typeMergePatch: object{"schema": object{"type": "object"}}}},
		"responses":   object{"200": itemAnswer(c, "As it is now served"), "default": refusal()},
	}
	p["delete"] = deletion(c)
	return p
}

func deletion(c patrol.Collection) object {
	d := object{
		"summary":     "Delete one of the " + c.Name,
		"operationId": c.Name + ".delete",
		"parameters":  []object{ifMatch()},
		"responses":   object{"204": object{"description": "Deleted"}, "default": refusal()},
	}
	if c.Name == patrol.Zones {
		d["summary"] = "Lift a zone that was issued, or delete a draft"
		d["parameters"] = []object{ifMatch(), {
			"name": "at", "in": "query", "description": "when an issued zone is lifted; now unless given",
			"schema": object{"type": "string", "format": "date-time"},
		}}
		d["responses"] = object{
			"200":     itemAnswer(c, "Lifted, as it is now served"),
			"204":     object{"description": "The draft is deleted"},
			"default": refusal(),
		}
	}
	return d
}

func draftsOnly(c patrol.Collection) string {
	if c.Name == patrol.Zones {
		return "; drafts only"
	}
	return ""
}

func itemAnswer(c patrol.Collection, description string) object {
	a := content(description, typeGeoJSON, ref(c.Name))
	a["headers"] = object{"ETag": object{"schema": object{"type": "string"}}}
	return a
}

func ifMatch() object {
	return object{
		"name": "If-Match", "in": "header", "schema": object{"type": "string"},
		"description": "the ETag of what was read: 412 when it has a newer version since; without it the newest is replaced",
	}
}

func versionsPath(c patrol.Collection) object {
	p := get("Every version of one of the "+c.Name+", oldest first", c.Name+".versions",
		answer("The versions", typeGeoJSON, ref(c.Name+".list")))
	p["parameters"] = []object{{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}}}
	return p
}

func originalPath(c patrol.Collection) object {
	p := get("What one of the "+c.Name+" was in the file that it was imported from", c.Name+".original",
		jsonAnswer("The file, the datum, and the feature's own coordinates and properties", object{"type": "object"}))
	p["parameters"] = []object{{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}}}
	return p
}

// nextFeatureSchema describes a feature as it replaces another: what the server adds
// may be given back, and is left out.
func nextFeatureSchema(c patrol.Collection) object {
	schema := schemaOf(c, func(patrol.Property) bool { return true })
	properties := schema["properties"].(object)["properties"].(object)
	properties["additionalProperties"] = false
	return schema
}
