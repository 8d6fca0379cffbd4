package patrol

import (
	"encoding/json"
	"strings"
)

// Files write numbers and lists as texts, and numbers where a text is meant: what only
// differs in writing is rewritten, what differs in sense is left for the checks to refuse.

// asType returns raw as p's type where that is only a matter of writing; nil for what is
// absent or an empty text.
func (p Property) asType(raw json.RawMessage) json.RawMessage {
	text := asText(raw)
	switch {
	case len(raw) == 0 || raw[0] == '"' && text == "":
		return nil
	case p.Type == Text && text != "":
		return mustText(text)
	case p.Type == TextList && text != "":
		list := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;，；、", r) })
		for i := range list {
			list[i] = strings.TrimSpace(list[i])
		}
		out, err := json.Marshal(list)
		if err != nil {
			return raw
		}
		return out
	case (p.Type == Number || p.Type == Integer) && text != "" && json.Valid([]byte(text)):
		return json.RawMessage(text)
	case p.Type == Time && text != "":
		return mustText(text)
	}
	return raw
}

// asText returns a JSON text, or a number as it is written, without white space around
// it; "" for anything else.
func asText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.TrimSpace(text)
	}
	var number json.Number
	if len(raw) > 0 && raw[0] != '"' && json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

func mustText(text string) json.RawMessage {
	raw, _ := json.Marshal(text) // a string always encodes
	return raw
}

// isNameProperty reports whether a file's property of that name is by its name a name.
func isNameProperty(name string) bool {
	return strings.EqualFold(name, "name") || name == "名称"
}

// FromText returns a text given for p, as in a query or a table, in p's type.
func (p Property) FromText(text string) json.RawMessage { return p.asType(mustText(text)) }
