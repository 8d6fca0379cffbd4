package patrol

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/paulmach/orb"
)

// next returns the bare version that follows f's newest, written and applying at now.
func (f Feature) next(now time.Time) Feature {
	return Feature{
		Collection: f.Collection,
		ID:         f.ID,
		Version:    f.Newest + 1,
		Newest:     f.Newest + 1,
		Created:    now.UTC(),
		From:       now.UTC(),
	}
}

// NewVersion checks what shall take the place of old, the version that applies now, as
// NewFeature checks a new feature. What the server itself adds when it serves a feature
// may be given back to it, and is left out.
func NewVersion(old Feature, g orb.Geometry, props json.RawMessage, now time.Time) (Feature, error) {
	c, err := CollectionNamed(old.Collection)
	if err != nil {
		return Feature{}, fmt.Errorf("collection %q: %w", old.Collection, err)
	}
	if len(c.Geometries) == 0 {
		g = nil // served with a place, kept without
	}
	f := old.next(now)
	if f.Geometry, err = c.parseGeometry(g); err != nil {
		return Feature{}, err
	}
	given, err := parseMembers(props)
	if err != nil {
		return Feature{}, err
	}
	for _, p := range c.Properties {
		if p.Served {
			delete(given, p.Name)
		}
	}
	checked, err := c.check(given)
	if err != nil {
		return Feature{}, err
	}
	before, err := storedProperties(old)
	if err != nil {
		return Feature{}, err
	}
	if err := follow(old, &f, before, checked); err != nil {
		return Feature{}, err
	}
	if err := complete(c, checked, now); err != nil {
		return Feature{}, err
	}
	f.Properties = c.writeProperties(checked)
	return f, nil
}

// follow applies the rules that hold between the properties of a version and those
// before it.
func follow(old Feature, f *Feature, before, p properties) error {
	switch old.Collection {
	case Zones:
		return amendZone(old, f, p)
	case Trackers:
		if before.text("kind") != p.text("kind") {
			return Invalidf("kind", "cannot change: what a tracker has seen was judged by it; make another tracker")
		}
	case Assignments:
		if _, given := p["from"]; !given {
			p["from"] = before["from"]
		}
	case Watches:
		if _, given := p["active_from"]; !given {
			p["active_from"] = before["active_from"]
		}
	}
	return nil
}
