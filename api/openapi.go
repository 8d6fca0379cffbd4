package api

import (
	"net/http"
	"slices"

	"xunfang/patrol"
)

// object is a JSON object of the OpenAPI document.
type object map[string]any

// serveOpenAPI describes /ogc: exactly what the table of collections says.
func (s *server) serveOpenAPI(w http.ResponseWriter, r *http.Request) error {
	paths := object{
		"/":            get("The landing page", "landing", jsonAnswer("Links", object{"type": "object"})),
		"/conformance": get("Conformance classes", "conformance", jsonAnswer("The classes", object{"type": "object"})),
		"/api":         get("This document", "api", answer("OpenAPI 3.0", typeOpenAPI, object{"type": "object"})),
		"/collections": get("The collections", "collections", jsonAnswer("The collections", object{"type": "object"})),
	}
	schemas := object{}
	for _, c := range patrol.Collections {
		path := "/collections/" + c.Name
		paths[path] = get(c.Title, c.Name+".collection", jsonAnswer(c.Title, object{"type": "object"}))
		paths[path+"/items"] = itemsPath(c)
		paths[path+"/items/{id}"] = itemPath(c)
		if c.Versioned() {
			paths[path+"/items/{id}/versions"] = versionsPath(c)
		}
		if slices.Contains(patrol.Importable, c.Name) {
			paths[path+"/items/{id}/original"] = originalPath(c)
		}
		schemas[c.Name] = featureSchema(c)
		schemas[c.Name+".list"] = listSchema(c)
		if c.Writable() {
			schemas[c.Name+".new"] = newFeatureSchema(c)
			schemas[c.Name+".next"] = nextFeatureSchema(c)
		}
	}
	return writeJSON(w, http.StatusOK, typeOpenAPI, object{
		"openapi": "3.0.3",
		"info": object{
			"title":       s.Deployment.Name,
			"version":     s.Deployment.Version,
			"description": "Xunfang (巡防), OGC API Features. Coordinates are longitude, latitude, WGS 84.",
		},
		"servers":  []object{{"url": s.href(r, "/ogc")}},
		"security": []object{{"basic": []string{}}, {"bearer": []string{}}, {"cookie": []string{}}},
		"paths":    paths,
		"components": object{
			"schemas": schemas,
			"securitySchemes": object{
				"basic":  object{"type": "http", "scheme": "basic"},
				"bearer": object{"type": "http", "scheme": "bearer"},
				"cookie": object{"type": "apiKey", "in": "cookie", "name": sessionCookie},
			},
		},
	})
}

func get(summary, id string, responses object) object {
	return object{"get": object{"summary": summary, "operationId": id, "responses": responses}}
}

func answer(description, mediaType string, schema object) object {
	return object{"200": content(description, mediaType, schema), "default": refusal()}
}

func jsonAnswer(description string, schema object) object {
	return answer(description, typeJSON, schema)
}

func content(description, mediaType string, schema object) object {
	return object{"description": description, "content": object{mediaType: object{"schema": schema}}}
}

// refusal describes a problem, in the one form that all of them have.
func refusal() object {
	return content("A problem, with a sentence that says what is wrong", "application/problem+json", object{
		"type":     "object",
		"required": []string{"type", "title", "status", "detail"},
		"properties": object{
			"type":   object{"type": "string"},
			"title":  object{"type": "string"},
			"status": object{"type": "integer"},
			"detail": object{"type": "string"},
			"field":  object{"type": "string"},
			"at":     positionSchema(),
		},
	})
}

func ref(schema string) object { return object{"$ref": "#/components/schemas/" + schema} }

func itemsPath(c patrol.Collection) object {
	list := object{
		"summary":     c.Title + " (" + c.TitleZH + ")",
		"operationId": c.Name + ".list",
		"parameters":  parametersOf(c),
		"responses":   answer("A page of "+c.Name, typeGeoJSON, ref(c.Name+".list")),
	}
	if !c.Writable() {
		return object{"get": list}
	}
	created := content("Created, as it is now served", typeGeoJSON, ref(c.Name))
	created["headers"] = object{"Location": object{"schema": object{"type": "string", "format": "uri"}}}
	return object{"get": list, "post": object{
		"summary":     "Create one of the " + c.Name,
		"operationId": c.Name + ".create",
		"requestBody": object{"required": true, "content": object{typeGeoJSON: object{"schema": ref(c.Name + ".new")}}},
		"responses":   object{"201": created, "default": refusal()},
	}}
}

// parametersOf describes what itemsParameters names.
func parametersOf(c patrol.Collection) (list []object) {
	for _, name := range itemsParameters(c) {
		p := object{"name": name, "in": "query", "schema": parameterSchema(c, name)}
		p["required"] = c.Evidence() && (name == "tracker" || name == "datetime")
		if name == "bbox" {
			p["style"], p["explode"] = "form", false
		}
		list = append(list, p)
	}
	return list
}

func parameterSchema(c patrol.Collection, name string) object {
	switch name {
	case "limit":
		return object{"type": "integer", "minimum": 1, "maximum": maxLimit, "default": defaultLimit}
	case "cursor":
		return object{"type": "string", "description": "from a next link"}
	case "bbox":
		return object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}}
	case "datetime":
		return object{"type": "string", "description": "TIME, FROM/TO, FROM/.. or ../TO"}
	default:
		p, _ := c.Property(name)
		return valueSchema(p)
	}
}

func listSchema(c patrol.Collection) object {
	return object{
		"type":     "object",
		"required": []string{"type", "features"},
		"properties": object{
			"type":           object{"type": "string", "enum": []string{"FeatureCollection"}},
			"timeStamp":      object{"type": "string", "format": "date-time"},
			"numberMatched":  object{"type": "integer"},
			"numberReturned": object{"type": "integer"},
			"links":          object{"type": "array", "items": object{"type": "object"}},
			"features":       object{"type": "array", "items": ref(c.Name)},
		},
	}
}

// featureSchema describes a feature as it is served.
func featureSchema(c patrol.Collection) object {
	schema := schemaOf(c, func(patrol.Property) bool { return true })
	schema["properties"].(object)["id"] = object{"type": "string"}
	return schema
}

// newFeatureSchema describes a feature as it is posted.
func newFeatureSchema(c patrol.Collection) object {
	schema := schemaOf(c, func(p patrol.Property) bool { return !p.Served })
	properties := schema["properties"].(object)["properties"].(object)
	properties["additionalProperties"] = false
	return schema
}

func schemaOf(c patrol.Collection, include func(patrol.Property) bool) object {
	values, required := object{}, []string{}
	for _, p := range c.Properties {
		if !include(p) {
			continue
		}
		values[p.Name] = valueSchema(p)
		if p.Required {
			required = append(required, p.Name)
		}
	}
	properties := object{"type": "object", "properties": values}
	if len(required) > 0 {
		properties["required"] = required
	}
	return object{
		"type":     "object",
		"required": []string{"type", "geometry", "properties"},
		"properties": object{
			"type":       object{"type": "string", "enum": []string{"Feature"}},
			"geometry":   geometrySchema(c),
			"properties": properties,
		},
	}
}

func geometrySchema(c patrol.Collection) object {
	if len(c.Geometries) == 0 {
		return object{"type": "object", "nullable": true, "description": "null when posted"}
	}
	return object{
		"type":     "object",
		"required": []string{"type", "coordinates"},
		"properties": object{
			"type":        object{"type": "string", "enum": c.Geometries},
			"coordinates": object{"type": "array", "items": object{}},
		},
	}
}
