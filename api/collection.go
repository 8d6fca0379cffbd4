package api

import (
	"context"
	"fmt"
	"net/http"

	"xunfang/patrol"
)

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// collectionAnswer describes a collection.
type collectionAnswer struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	ItemType    string   `json:"itemType"`
	CRS         []string `json:"crs"`
	Extent      *extent  `json:"extent,omitempty"`
	Links       []link   `json:"links"`
}

type extent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
}

// collectionOf returns the collection that r's path names, or ErrNotFound.
func collectionOf(r *http.Request) (patrol.Collection, error) {
	return patrol.CollectionNamed(r.PathValue("collection"))
}

func (s *server) serveCollections(w http.ResponseWriter, r *http.Request) error {
	out := struct {
		Links       []link             `json:"links"`
		Collections []collectionAnswer `json:"collections"`
	}{Links: []link{{s.href(r, "/ogc/collections"), "self", typeJSON, "The collections"}}}
	for _, c := range patrol.Collections {
		answer, err := s.newCollectionAnswer(r, c)
		if err != nil {
			return err
		}
		out.Collections = append(out.Collections, answer)
	}
	return writeJSON(w, http.StatusOK, typeJSON, out)
}

func (s *server) serveCollection(w http.ResponseWriter, r *http.Request) error {
	c, err := collectionOf(r)
	if err != nil {
		return err
	}
	answer, err := s.newCollectionAnswer(r, c)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, typeJSON, answer)
}

func (s *server) newCollectionAnswer(r *http.Request, c patrol.Collection) (collectionAnswer, error) {
	href := s.collectionHref(r, c.Name)
	answer := collectionAnswer{
		ID:          c.Name,
		Title:       c.Title,
		Description: c.TitleZH,
		ItemType:    "feature",
		CRS:         []string{crs84},
		Links: []link{
			{href, "self", typeJSON, c.Title},
			{href + "/items", "items", typeGeoJSON, c.Title + " as GeoJSON"},
		},
	}
	var err error
	answer.Extent, err = s.extentOf(r.Context(), c)
	return answer, err
}

// extentOf returns the extent of what is stored with a place, nil for the rest.
func (s *server) extentOf(ctx context.Context, c patrol.Collection) (*extent, error) {
	if c.Evidence() {
		return nil, nil // that would read every day there is
	}
	box, err := s.Store.Extent(ctx, patrol.ScopeFrom(ctx), c.Name)
	if err != nil {
		return nil, fmt.Errorf("extent of %s: %w", c.Name, err)
	}
	if box == nil {
		return nil, nil
	}
	e := &extent{}
	e.Spatial.BBox, e.Spatial.CRS = [][4]float64{*corners(*box)}, crs84
	return e, nil
}
