package patrol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// NewFeature checks what was posted to a collection, fills in the defaults, and
// makes it the first version of a feature with a new id. What is wrong with it is a
// *Invalid. References to other features are only checked for their form.
func NewFeature(collection string, g orb.Geometry, props json.RawMessage, now time.Time) (Feature, error) {
	c, err := CollectionNamed(collection)
	if err != nil {
		return Feature{}, fmt.Errorf("collection %q: %w", collection, err)
	}
	if !c.Writable() {
		return Feature{}, Invalidf("", "%s are made by the server and cannot be posted", c.Name)
	}
	if g, err = c.parseGeometry(g); err != nil {
		return Feature{}, err
	}
	given, err := parseMembers(props)
	if err != nil {
		return Feature{}, err
	}
	checked, err := c.check(given)
	if err != nil {
		return Feature{}, err
	}
	if err := complete(c, checked, now); err != nil {
		return Feature{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Feature{}, fmt.Errorf("make an id: %w", err)
	}
	return Feature{
		Collection: c.Name,
		ID:         id,
		Version:    1,
		Newest:     1,
		Geometry:   g,
		Properties: c.writeProperties(checked),
		Created:    now.UTC(),
	}, nil
}

// properties are checked values by name, each in its kept form.
type properties map[string]json.RawMessage

// set gives name a value, which must encode.
func (p properties) set(name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	p[name] = raw
	return nil
}

// time returns the time under name, the zero time when there is none.
func (p properties) time(name string) (t time.Time) {
	if raw, ok := p[name]; ok {
		_ = json.Unmarshal(raw, &t) // checked before
	}
	return t
}

// text returns the text under name, "" when there is none.
func (p properties) text(name string) (s string) {
	if raw, ok := p[name]; ok {
		_ = json.Unmarshal(raw, &s) // checked before
	}
	return s
}

// parseMembers splits what was given as properties; null is none.
func parseMembers(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return map[string]json.RawMessage{}, nil
	}
	return ParseObject("properties", raw)
}

// check takes the properties that may stand in c, each in the form in which it is kept.
func (c Collection) check(given map[string]json.RawMessage) (properties, error) {
	if err := c.checkNames(given); err != nil {
		return nil, err
	}
	checked := properties{}
	for _, p := range c.Properties {
		value, ok := given[p.Name]
		switch {
		case ok:
			kept, err := p.parse(value)
			if err != nil {
				return nil, err
			}
			checked[p.Name] = kept
		case p.Required:
			return nil, Invalidf(p.Name, "is required")
		}
	}
	return checked, nil
}

// checkNames refuses names that cannot be posted to c.
func (c Collection) checkNames(given map[string]json.RawMessage) error {
	var unknown []string
	for name := range given {
		switch p, ok := c.Property(name); {
		case !ok:
			unknown = append(unknown, name)
		case p.Served:
			return Invalidf(name, "is made by the server and cannot be posted")
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return Invalidf(unknown[0], "%s have no property %s", c.Name, strings.Join(unknown, ", "))
}

// complete applies the rules that hold between the properties of one feature, and
// fills in defaults.
func complete(c Collection, p properties, now time.Time) error {
	switch c.Name {
	case Checkpoints:
		if _, ok := p["min_staff"]; !ok {
			return p.set("min_staff", 1)
		}
	case Zones:
		return checkZone(p)
	case Watches:
		return completeWatch(p, now)
	case Assignments:
		return completeAssignment(p, now)
	case Trackers:
		if team, err := ParseID("team", p.text("team")); err == nil {
			return p.set("team", team) // in its one form: scopes compare texts
		}
	}
	return nil
}

// writeProperties writes p as a JSON object in the order of the table.
func (c Collection) writeProperties(p properties) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, property := range c.Properties {
		value, ok := p[property.Name]
		if !ok {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", property.Name, value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
