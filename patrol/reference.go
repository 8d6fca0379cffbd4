package patrol

import "github.com/google/uuid"

// Reference is a property by which one feature stands on another.
type Reference struct {
	Field      string // the property
	Collection string // of the feature it names
	ID         uuid.UUID
}

// References returns what f stands on: an area on its parent, a watch on its subject, a
// team on its parent and area, an assignment on who is assigned and to what, a tracker
// on its team where that is named by its id.
func References(f Feature) ([]Reference, error) {
	switch f.Collection {
	case Areas, Teams, Trackers:
		p, err := storedProperties(f)
		if err != nil {
			return nil, err
		}
		return p.references(standsOn[f.Collection]), nil
	case Watches:
		collection, id, err := WatchSubject(f)
		if err != nil {
			return nil, err
		}
		return []Reference{{"subject", collection, id}}, nil
	case Assignments:
		a, err := ParseAssignment(f)
		if err != nil {
			return nil, err
		}
		subject := Reference{"subject", a.Collection, a.Subject}
		if a.Team != uuid.Nil {
			return []Reference{{"team", Teams, a.Team}, subject}, nil
		}
		return []Reference{{"tracker", Trackers, a.Tracker}, subject}, nil
	}
	return nil, nil
}

// standsOn gives the properties that name a feature by its id alone, and in which
// collection that is.
var standsOn = map[string][]Reference{
	Areas:    {{Field: "parent", Collection: Areas}},
	Teams:    {{Field: "parent", Collection: Teams}, {Field: "area", Collection: Areas}},
	Trackers: {{Field: "team", Collection: Teams}},
}

// references returns those of refs for which p holds an id.
func (p properties) references(refs []Reference) (given []Reference) {
	for _, r := range refs {
		var err error
		if r.ID, err = ParseID(r.Field, p.text(r.Field)); err == nil {
			given = append(given, r)
		}
	}
	return given
}
