package patrol

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// MaxRoster is how many people one roster may list.
const MaxRoster = 10_000

// RosterRow is a person in a list of people.
type RosterRow struct {
	Row   int    // in the file, from 1, the header among them
	Name  string // 姓名
	Team  string // 队伍: team, or team/group/… from the topmost down
	Phone string // "" where the list has none
}

// Enrolment is what a list of people changes: the teams and trackers that it makes, and the
// trackers that it gives another phone number.
type Enrolment struct {
	Teams, Trackers []Feature // new
	Changed         []Feature // trackers' next versions
	Unchanged       int
	Refused         []RowRefused
}

// RowRefused is a row that is left out, with a sentence for who wrote it.
type RowRefused struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// enrolling gathers an Enrolment.
type enrolling struct {
	Enrolment
	area     uuid.UUID
	now      time.Time
	teams    map[[2]string]string // by parent's id, or the area where there is none, and name: id
	trackers map[[2]string]person // by team's id and name
}

type person struct {
	feature Feature
	row     int // that named it, 0: it was there before
}

// NewEnrolment holds rows against the teams and trackers that are there. A person is known
// by name and team: the same list again changes nothing. New topmost teams work in an
// area, uuid.Nil for none.
func NewEnrolment(rows []RosterRow, teams, trackers []Feature, area uuid.UUID, now time.Time) (Enrolment, error) {
	p := enrolling{area: area, now: now, teams: map[[2]string]string{}, trackers: map[[2]string]person{}}
	for _, f := range teams {
		props, err := storedProperties(f)
		if err != nil {
			return Enrolment{}, err
		}
		p.teams[[2]string{cmp.Or(props.text("parent"), props.text("area")), props.text("name")}] = f.ID.String()
	}
	for _, f := range trackers {
		props, err := storedProperties(f)
		if err != nil {
			return Enrolment{}, err
		}
		p.trackers[[2]string{props.text("team"), props.text("name")}] = person{feature: f}
	}
	for _, row := range rows {
		err := p.add(row)
		if invalid := (*Invalid)(nil); errors.As(err, &invalid) {
			p.Refused = append(p.Refused, RowRefused{row.Row, invalid.Error()})
		} else if err != nil {
			return Enrolment{}, err
		}
	}
	return p.Enrolment, nil
}

func (p *enrolling) add(row RosterRow) error {
	props := map[string]string{"name": row.Name, "person": row.Name, "kind": string(Person)}
	if row.Phone != "" {
		props["phone"] = row.Phone
	}
	if _, err := newOf(Trackers, props, p.now); err != nil { // before its team is made for nobody
		return err
	}
	team, err := p.team(row.Team)
	if err != nil {
		return err
	}
	props["team"] = team
	key := [2]string{team, row.Name}
	known, ok := p.trackers[key]
	switch {
	case ok && known.row > 0:
		return Invalidf("name", "stands in row %d already, in the same team; tell the two apart by their names", known.row)
	case ok:
		known.row = row.Row
		p.trackers[key] = known
		return p.change(known.feature, row)
	}
	f, err := newOf(Trackers, props, p.now)
	if err != nil {
		return err
	}
	p.Trackers = append(p.Trackers, f)
	p.trackers[key] = person{f, row.Row}
	return nil
}

// change gives a tracker the phone number of a row that has one.
func (p *enrolling) change(f Feature, row RosterRow) error {
	props, err := storedProperties(f)
	if err != nil {
		return err
	}
	if row.Phone == "" || props.text("phone") == row.Phone {
		p.Unchanged++
		return nil
	}
	if err := props.set("phone", row.Phone); err != nil {
		return err
	}
	raw, err := json.Marshal(props)
	if err != nil {
		return err
	}
	next, err := NewVersion(f, nil, raw, p.now)
	if err != nil {
		return err
	}
	p.Changed = append(p.Changed, next)
	return nil
}

// team returns the id of the team at the end of a path, which it makes where it is not
// there.
func (p *enrolling) team(path string) (string, error) {
	parent, works := "", ""
	if p.area != uuid.Nil {
		works = p.area.String()
	}
	for name := range strings.SplitSeq(path, "/") {
		name = strings.TrimSpace(name)
		key := [2]string{cmp.Or(parent, works), name}
		id, ok := p.teams[key]
		if !ok {
			props := map[string]string{"name": name}
			switch {
			case parent != "":
				props["parent"] = parent
			case works != "":
				props["area"] = works
			}
			f, err := newOf(Teams, props, p.now)
			if invalid := (*Invalid)(nil); errors.As(err, &invalid) {
				return "", &Invalid{Field: "team", Reason: invalid.Reason}
			}
			if err != nil {
				return "", err
			}
			id = f.ID.String()
			p.teams[key] = id
			p.Teams = append(p.Teams, f)
		}
		parent = id
	}
	return parent, nil
}

func newOf(collection string, props map[string]string, now time.Time) (Feature, error) {
	raw, err := json.Marshal(props)
	if err != nil {
		return Feature{}, err
	}
	return NewFeature(collection, nil, raw, now)
}
