package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// WatchKind is what sort of subject a watch demands to be seen.
type WatchKind string

// The kinds of watch.
const (
	Ground    WatchKind = "ground"    // the surface of an area
	Perimeter WatchKind = "perimeter" // an area's outline, holes' outlines too
	Survey    WatchKind = "survey"    // the surface of an area, by drones' images
	AtPost    WatchKind = "post"      // who stands at a checkpoint
)

// sameVersions reports whether w and v are one version of a watch over one version of its
// subject.
func (w Watch) sameVersions(v Watch) bool {
	return w.Version == v.Version && w.SubjectVersion == v.SubjectVersion
}

// bound is a lon/lat box around the subject.
func (w Watch) bound() orb.Bound {
	if w.Kind == AtPost {
		return w.Post.At.Bound()
	}
	return w.Area.Bound()
}

// leastGap is the least size of a gap that is recorded, in the unit of the watch's kind.
func (w Watch) leastGap() float64 {
	switch w.Kind {
	case Perimeter:
		return w.MinGapM
	case AtPost:
		return 1
	default:
		return w.MinGapM2
	}
}

// PerKind holds one figure for each kind of tracker.
type PerKind struct{ Person, Vehicle, Drone float64 }

// Of returns the figure for kind k.
func (p PerKind) Of(k Kind) float64 {
	switch k {
	case Vehicle:
		return p.Vehicle
	case Drone:
		return p.Drone
	default:
		return p.Person
	}
}

// Max returns the largest of the three.
func (p PerKind) Max() float64 { return max(p.Person, p.Vehicle, p.Drone) }

// Watch is a standing demand: its subject must be seen, by these kinds of tracker,
// at least every RevisitS seconds. Every default is filled in.
type Watch struct {
	ID             uuid.UUID
	Version        int
	Name           string
	Kind           WatchKind
	Subject        string   // areas/ID or zones/ID
	Area           geo.Area // the subject's, in the version that applies
	SubjectVersion int      // that version's number
	Sources        []Kind
	ActiveFromMs   int64
	ActiveToMs     int64 // 0 = no end
	RevisitS       int64
	SweepM         PerKind // full width
	JoinS          PerKind
	JoinM          PerKind
	MaxAccuracyM   PerKind
	MinGapM2       float64 // of ground
	MinGapM        float64 // of a perimeter
	MinImages      int     // of a survey: so many must count for every piece
	Priority       int     // 1 to 5

	// Of a post.
	Post      Post
	PresenceS int64 // how long a proof of presence holds
	GraceS    int64 // how long the post may be short before that is a gap
	Hours     Hours
}

// Post is a checkpoint as a watch looks after it.
type Post struct {
	Checkpoint uuid.UUID
	At         orb.Point
	RadiusM    float64
	MinStaff   int // people
}
