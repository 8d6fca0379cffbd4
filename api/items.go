package api

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// featureCollection is a GeoJSON FeatureCollection; what is nil is left out.
type featureCollection struct {
	Type           string            `json:"type"`
	TimeStamp      string            `json:"timeStamp,omitempty"`
	NumberMatched  *int              `json:"numberMatched,omitempty"`
	NumberReturned *int              `json:"numberReturned,omitempty"`
	Links          []link            `json:"links,omitempty"`
	Features       []json.RawMessage `json:"features"`
}

// page is a part of what a request for items matches.
type page struct {
	features []json.RawMessage
	matched  int
	next     string // cursor of what follows, "" at the end
}

func (s *server) serveItems(w http.ResponseWriter, r *http.Request) error {
	c, err := collectionOf(r)
	if err != nil {
		return err
	}
	query, err := parameters(r, itemsParameters(c)...)
	if err != nil {
		return err
	}
	q, err := parseItemsQuery(c, query)
	if err != nil {
		return err
	}
	q.scope = patrol.ScopeFrom(r.Context())
	p, err := s.pageOf(r, c, q)
	if err != nil {
		return err
	}
	returned := len(p.features)
	return writeJSON(w, http.StatusOK, typeGeoJSON, featureCollection{
		Type:           "FeatureCollection",
		TimeStamp:      patrol.FormatMs(s.Now().UnixMilli()),
		NumberMatched:  &p.matched,
		NumberReturned: &returned,
		Links:          s.pageLinks(r, c, p.next),
		Features:       p.features,
	})
}

func (s *server) pageOf(r *http.Request, c patrol.Collection, q itemsQuery) (page, error) {
	switch c.Name {
	case patrol.Fixes:
		return s.fixes().page(r.Context(), s, q)
	case patrol.Tracks:
		return s.pageOfTracks(r.Context(), q)
	case patrol.Footprints:
		return s.footprints().page(r.Context(), s, q)
	case patrol.Gaps:
		return s.pageOfGaps(r.Context(), q)
	default:
		return s.pageOfFeatures(r.Context(), c, q)
	}
}

// pageLinks points at this page, the next one (cursor "" = none), and the collection.
func (s *server) pageLinks(r *http.Request, c patrol.Collection, cursor string) []link {
	href := s.collectionHref(r, c.Name)
	query := r.URL.Query()
	self := href + "/items"
	if len(query) > 0 {
		self += "?" + query.Encode()
	}
	links := []link{
		{self, "self", typeGeoJSON, "This page"},
		{href, "collection", typeJSON, c.Title},
	}
	if cursor != "" {
		query.Set("cursor", cursor)
		links = append(links, link{href + "/items?" + query.Encode(), "next", typeGeoJSON, "The next page"})
	}
	return links
}

// itemID reads an id from a path; what is no UUID in its usual form names nothing.
func itemID(s string) (uuid.UUID, error) {
	id, err := patrol.ParseID("id", s)
	if err != nil {
		return uuid.Nil, patrol.ErrNotFound
	}
	return id, nil
}
