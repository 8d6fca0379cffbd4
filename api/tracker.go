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

// lastFix returns a tracker's newest fix, or ErrNotFound when it never sent one.
func (s *server) lastFix(ctx context.Context, tracker uuid.UUID) (patrol.Fix, error) {
	if last, ok := s.Board.Last(tracker); ok {
		return last, nil
	}
	last, err := s.Store.LastFix(ctx, tracker)
	if err != nil {
		return patrol.Fix{}, fmt.Errorf("last fix of tracker %v: %w", tracker, err)
	}
	return last, nil
}

// located returns the tracker f with the place, time and battery of its newest fix.
func (s *server) located(ctx context.Context, f patrol.Feature) (patrol.Feature, error) {
	last, err := s.lastFix(ctx, f.ID)
	if errors.Is(err, patrol.ErrNotFound) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.Geometry = orb.Point{last.Lon, last.Lat}
	f.Properties, err = withMember(f.Properties, "seen_at", patrol.FormatMs(last.TMs))
	if err == nil && last.Battery != patrol.Unknown {
		f.Properties, err = withMember(f.Properties, "battery", last.Battery)
	}
	return f, err
}

// trackerSieve keeps the trackers that are of the teams of the scope or on its ground,
// and whose newest fix lies in the box and interval asked for.
func (s *server) trackerSieve(ctx context.Context, q itemsQuery) sieve {
	return func(f patrol.Feature) (bool, error) {
		t, err := patrol.ParseTracker(f)
		if err != nil || !q.scope.HasTeam(t.Team) && !s.isOnGround(q.scope, t.ID) {
			return false, err
		}
		if q.bbox == nil && q.during == nil {
			return true, nil
		}
		last, err := s.lastFix(ctx, f.ID)
		if errors.Is(err, patrol.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		within := q.bbox == nil || q.bbox.Contains(orb.Point{last.Lon, last.Lat})
		during := q.during == nil || q.during.FromMs <= last.TMs && last.TMs <= q.during.ToMs
		return within && during, nil
	}
}

// renewTrackerToken gives a tracker a new token, shown this once; the old one ends.
func (s *server) renewTrackerToken(w http.ResponseWriter, r *http.Request) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	secret, hash := newSecret()
	if err := s.Store.SetTrackerToken(r.Context(), id, hash); err != nil {
		return fmt.Errorf("renew the token of tracker %v: %w", id, err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusCreated, typeJSON, struct {
		Token string `json:"token"`
	}{secret})
}

// revokeTrackerToken leaves a tracker without a token, until it is given a new one.
func (s *server) revokeTrackerToken(w http.ResponseWriter, r *http.Request) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := s.Store.SetTrackerToken(r.Context(), id, nil); err != nil {
		return fmt.Errorf("revoke the token of tracker %v: %w", id, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
