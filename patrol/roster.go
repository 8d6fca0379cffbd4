package patrol

import (
	"github.com/google/uuid"
)

// Roster is who answers for what, in the versions of assignments, teams, trackers and
// areas that apply at one moment. The zero Roster knows of nobody.
type Roster struct {
	assignments map[string][]Assignment // by subject, COLLECTION/ID
	teams       map[uuid.UUID][]uuid.UUID
	members     map[uuid.UUID][]Member
	trackers    map[uuid.UUID]Member
	parents     map[uuid.UUID]uuid.UUID // of areas
}

// Member is a tracker with who carries it.
type Member struct {
	Tracker uuid.UUID
	Person  string // "" = nobody in particular: the tracker counts as a person of its own
	Kind    Kind
}

// NewRoster reads a roster from features of the collections that it is made of.
func NewRoster(features []Feature) (Roster, error) {
	r := Roster{
		assignments: map[string][]Assignment{}, teams: map[uuid.UUID][]uuid.UUID{},
		members: map[uuid.UUID][]Member{}, trackers: map[uuid.UUID]Member{}, parents: map[uuid.UUID]uuid.UUID{},
	}
	for _, f := range features {
		if f.Collection == Assignments {
			a, err := ParseAssignment(f)
			if err != nil {
				return Roster{}, err
			}
			subject := a.Collection + "/" + a.Subject.String()
			r.assignments[subject] = append(r.assignments[subject], a)
			continue
		}
		p, err := storedProperties(f)
		if err != nil {
			return Roster{}, err
		}
		switch above := p.references(standsOn[f.Collection]); f.Collection {
		case Areas:
			for _, parent := range above {
				r.parents[f.ID] = parent.ID
			}
		case Teams:
			for _, parent := range above {
				if parent.Collection == Teams {
					r.teams[parent.ID] = append(r.teams[parent.ID], f.ID)
				}
			}
		case Trackers:
			m := Member{f.ID, p.text("person"), Kind(p.text("kind"))}
			r.trackers[f.ID] = m
			for _, team := range above {
				r.members[team.ID] = append(r.members[team.ID], m)
			}
		}
	}
	return r, nil
}

// deepest is how far areas and teams are followed; deeper ones go round in a circle.
const deepest = 64

// Assigned returns who is assigned to a watch's subject at a time, Unix ms, and whether
// anybody ever is: to the subject itself or, where nobody is, to the nearest area around it.
// Only trackers of the kinds that count for the watch are returned.
func (r Roster) Assigned(w Watch, atMs int64) (members []Member, known bool) {
	key := w.Subject
	for range deepest {
		if len(r.assignments[key]) > 0 {
			break
		}
		collection, id, err := splitSubject(key, Areas, Checkpoints, Zones)
		parent, ok := r.parents[id]
		if err != nil || collection != Areas || !ok {
			return nil, false
		}
		key = Areas + "/" + parent.String()
	}
	seen := map[uuid.UUID]bool{}
	add := func(m Member) {
		if _, counts := w.Rule(m.Kind); counts && !seen[m.Tracker] {
			seen[m.Tracker] = true
			members = append(members, m)
		}
	}
	for _, a := range r.assignments[key] {
		if !a.HeldDuring(Times{atMs, atMs}) {
			continue
		}
		if m, ok := r.trackers[a.Tracker]; ok {
			add(m)
		}
		r.eachOf(a.Team, deepest, add)
	}
	return members, true
}

// eachOf calls f with every member of a team and of the teams in it.
func (r Roster) eachOf(team uuid.UUID, depth int, f func(Member)) {
	if depth == 0 {
		return
	}
	for _, m := range r.members[team] {
		f(m)
	}
	for _, part := range r.teams[team] {
		r.eachOf(part, depth-1, f)
	}
}
