package patrol

import "github.com/google/uuid"

// Coverage is what is known of one watch as of one moment. Subject, Covered and Never
// are on the ellipsoid: square metres of ground, metres of a perimeter; of a post they are
// seconds of duty in (T − revisit_s, T].
type Coverage struct {
	Watch       uuid.UUID
	Version     int
	Kind        WatchKind
	AtMs        int64 // T, floored to whole seconds, Unix ms
	Share       float64
	Subject     float64
	Covered     float64
	Never       float64  // not seen since the look-back horizon
	WorstIdleS  int64    // of the longest unseen piece; of what was never seen, the look-back
	MeanIdleS   *float64 // of what was seen; nil when nothing was
	NextStaleMs *int64   // when the next covered piece goes stale; nil when none is covered
	CellM       float64  // of ground
	Coarse      bool     // CellM is coarser than the rules ask, because of the subject's size
	LongestLegM float64  // of the legs painted in the window
	// UnknownAccuracyShare is the share of the window's painting fixes that reported
	// no accuracy; 0 when there were none.
	UnknownAccuracyShare float64
	Images               *ImageFigures // of a survey
	Gaps                 []PureGap
	Roll                 *RollCall // of a post
	Seq                  int64     // the feed position that this answers for
	RasterSHA256         string    // of all last-seen stamps, hex
}
