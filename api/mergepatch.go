package api

import (
	"bytes"
	"encoding/json"
	"fmt"

	"xunfang/patrol"
)

// mergePatch applies a JSON merge patch (RFC 7396) to a JSON value. A patch that names a
// member twice is a *patrol.Invalid.
func mergePatch(target, patch json.RawMessage) (json.RawMessage, error) {
	if !isObject(patch) {
		return patch, nil
	}
	if _, err := patrol.ParseObject("", patch); err != nil {
		return nil, err
	}
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(patch, &changes); err != nil {
		return nil, fmt.Errorf("read a patch: %w", err)
	}
	members := map[string]json.RawMessage{}
	if isObject(target) {
		if err := json.Unmarshal(target, &members); err != nil {
			return nil, fmt.Errorf("read what is patched: %w", err)
		}
	}
	for name, change := range changes {
		if bytes.Equal(change, []byte("null")) {
			delete(members, name)
			continue
		}
		merged, err := mergePatch(members[name], change)
		if err != nil {
			return nil, err
		}
		members[name] = merged
	}
	return json.Marshal(members)
}

func isObject(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == '{'
}
