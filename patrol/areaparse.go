package patrol

import "github.com/google/uuid"

// AreaParent returns the area that f, an area, lies in; uuid.Nil at the root.
func AreaParent(f Feature) (uuid.UUID, error) {
	p, err := storedProperties(f)
	if err != nil {
		return uuid.Nil, err
	}
	parent := p.text("parent")
	if parent == "" {
		return uuid.Nil, nil
	}
	return ParseID("parent", parent)
}
