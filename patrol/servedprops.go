package patrol

import (
	"encoding/json"
	"time"
)

// ServedProperties returns the properties of f as outsiders see them at now: what is
// stored, and what follows from it.
func ServedProperties(f Feature, now time.Time) (json.RawMessage, error) {
	return f.Properties, nil
}
