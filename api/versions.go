package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"xunfang/patrol"
)

// serveVersions lists every version of a zone or watch, oldest first.
func (s *server) serveVersions(w http.ResponseWriter, r *http.Request) error {
	c, err := collectionOf(r)
	if err != nil {
		return err
	}
	if !c.Versioned() {
		return patrol.ErrNotFound
	}
	if _, err := parameters(r); err != nil {
		return err
	}
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	versions, err := s.Store.Versions(r.Context(), patrol.ScopeFrom(r.Context()), c.Name, id)
	if err != nil {
		return fmt.Errorf("versions of %s/%v: %w", c.Name, id, err)
	}
	list := featureCollection{
		Type:      "FeatureCollection",
		TimeStamp: patrol.FormatMs(s.Now().UnixMilli()),
		Links: []link{
			{s.itemHref(r, c.Name, id.String()) + "/versions", "self", typeGeoJSON, "The versions"},
			{s.itemHref(r, c.Name, id.String()), "latest-version", typeGeoJSON, "The feature as it applies now"},
		},
		Features: make([]json.RawMessage, 0, len(versions)),
	}
	count := len(versions)
	list.NumberMatched, list.NumberReturned = &count, &count
	for _, f := range versions {
		written, err := s.featureJSON(r.Context(), f)
		if err != nil {
			return err
		}
		list.Features = append(list.Features, written)
	}
	return writeJSON(w, http.StatusOK, typeGeoJSON, list)
}
