package patrol

import (
	"bytes"
	"encoding/json"
)

const maxMembers = 1000 // of one object that is posted

// ParseObject splits a JSON object into its members, those that are null left out.
// A name that stands twice is a *Invalid about field, as is anything but an object.
func ParseObject(field string, raw json.RawMessage) (map[string]json.RawMessage, error) {
	notObject := Invalidf(field, "must be a JSON object")
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, notObject
	}
	seen := map[string]bool{}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, notObject
		}
		key := name.(string) // the decoder gives nothing else here
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, notObject
		}
		if len(seen) == maxMembers {
			return nil, Invalidf(field, "has more than %d members", maxMembers)
		}
		if seen[key] {
			return nil, Invalidf(field, "names %q twice", key)
		}
		seen[key] = true
		if !bytes.Equal(value, []byte("null")) {
			members[key] = value
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, notObject
	}
	return members, nil
}
