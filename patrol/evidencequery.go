package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// EvidenceQuery selects what one tracker sent, in order of time.
type EvidenceQuery struct {
	Tracker uuid.UUID
	Times
	Inside orb.MultiPolygon // what lies there or meets it; nil = anywhere
	Limit  int              // the first so many
}
