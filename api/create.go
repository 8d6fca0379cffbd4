package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// createItem takes one GeoJSON feature and answers with it as it is now served.
func (s *server) createItem(w http.ResponseWriter, r *http.Request) error {
	c, err := writableCollection(w, r)
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
	f, err := patrol.NewFeature(c.Name, given.Geometry, given.Properties, s.Now())
	if err != nil {
		return err
	}
	if err := s.checkPlaced(r.Context(), f); err != nil {
		return err
	}
	if err := s.resolve(r.Context(), f); err != nil {
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

// writableCollection returns the collection that r's path names; 405 when it is one
// that the server makes by itself.
func writableCollection(w http.ResponseWriter, r *http.Request) (patrol.Collection, error) {
	c, err := collectionOf(r)
	if err == nil && !c.Writable() {
		w.Header().Set("Allow", "GET, HEAD")
		err = statusError{http.StatusMethodNotAllowed, c.Title + " are made by the server and cannot be written"}
	}
	return c, err
}

// resolve checks that what f stands on exists where who asks may act and can bear it: that no area or team lies
// in itself by a detour, and that a watch can be kept.
func (s *server) resolve(ctx context.Context, f patrol.Feature) error {
	references, err := patrol.References(f)
	if err != nil {
		return err
	}
	for _, ref := range references {
		on, err := s.referred(ctx, ref)
		if err != nil {
			return err
		}
		switch err := s.mustGovern(ctx, ref.Collection, ref.ID); {
		case errors.Is(err, patrol.ErrNotFound):
			return nowhere(ref)
		case errors.Is(err, errBeyond):
			return patrol.Invalidf(ref.Field, "names %s/%v, which lies beyond the area for which you have the role to do this", ref.Collection, ref.ID)
		case err != nil:
			return err
		}
		switch {
		case f.Collection == patrol.Watches:
			if err = patrol.CheckSubject(on); err == nil {
				err = patrol.CheckDemanded(on, s.Now())
			}
		case ref.Field == "parent":
			err = s.checkAbove(ctx, f, on)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// referred returns the feature that ref names, or a *patrol.Invalid about its field.
func (s *server) referred(ctx context.Context, ref patrol.Reference) (patrol.Feature, error) {
	f, err := s.Store.Feature(ctx, ref.Collection, ref.ID)
	if errors.Is(err, patrol.ErrNotFound) {
		return patrol.Feature{}, nowhere(ref)
	}
	if err != nil {
		return patrol.Feature{}, fmt.Errorf("look up %s/%v: %w", ref.Collection, ref.ID, err)
	}
	return f, nil
}

func nowhere(ref patrol.Reference) error {
	return patrol.Invalidf(ref.Field, "names %s/%v, which does not exist", ref.Collection, ref.ID)
}

const maxNesting = 64 // of areas, and of teams

// checkAbove refuses what would lie within itself, on being a parent of f.
func (s *server) checkAbove(ctx context.Context, f, on patrol.Feature) error {
	for range maxNesting {
		if on.ID == f.ID {
			return patrol.Invalidf("parent", "lies in this very one")
		}
		references, err := patrol.References(on)
		if err != nil {
			return err
		}
		above := slices.IndexFunc(references, func(r patrol.Reference) bool { return r.Field == "parent" })
		if above < 0 {
			return nil
		}
		if on, err = s.referred(ctx, references[above]); err != nil {
			return err
		}
	}
	return patrol.Invalidf("parent", "nests deeper than %d", maxNesting)
}

// keep stores f, passes it on and returns it as it is served. A tracker's answer,
// and no other, carries its new token.
func (s *server) keep(ctx context.Context, f patrol.Feature) (json.RawMessage, error) {
	var (
		secret string
		hash   []byte
		seq    int64
		err    error
	)
	if f.Collection == patrol.Trackers {
		secret, hash = newSecret()
		seq, err = s.Store.CreateTracker(ctx, f, hash)
	} else {
		seq, err = s.Store.CreateFeature(ctx, f)
	}
	if err != nil {
		return nil, fmt.Errorf("store %s/%v: %w", f.Collection, f.ID, err)
	}
	shown, err := s.announce(ctx, "created", f.Collection, f.ID, seq)
	if err != nil {
		return nil, err
	}
	if secret != "" {
		if shown.Properties, err = withMember(shown.Properties, "token", secret); err != nil {
			return nil, err
		}
	}
	return patrol.FeatureJSON(shown, s.Now())
}

// announce passes on that a feature has changed, and returns what of it applies now.
func (s *server) announce(ctx context.Context, event, collection string, id uuid.UUID, seq int64) (patrol.Feature, error) {
	f, err := s.Store.Feature(ctx, collection, id)
	if err != nil {
		return f, fmt.Errorf("read %s/%v back: %w", collection, id, err)
	}
	s.Publisher.Publish(patrol.Event{Seq: seq, Feature: &patrol.FeatureChange{Event: event, Feature: f}})
	return f, nil
}
