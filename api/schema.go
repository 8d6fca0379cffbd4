package api

import "xunfang/patrol"

// valueSchema describes the value of a property.
func valueSchema(p patrol.Property) object {
	schema := typeSchema(p)
	if p.About != "" {
		schema["description"] = p.About
	}
	return schema
}

func typeSchema(p patrol.Property) object {
	switch p.Type {
	case patrol.TextList:
		return object{"type": "array", "items": textSchema(p)}
	case patrol.Number, patrol.Integer:
		return numberSchema(p)
	case patrol.Bool:
		return object{"type": "boolean"}
	case patrol.Time:
		return object{"type": "string", "format": "date-time"}
	case patrol.ID:
		return object{"type": "string", "format": "uuid"}
	case patrol.Figures:
		byKind := object{}
		for _, k := range patrol.Kinds {
			byKind[string(k)] = numberSchema(p)
		}
		return object{"oneOf": []object{
			numberSchema(p),
			{"type": "object", "properties": byKind, "additionalProperties": false},
		}}
	case patrol.Position:
		return positionSchema()
	default:
		return textSchema(p)
	}
}

func textSchema(p patrol.Property) object {
	schema := object{"type": "string"}
	if p.Enum != nil {
		schema["enum"] = p.Enum
	} else {
		schema["maxLength"] = patrol.MaxText
	}
	return schema
}

func numberSchema(p patrol.Property) object {
	schema := object{"type": "number"}
	if p.Type == patrol.Integer {
		schema["type"] = "integer"
	}
	if p.Most != 0 {
		schema["minimum"], schema["maximum"] = p.Least, p.Most
	}
	if p.MoreThan0 {
		schema["exclusiveMinimum"] = true
	}
	return schema
}

func positionSchema() object {
	return object{"type": "array", "minItems": 2, "maxItems": 2, "items": object{"type": "number"}}
}
