package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// GapQuery selects recorded gaps, oldest id first.
type GapQuery struct {
	Scope  *Scope        // of watches that are seen in it; nil = nothing
	State  GapState      // "" = any
	Stands bool          // only those that are not closed
	Watch  *uuid.UUID    // of one watch
	Cause  Cause         // "" = any
	Level  SeverityLevel // "" = any
	BBox   *orb.Bound    // intersects
	During *Times        // open at any moment of it; nil = at any time
	Limit  int
	After  uuid.UUID
}

// Times are the moments between two, both included; Unix milliseconds.
type Times struct{ FromMs, ToMs int64 }
