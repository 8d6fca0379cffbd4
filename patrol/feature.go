package patrol

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Feature is one version of a document with a place: an area, checkpoint, zone,
// watch, tracker or street. Versions are immutable; the highest is in force.
type Feature struct {
	Collection string
	ID         uuid.UUID
	Version    int             // from 1
	Geometry   orb.Geometry    // lon/lat, valid; nil for null
	Properties json.RawMessage // a JSON object, as checked and completed by NewFeature
	Created    time.Time       // when this version was written
}

// Query selects current features of one collection, oldest id first.
type Query struct {
	Collection string
	BBox       *orb.Bound        // intersects; nil = everywhere
	Equal      map[string]string // property = text form of its value
	Limit      int               // at most so many
	After      uuid.UUID         // ids greater than this; uuid.Nil = from the start
}
