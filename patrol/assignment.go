package patrol

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Assignment says who answers for a subject, from when to when: exactly one of Team
// and Tracker is set.
type Assignment struct {
	ID         uuid.UUID
	Team       uuid.UUID
	Tracker    uuid.UUID
	Collection string // of the subject: areas, checkpoints or zones
	Subject    uuid.UUID
	From       time.Time
	To         time.Time // the zero time: until further notice
}

// ParseAssignment reads the assignment that f is.
func ParseAssignment(f Feature) (Assignment, error) {
	p, err := storedProperties(f)
	if err != nil {
		return Assignment{}, err
	}
	a, err := newAssignment(p)
	a.ID = f.ID
	if err != nil {
		return a, fmt.Errorf("read assignment %v: %w", f.ID, err)
	}
	return a, nil
}

// HeldDuring reports whether the assignment held at any moment of during.
func (a Assignment) HeldDuring(during Times) bool { return holds(a.From, a.To, during) }

// completeAssignment fills in since when an assignment holds, and checks what must hold
// between its properties.
func completeAssignment(p properties, now time.Time) error {
	if _, ok := p["from"]; !ok {
		if err := p.set("from", FormatMs(now.UnixMilli())); err != nil {
			return err
		}
	}
	a, err := newAssignment(p)
	if err != nil {
		return err
	}
	if !a.To.IsZero() && !a.To.After(a.From) {
		return Invalidf("to", "must be after from")
	}
	return p.set("subject", a.Collection+"/"+a.Subject.String()) // in its one form: filters compare texts
}

func newAssignment(p properties) (a Assignment, err error) {
	a.From, a.To = p.time("from"), p.time("to")
	team, tracker := p.text("team"), p.text("tracker")
	switch {
	case team == "" && tracker == "":
		return a, Invalidf("team", "is required, or tracker")
	case team != "" && tracker != "":
		return a, Invalidf("tracker", "must not be given together with team")
	case team != "":
		a.Team, err = ParseID("team", team)
	default:
		a.Tracker, err = ParseID("tracker", tracker)
	}
	if err != nil {
		return a, err
	}
	a.Collection, a.Subject, err = splitSubject(p.text("subject"), Areas, Checkpoints, Zones)
	return a, err
}

// splitSubject splits COLLECTION/ID, the collection being one of those given.
func splitSubject(s string, collections ...string) (collection string, id uuid.UUID, err error) {
	collection, rest, _ := strings.Cut(s, "/")
	if id, err = ParseID("subject", rest); err != nil || !slices.Contains(collections, collection) {
		return "", uuid.Nil, Invalidf("subject", "must be %s/ID", strings.Join(collections, "/ID or "))
	}
	return collection, id, nil
}
