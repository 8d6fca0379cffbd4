package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"xunfang/patrol"
)

func (s *server) serveItem(w http.ResponseWriter, r *http.Request) error {
	c, err := collectionOf(r)
	if err != nil {
		return err
	}
	if _, err := parameters(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	feature, err := s.itemOf(r, c, id)
	if err != nil {
		return err
	}
	body, err := withMember(feature, "links", []link{
		{s.itemHref(r, c.Name, id), "self", typeGeoJSON, "This feature"},
		{s.collectionHref(r, c.Name), "collection", typeJSON, c.Title},
	})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	write(w, http.StatusOK, typeGeoJSON, body)
	return nil
}

func (s *server) itemOf(r *http.Request, c patrol.Collection, id string) (json.RawMessage, error) {
	switch c.Name {
	case patrol.Fixes:
		return s.fixItem(r.Context(), id)
	case patrol.Tracks:
		return s.trackItem(r.Context(), id)
	case patrol.Gaps:
		return s.gapItem(r.Context(), id)
	}
	parsed, err := itemID(id)
	if err != nil {
		return nil, err
	}
	f, err := s.Store.Feature(r.Context(), c.Name, parsed)
	if err != nil {
		return nil, fmt.Errorf("read %s/%v: %w", c.Name, parsed, err)
	}
	return s.featureJSON(r.Context(), f)
}
