package patrol

import "github.com/google/uuid"

// Reference is a property by which one feature stands on another.
type Reference struct {
	Field      string // the property
	Collection string // of the feature it names
	ID         uuid.UUID
}

// References returns what f stands on: an area on its parent, a watch on its subject.
func References(f Feature) ([]Reference, error) {
	switch f.Collection {
	case Areas:
		parent, err := AreaParent(f)
		if err != nil || parent == uuid.Nil {
			return nil, err
		}
		return []Reference{{"parent", Areas, parent}}, nil
	case Watches:
		collection, id, err := WatchSubject(f)
		if err != nil {
			return nil, err
		}
		return []Reference{{"subject", collection, id}}, nil
	}
	return nil, nil
}
