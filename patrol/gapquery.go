package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// GapQuery selects recorded gaps, oldest id first.
type GapQuery struct {
	State string     // open or closed; "" = both
	Watch *uuid.UUID // of one watch
	Cause Cause      // "" = any
	BBox  *orb.Bound // intersects
	Limit int
	After uuid.UUID
}
