package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"xunfang/patrol"
)

// replaceItem takes a whole feature in the place of one that is there: its next version.
func (s *server) replaceItem(w http.ResponseWriter, r *http.Request) error {
	c, old, err := s.itemToWrite(w, r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, maxFeature, typeGeoJSON, typeJSON)
	if err != nil {
		return err
	}
	given, err := patrol.ParseFeatureJSON(body)
	if err != nil {
		return err
	}
	return s.replaceBy(w, r, c, old, given)
}

// updateItem takes a JSON merge patch (RFC 7396) of a feature. A zone that was issued
// is not edited, so that nobody changes by omission what restricts people.
func (s *server) updateItem(w http.ResponseWriter, r *http.Request) error {
	c, old, err := s.itemToWrite(w, r)
	if err != nil {
		return err
	}
	if c.Name == patrol.Zones {
		draft, err := patrol.ZoneIsDraft(old)
		if err != nil {
			return err
		}
		if !draft {
			return &patrol.Conflict{Reason: "A zone that was issued is not edited: PUT issues its next version, DELETE lifts it"}
		}
	}
	patch, err := readBody(w, r, maxFeature, typeMergePatch)
	if err != nil {
		return err
	}
	if !json.Valid(patch) {
		return patrol.Invalidf("", "The body is not JSON")
	}
	now, err := patrol.FeatureJSON(old, s.Now())
	if err != nil {
		return fmt.Errorf("write %s/%v: %w", c.Name, old.ID, err)
	}
	merged, err := mergePatch(now, patch)
	if err != nil {
		return err
	}
	given, err := patrol.ParseFeatureJSON(merged)
	if err != nil {
		return err
	}
	return s.replaceBy(w, r, c, old, given)
}

// itemToWrite returns what r's path names, when r's If-Match allows to write it.
func (s *server) itemToWrite(w http.ResponseWriter, r *http.Request) (patrol.Collection, patrol.Feature, error) {
	c, err := writableCollection(w, r)
	if err != nil {
		return c, patrol.Feature{}, err
	}
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return c, patrol.Feature{}, err
	}
	f, err := s.Store.Feature(r.Context(), c.Name, id)
	if err != nil {
		return c, f, fmt.Errorf("read %s/%v: %w", c.Name, id, err)
	}
	return c, f, checkIfMatch(r, f.Newest)
}

// replaceBy stores the version that takes the place of old, and answers with the feature as it is
// now served.
func (s *server) replaceBy(w http.ResponseWriter, r *http.Request, c patrol.Collection, old patrol.Feature, given patrol.Given) error {
	f, err := patrol.NewVersion(old, given.Geometry, given.Properties, s.Now())
	if err != nil {
		return err
	}
	if err := s.checkPlaced(r.Context(), f); err != nil {
		return err
	}
	if err := s.resolve(r.Context(), f); err != nil {
		return err
	}
	if err := s.checkWatched(r.Context(), f); err != nil {
		return err
	}
	return s.keepVersion(w, r, c, f)
}

// checkWatched refuses a new shape that the watches over f could not be kept on.
func (s *server) checkWatched(ctx context.Context, f patrol.Feature) error {
	if f.Collection != patrol.Areas && f.Collection != patrol.Zones {
		return nil
	}
	subject := f.Collection + "/" + f.ID.String()
	_, watches, err := s.Store.Features(ctx, patrol.Query{Collection: patrol.Watches, Scope: patrol.Everything, Equal: map[string]string{"subject": subject}, Limit: 1})
	if err != nil {
		return fmt.Errorf("look for watches over %s: %w", subject, err)
	}
	if watches == 0 {
		return nil
	}
	err = patrol.CheckSubject(f)
	if invalid := (*patrol.Invalid)(nil); errors.As(err, &invalid) {
		return &patrol.Invalid{Field: "geometry", Reason: "cannot be watched: " + invalid.Reason, At: invalid.At}
	}
	return err
}

// keepVersion stores the next version of a feature, tells it, and answers with what applies.
func (s *server) keepVersion(w http.ResponseWriter, r *http.Request, c patrol.Collection, f patrol.Feature) error {
	seq, err := s.Store.ReplaceFeature(r.Context(), f)
	if err != nil {
		return fmt.Errorf("store %s/%v: %w", c.Name, f.ID, someoneWasFaster(r, err))
	}
	served, err := s.announce(r.Context(), "replaced", c.Name, f.ID, seq)
	if err != nil {
		return err
	}
	return s.writeItem(w, r, c, served)
}

// someoneWasFaster turns a conflict into what If-Match asked to be told.
func someoneWasFaster(r *http.Request, err error) error {
	other := (*patrol.Conflict)(nil)
	if errors.Is(err, patrol.ErrConflict) && !errors.As(err, &other) && r.Header.Get("If-Match") != "" {
		return errFaster
	}
	return err
}
