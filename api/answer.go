package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Media types.
const (
	typeJSON       = "application/json"
	typeGeoJSON    = "application/geo+json"
	typeMergePatch = "application/merge-patch+json"
	typeOpenAPI    = "application/vnd.oai.openapi+json;version=3.0"
)

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, mediaType string, v any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // links stay readable
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	write(w, status, mediaType, body.Bytes())
	return nil
}

// write answers with body. A client that is gone is no error of ours.
func write(w http.ResponseWriter, status int, mediaType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
