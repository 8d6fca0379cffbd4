package api

import (
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"

	"xunfang/patrol"
)

const maxRosterBody = 8 << 20 // bytes

// takeRoster takes a list of people: it makes their teams and trackers, or with dry_run
// only says what it would. A row that is refused refuses the list, unless partial asks
// for the others.
func (s *server) takeRoster(w http.ResponseWriter, r *http.Request) error {
	query, err := parameters(r, "dry_run", "partial", "area")
	if err != nil {
		return err
	}
	area := uuid.Nil
	if query.Has("area") {
		if area, err = patrol.ParseID("area", query.Get("area")); err != nil {
			return asParameter(err)
		}
		if err := s.mustGovern(r.Context(), patrol.Areas, area); err != nil {
			return err
		}
	} else if actingScope(r.Context()) != patrol.Everything {
		return badParameterf("area", "is required: your account is for a part of the deployment")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRosterBody))
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	rows, err := s.Roster(body)
	if err != nil {
		return err
	}
	roster, err := s.newRoster(r, rows, area)
	if err != nil {
		return err
	}
	status := http.StatusOK
	answer := rosterAnswer{
		DryRun: query.Get("dry_run") == "1", Teams: len(roster.Teams), Trackers: len(roster.Trackers),
		Changed: len(roster.Changed), Unchanged: roster.Unchanged, Refused: roster.Refused,
	}
	switch refused := len(roster.Refused) > 0 && query.Get("partial") != "1"; {
	case answer.DryRun:
	case refused:
		status = http.StatusUnprocessableEntity
	default:
		if err := s.Store.Enrol(r.Context(), roster); err != nil {
			return fmt.Errorf("keep a roster: %w", err)
		}
		answer.Kept = true
	}
	return writeJSON(w, status, typeJSON, answer)
}

// rosterAnswer is what a list of people makes and changes, or would.
type rosterAnswer struct {
	DryRun    bool                `json:"dry_run"`
	Kept      bool                `json:"kept"`
	Teams     int                 `json:"teams_created"`
	Trackers  int                 `json:"trackers_created"`
	Changed   int                 `json:"trackers_changed"`
	Unchanged int                 `json:"unchanged"`
	Refused   []patrol.RowRefused `json:"refused"`
}

// newRoster holds rows against the teams and trackers where who asks may act: those of
// others are not known to the list.
func (s *server) newRoster(r *http.Request, rows []patrol.RosterRow, area uuid.UUID) (patrol.Enrolment, error) {
	var there [2][]patrol.Feature
	for i, collection := range []string{patrol.Teams, patrol.Trackers} {
		query := patrol.Query{Collection: collection, Scope: actingScope(r.Context()), Limit: maxLimit}
		for {
			page, _, err := s.Store.Features(r.Context(), query)
			if err != nil {
				return patrol.Enrolment{}, fmt.Errorf("list %s: %w", collection, err)
			}
			there[i] = append(there[i], page...)
			if len(page) < maxLimit {
				break
			}
			query.After = page[len(page)-1].ID
		}
	}
	roster, err := patrol.NewEnrolment(rows, there[0], there[1], area, s.Now())
	if roster.Refused == nil {
		roster.Refused = []patrol.RowRefused{}
	}
	return roster, err
}
