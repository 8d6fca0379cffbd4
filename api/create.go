package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// createItem takes one GeoJSON feature and answers with it as it is now served.
func (s *server) createItem(w http.ResponseWriter, r *http.Request) error {
	c, err := collectionOf(r)
	if err != nil {
		return err
	}
	if !c.Writable {
		w.Header().Set("Allow", "GET, HEAD")
		return statusError{http.StatusMethodNotAllowed, c.Title + " are made by the server and cannot be posted"}
	}
	body, err := readBody(w, r, maxFeature, typeGeoJSON, typeJSON)
	if err != nil {
		return err
	}
	geometry, properties, err := parseFeature(body)
	if err != nil {
		return err
	}
	f, err := patrol.NewFeature(c.Name, geometry, properties, s.Now())
	if err != nil {
		return err
	}
	if err := s.resolve(r.Context(), &f); err != nil {
		return err
	}
	served, err := s.keep(r.Context(), f)
	if err != nil {
		return err
	}
	w.Header().Set("Location", s.itemHref(r, c.Name, f.ID.String()))
	w.Header().Set("Cache-Control", "no-store")
	write(w, http.StatusCreated, typeGeoJSON, served)
	return nil
}

// resolve checks that what f refers to exists. A watch takes its subject's place.
func (s *server) resolve(ctx context.Context, f *patrol.Feature) error {
	switch f.Collection {
	case patrol.Areas:
		parent, err := patrol.AreaParent(*f)
		if err != nil || parent == uuid.Nil {
			return err
		}
		_, err = s.referred(ctx, "parent", patrol.Areas, parent)
		return err
	case patrol.Watches:
		collection, id, err := patrol.WatchSubject(*f)
		if err != nil {
			return err
		}
		subject, err := s.referred(ctx, "subject", collection, id)
		if err != nil {
			return err
		}
		if err := patrol.CheckSubject(subject); err != nil {
			return err
		}
		f.Geometry = subject.Geometry
	}
	return nil
}

// referred returns the feature that field names, or a *patrol.Invalid about field.
func (s *server) referred(ctx context.Context, field, collection string, id uuid.UUID) (patrol.Feature, error) {
	f, err := s.Store.Feature(ctx, collection, id)
	if errors.Is(err, patrol.ErrNotFound) {
		return patrol.Feature{}, patrol.Invalidf(field, "names %s/%v, which does not exist", collection, id)
	}
	if err != nil {
		return patrol.Feature{}, fmt.Errorf("look up %s/%v: %w", collection, id, err)
	}
	return f, nil
}

// keep stores f, passes it on and returns it as it is served. A tracker's answer,
// and no other, carries its new token.
func (s *server) keep(ctx context.Context, f patrol.Feature) (json.RawMessage, error) {
	shown := f
	var (
		seq int64
		err error
	)
	if f.Collection == patrol.Trackers {
		secret, hash := newSecret()
		if shown.Properties, err = withMember(f.Properties, "token", secret); err != nil {
			return nil, err
		}
		seq, err = s.Store.CreateTracker(ctx, f, hash)
	} else {
		seq, err = s.Store.CreateFeature(ctx, f)
	}
	if err != nil {
		return nil, fmt.Errorf("store %s/%v: %w", f.Collection, f.ID, err)
	}
	s.Publisher.Publish(patrol.Event{Seq: seq, Feature: &patrol.FeatureChange{Event: "created", Feature: f}})
	return patrol.FeatureJSON(shown, s.Now())
}
