package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"unicode/utf8"

	"xunfang/patrol"
)

// Bounds of a body, before it is parsed.
const (
	maxFeature = 8 << 20  // bytes
	maxCommand = 64 << 10 // bytes
	maxDepth   = 32       // of nested objects and arrays
)

// readBody returns the body, which is JSON text of one of the media types, of most
// bytes at most, and bounded in depth.
func readBody(w http.ResponseWriter, r *http.Request, most int64, mediaTypes ...string) ([]byte, error) {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(mediaTypes, got) {
		return nil, statusError{http.StatusUnsupportedMediaType, "The body must be " + mediaTypes[0]}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	return body, checkText(body)
}

// checkText refuses what is not UTF-8 or nests too deep, without parsing it.
func checkText(body []byte) error {
	if !utf8.Valid(body) {
		return patrol.Invalidf("", "The body is not UTF-8")
	}
	if patrol.JSONDepth(body) > maxDepth {
		return patrol.Invalidf("", "The body nests deeper than %d", maxDepth)
	}
	return nil
}

// readJSON reads a command's body into v. Members that v does not have are refused.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := readBody(w, r, maxCommand, typeJSON)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return patrol.Invalidf("", "The body is not the JSON object that is expected here")
	}
	if _, err := d.Token(); err != io.EOF {
		return patrol.Invalidf("", "The body goes on after its JSON object")
	}
	return nil
}
