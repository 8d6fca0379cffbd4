package patrol

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Feature is one version of a document with a place: an area, checkpoint, zone,
// watch, tracker or street. Versions are immutable; at any time the highest one that
// applies from then or earlier is the one that applies.
type Feature struct {
	Collection string
	ID         uuid.UUID
	Version    int             // from 1
	Newest     int             // the number of the newest version, which a zone may have ahead
	Geometry   orb.Geometry    // lon/lat, valid; nil for null
	Properties json.RawMessage // a JSON object, as checked and completed by NewFeature
	Created    time.Time       // when this version was written
	From       time.Time       // when it begins to apply; zero: it holds for all earlier times
	Until      time.Time       // when the next version or a deletion takes its place; zero: none does
}

// Query selects features of one collection, oldest id first.
type Query struct {
	Collection string
	Scope      *Scope            // seen in it, of trackers by their teams alone; nil = nothing
	BBox       *orb.Bound        // intersects; nil = everywhere
	InForce    *Times            // of zones: the last version in force then; nil = what applies now
	Equal      map[string]string // property = text form of its value
	Limit      int               // at most so many
	After      uuid.UUID         // ids greater than this; uuid.Nil = from the start
}
