package patrol

import (
	"encoding/json"
	"fmt"
	"time"
)

// ServedProperties returns the properties of f as outsiders see them at now: what is
// stored, and what follows from it (version, and where a zone stands in its legal life).
func ServedProperties(f Feature, now time.Time) (json.RawMessage, error) {
	c, err := CollectionNamed(f.Collection)
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", f.Collection, err)
	}
	if !c.Versioned() || f.Version == 0 { // of what is deleted nothing is left to say
		return f.Properties, nil
	}
	p, err := storedProperties(f)
	if err != nil {
		return nil, err
	}
	if err := p.set("version", f.Version); err != nil {
		return nil, err
	}
	if f.Collection == Zones {
		if err := serveZone(f, p, now); err != nil {
			return nil, err
		}
	}
	return c.writeProperties(p), nil
}

// storedProperties reads what NewFeature wrote.
func storedProperties(f Feature) (properties, error) {
	p, err := ParseObject("properties", f.Properties)
	if err != nil {
		return nil, fmt.Errorf("read %s/%v: %w", f.Collection, f.ID, err)
	}
	return p, nil
}
