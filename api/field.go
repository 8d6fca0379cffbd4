package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

const (
	surroundingsM    = 1000 // metres from where the phone was last, to each side
	surroundingsMost = 500  // features of each collection
)

// fieldTracker returns the tracker whose token r carries, or ErrUnauthorized.
func (s *server) fieldTracker(r *http.Request) (patrol.Tracker, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return patrol.Tracker{}, patrol.ErrUnauthorized
	}
	tracker, err := s.Store.TrackerByToken(r.Context(), hashSecret(strings.TrimSpace(token)))
	return tracker, unknownIsUnauthorized(err)
}

// fieldAnswer tells a phone who it is.
type fieldAnswer struct {
	Tracker struct {
		ID   uuid.UUID   `json:"id"`
		Name string      `json:"name"`
		Kind patrol.Kind `json:"kind"`
	} `json:"tracker"`
	Deployment  string         `json:"deployment"`
	TimeZone    string         `json:"time_zone"`
	Simulated   bool           `json:"simulated"`
	Levels      []patrol.Level `json:"levels"`
	Now         string         `json:"now"`
	OnDutySince *string        `json:"on_duty_since"` // null: off duty
}

func (s *server) serveField(w http.ResponseWriter, r *http.Request) error {
	tracker, err := s.fieldTracker(r)
	if err != nil {
		return err
	}
	return s.writeField(w, r, tracker)
}

func (s *server) writeField(w http.ResponseWriter, r *http.Request, t patrol.Tracker) error {
	out := fieldAnswer{
		Deployment: s.Deployment.Name, TimeZone: s.Deployment.TimeZone, Simulated: s.Deployment.Simulated,
		Levels: patrol.Levels, Now: patrol.FormatMs(s.Now().UnixMilli()),
	}
	out.Tracker.ID, out.Tracker.Name, out.Tracker.Kind = t.ID, t.Name, t.Kind
	last, err := s.Store.LastDuty(r.Context(), t.ID)
	switch {
	case errors.Is(err, patrol.ErrNotFound):
	case err != nil:
		return fmt.Errorf("read the duty of tracker %v: %w", t.ID, err)
	case last.On:
		since := patrol.FormatMs(last.TMs)
		out.OnDutySince = &since
	}
	return writeJSON(w, http.StatusOK, typeJSON, out)
}

// takeDuty keeps the start or end of a phone's duty. A phone that was offline tells
// it late, with the time at which it was.
func (s *server) takeDuty(w http.ResponseWriter, r *http.Request) error {
	tracker, err := s.fieldTracker(r)
	if err != nil {
		return err
	}
	var in struct {
		T  string `json:"t"`
		On *bool  `json:"on"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	at, err := patrol.ParseTime("t", in.T)
	if err != nil {
		return err
	}
	if in.On == nil {
		return patrol.Invalidf("on", "must be true (duty starts) or false (it ends)")
	}
	duty, err := patrol.NewDuty(tracker, at, *in.On, s.Now())
	if err != nil {
		return err
	}
	if err := s.Store.AddDuty(r.Context(), duty); err != nil {
		return fmt.Errorf("keep a duty: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// serveSurroundings answers what is around the place of the phone's newest stored fix:
// what is in force, missing or standing there, and no people. The phone does not say
// where it is, so that no address of a request, and no log of one, tells it.
func (s *server) serveSurroundings(w http.ResponseWriter, r *http.Request) error {
	tracker, err := s.fieldTracker(r)
	if err != nil {
		return err
	}
	out := struct {
		RadiusM     int                          `json:"radius_m"`
		Collections map[string][]json.RawMessage `json:"collections"`
	}{surroundingsM, map[string][]json.RawMessage{}}
	last, err := s.lastFix(r.Context(), tracker.ID)
	if errors.Is(err, patrol.ErrNotFound) {
		return writeJSON(w, http.StatusOK, typeJSON, out)
	}
	if err != nil {
		return err
	}
	scope, err := s.fieldScope(r.Context(), tracker)
	if err != nil {
		return err
	}
	place := orb.Point{last.Lon, last.Lat}
	around := geo.Grow(orb.Bound{Min: place, Max: place}, surroundingsM)
	for _, name := range []string{patrol.Areas, patrol.Streets, patrol.Zones, patrol.Checkpoints, patrol.Gaps} {
		c, err := patrol.CollectionNamed(name)
		if err != nil {
			return err
		}
		q := itemsQuery{scope: scope, bbox: &around, limit: surroundingsMost}
		if name == patrol.Zones {
			nowMs := s.Now().UnixMilli()
			q.during = &patrol.Times{FromMs: nowMs, ToMs: nowMs}
		}
		p, err := s.pageOf(r, c, q)
		if err != nil {
			return err
		}
		out.Collections[name] = p.features
	}
	return writeJSON(w, http.StatusOK, typeJSON, out)
}

// fieldScope returns what a tracker may see of what is around it: the area in which its
// team works; everything when no area is known of it.
func (s *server) fieldScope(ctx context.Context, t patrol.Tracker) (*patrol.Scope, error) {
	team, err := patrol.ParseID("team", t.Team)
	if err != nil { // it is of no team, or of one by name alone
		return patrol.Everything, nil
	}
	for range maxNesting {
		f, err := s.Store.Feature(ctx, patrol.Teams, team)
		if err != nil {
			return nil, fmt.Errorf("read team %v: %w", team, err)
		}
		references, err := patrol.References(f)
		if err != nil {
			return nil, err
		}
		parent := uuid.Nil
		for _, ref := range references {
			if ref.Field == "area" {
				return s.Store.Scope(ctx, []uuid.UUID{ref.ID}, "")
			}
			parent = ref.ID
		}
		if parent == uuid.Nil {
			break
		}
		team = parent
	}
	return patrol.Everything, nil
}
