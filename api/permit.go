package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// errBeyond is for who sees something and may not change it there.
var errBeyond = statusError{http.StatusForbidden, "That lies, at least in part, beyond the area for which you have the role to do this"}

type actKey struct{}

// actingScope returns where who asks has the role that the door needs; nil, nowhere, when
// the door needs none.
func actingScope(ctx context.Context) *patrol.Scope {
	s, _ := ctx.Value(actKey{}).(*patrol.Scope)
	return s
}

// permitted returns r for a door, carrying what who asks may see and where they may act;
// patrol.ErrNotFound for what they may not know of, a refusal for what they may not do.
func (s *server) permitted(d Door, r *http.Request) (*http.Request, error) {
	if d.Open() {
		return r, nil
	}
	ctx := r.Context()
	p, ok := patrol.PrincipalFrom(ctx)
	if !ok {
		return nil, patrol.ErrUnauthorized
	}
	look, err := s.Warden.Scope(ctx, p, patrol.Viewer)
	if err != nil && !errors.Is(err, patrol.ErrForbidden) {
		return nil, err
	}
	ctx = patrol.WithScope(ctx, look)
	if d.Least == Anyone {
		return r.WithContext(ctx), nil
	}
	least, of, id, err := d.asks(r)
	if err != nil {
		return nil, err
	}
	if of != "" {
		if err := s.mustSee(ctx, of, id); err != nil {
			return nil, err
		}
	}
	act, err := s.Warden.Scope(ctx, p, least)
	if err != nil {
		return nil, err
	}
	if of != "" && least != patrol.Viewer {
		within, err := s.Store.Governs(ctx, act, of, id)
		if err != nil {
			return nil, fmt.Errorf("judge a write of %s/%v: %w", of, id, err)
		}
		if !within {
			return nil, errBeyond
		}
	}
	return r.WithContext(context.WithValue(ctx, actKey{}, act)), nil
}

// asks returns the role that r needs at the door, and what its {id} names; of is "" when
// it has none, or one that the door itself looks up.
func (d Door) asks(r *http.Request) (least patrol.Role, of string, id uuid.UUID, err error) {
	least, of = d.Least, d.Of
	if of == InPath {
		c, err := collectionOf(r)
		if err != nil {
			return "", "", uuid.Nil, err
		}
		of = c.Name
		if least != patrol.Viewer && c.Writable() {
			least = c.Writer
		}
		if c.Evidence() {
			of = ""
		}
	}
	if of == "" || r.PathValue("id") == "" {
		return least, "", uuid.Nil, nil
	}
	id, err = itemID(r.PathValue("id"))
	return least, of, id, err
}

// mustSee returns patrol.ErrNotFound for what who asks may not know of.
func (s *server) mustSee(ctx context.Context, collection string, id uuid.UUID) error {
	scope := patrol.ScopeFrom(ctx)
	if collection == patrol.Trackers && s.isOnGround(scope, id) {
		return nil
	}
	sees, err := s.Store.Sees(ctx, scope, collection, id)
	if err != nil {
		return fmt.Errorf("look for %s/%v: %w", collection, id, err)
	}
	if !sees {
		return patrol.ErrNotFound
	}
	return nil
}

// isOnGround reports whether a tracker is now on the ground of a scope.
func (s *server) isOnGround(scope *patrol.Scope, tracker uuid.UUID) bool {
	last, ok := s.Board.Last(tracker)
	return ok && scope.Contains(orb.Point{last.Lon, last.Lat})
}

// mustGovern refuses what does not lie whole where who asks may act.
func (s *server) mustGovern(ctx context.Context, collection string, id uuid.UUID) error {
	if err := s.mustSee(ctx, collection, id); err != nil {
		return err
	}
	within, err := s.Store.Governs(ctx, actingScope(ctx), collection, id)
	if err != nil {
		return fmt.Errorf("judge a write about %s/%v: %w", collection, id, err)
	}
	if !within {
		return errBeyond
	}
	return nil
}

// checkPlaced refuses a feature that would lie beyond where who asks may act. Its
// references are resolve's to judge.
func (s *server) checkPlaced(ctx context.Context, f patrol.Feature) error {
	act := actingScope(ctx)
	if act == patrol.Everything {
		return nil
	}
	references, err := patrol.References(f)
	if err != nil {
		return err
	}
	if field, needed := placedBy[f.Collection]; needed && len(references) == 0 {
		return patrol.Invalidf(field, "is required: your account is for a part of the deployment")
	}
	beyond, err := s.Store.Beyond(ctx, act, f.Geometry)
	if err != nil {
		return fmt.Errorf("judge the place of %s/%v: %w", f.Collection, f.ID, err)
	}
	if beyond != nil {
		return &patrol.Invalid{Field: "geometry", Reason: "reaches beyond the area for which you have the role to do this", At: beyond}
	}
	return nil
}

// placedBy names the property that says to which part of the deployment a feature
// belongs, where its geometry does not.
var placedBy = map[string]string{patrol.Areas: "parent", patrol.Teams: "area", patrol.Trackers: "team"}
