package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Cause is why a gap is there.
type Cause string

// The causes that a gap can have, in the order in which they are tried.
const (
	Understaffed Cause = "understaffed" // fewer people are assigned, or at a post present, than it needs
	Silent       Cause = "silent"       // who is assigned there has gone quiet
	Inaccurate   Cause = "inaccurate"   // someone was there, with fixes too poor
	Sparse       Cause = "sparse"       // someone was there, with fixes too far apart to join
	Thin         Cause = "thin"         // images show it, but too few
	Expired      Cause = "expired"      // seen once, too long ago
	Never        Cause = "never"        // not seen since the look-back horizon
)

// Why is a gap's cause with the figures that prove it.
type Why struct {
	Cause Cause
	// Setting is what was missed: the watch's max_accuracy_m, max_speed_mps, join_s, join_m,
	// min_images or revisit_s, or the assignments to its subject. Empty for expired and never.
	Setting string
	Value   float64 // what was measured, in the setting's unit
	Limit   float64 // what the setting allows
}

// PureGap is a connected stale part of a subject as of T: a pure function of the
// fixes, without identity.
type PureGap struct {
	Kind    WatchKind
	Shape   orb.Geometry // lon/lat: a MultiPolygon of ground, a LineString of a perimeter, a Point of a post
	Label   orb.Point    // a point on the part, for its label
	Size    float64      // square metres of ground, metres of a perimeter, people that a post lacks
	SinceMs int64        // the part's oldest last-seen stamp, or the look-back horizon; Unix ms
	Why     Why
	Arc     *Arc       // of a perimeter
	Short   *Shortfall // of a post
}

// Arc is a connected piece of an area's outline. Chainages are metres along the ring from
// its first vertex, the area on the left; ToM < FromM leads over the ring's start.
type Arc struct {
	Part, Ring int // which polygon of the area, and which of its rings: 0 is the outer one
	FromM, ToM float64
}

// Gap is a recorded gap: it has an identity and a life. Evidence alone opens, changes and
// closes it; people alone say how it is handled.
type Gap struct {
	ID        uuid.UUID
	Watch     uuid.UUID
	WatchName string
	PureGap
	Severity Severity
	State    GapState
	OpenedMs int64
	ClosedMs int64 // 0 until it is closed
	Handling
}
