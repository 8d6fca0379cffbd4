package api

import (
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
	switch c.Name {
	case patrol.Fixes:
		feature, err := s.fixes().item(r.Context(), s, id)
		return s.writeMade(w, r, c, feature, err)
	case patrol.Tracks:
		feature, err := s.trackItem(r.Context(), id)
		return s.writeMade(w, r, c, feature, err)
	case patrol.Footprints:
		feature, err := s.footprints().item(r.Context(), s, id)
		return s.writeMade(w, r, c, feature, err)
	case patrol.Gaps:
		feature, err := s.gapItem(r.Context(), id)
		return s.writeMade(w, r, c, feature, err)
	}
	parsed, err := itemID(id)
	if err != nil {
		return err
	}
	f, err := s.Store.Feature(r.Context(), c.Name, parsed)
	if err != nil {
		return fmt.Errorf("read %s/%v: %w", c.Name, parsed, err)
	}
	return s.writeItem(w, r, c, f)
}

// writeMade answers with an item that the server made, or returns err.
func (s *server) writeMade(w http.ResponseWriter, r *http.Request, c patrol.Collection, feature json.RawMessage, err error) error {
	if err != nil {
		return err
	}
	return s.writeTagged(w, r, c, feature, 0)
}

// writeItem answers with f as it is served.
func (s *server) writeItem(w http.ResponseWriter, r *http.Request, c patrol.Collection, f patrol.Feature) error {
	feature, err := s.featureJSON(r.Context(), f)
	if err != nil {
		return err
	}
	return s.writeTagged(w, r, c, feature, f.Newest)
}

// writeTagged answers with an item, its links and its ETag, or that nothing has changed.
func (s *server) writeTagged(w http.ResponseWriter, r *http.Request, c patrol.Collection, feature json.RawMessage, version int) error {
	href := s.itemHref(r, c.Name, r.PathValue("id"))
	links := []link{
		{href, "self", typeGeoJSON, "This feature"},
		{s.collectionHref(r, c.Name), "collection", typeJSON, c.Title},
	}
	if c.Versioned() {
		links = append(links, link{href + "/versions", "version-history", typeGeoJSON, "Every version of it"})
	}
	body, err := withMember(feature, "links", links)
	if err != nil {
		return err
	}
	tag := itemTag(version, body)
	w.Header().Set("ETag", tag)
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	write(w, http.StatusOK, typeGeoJSON, body)
	return nil
}
