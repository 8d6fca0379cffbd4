package patrol

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Layout is a watch with its subject worked out for laying evidence on. It is immutable,
// and shared by the gauges of one version of the watch over one version of its subject.
type Layout struct {
	Watch     Watch
	ground    *geo.Ground    // of a ground or survey watch
	perimeter *geo.Perimeter // of a perimeter watch
	clock     *time.Location // by which a post's hours go
}

// Lay works out a watch's subject; clock is the deployment's.
func Lay(w Watch, clock *time.Location) *Layout {
	l := &Layout{Watch: w, clock: clock}
	switch w.Kind {
	case AtPost:
	case Perimeter:
		l.perimeter = geo.NewPerimeter(w.Area)
	default:
		l.ground = layGround(w)
	}
	return l
}

// gauge returns a gauge on which nothing has been laid yet: all of it is in doubt.
func (l *Layout) gauge() gauge {
	switch l.Watch.Kind {
	case Perimeter:
		return newPerimeterGauge(l.Watch, l.perimeter)
	case Survey:
		return newSurveyGauge(l.Watch, l.ground)
	case AtPost:
		return newPostGauge(l.Watch, l.clock)
	default:
		return newGroundGauge(l.Watch, l.ground)
	}
}

// within returns where on the subject another area lies; nil where they share nothing.
func (l *Layout) within(other geo.Area) place {
	if l.Watch.Kind == AtPost {
		if other.Holds(l.Watch.Post.At) {
			return wholePost{}
		}
		return nil
	}
	if l.perimeter != nil {
		if shared := l.perimeter.Within(other); len(shared) > 0 {
			return stretches(shared)
		}
		return nil
	}
	if shared := l.ground.Within(other); !shared.Empty() {
		return cells{shared}
	}
	return nil
}

// gauge holds the evidence about one watch, whatever its kind. The same evidence laid in
// any order, at once or bit by bit, gives the same reading.
type gauge interface {
	holder
	reader
}

// holder takes evidence in. What evidence taken back leaves open is in doubt until mend
// has read it from the store.
type holder interface {
	// bounds returns lon/lat boxes; what a tracker does outside of them all tells nothing,
	// unless what it did before told something.
	bounds() []orb.Bound
	// meets reports whether what a tracker did within a box may tell.
	meets(tracker uuid.UUID, box orb.Bound) bool
	// change replaces marks of one tracker by others, both in time order.
	change(tracker uuid.UUID, old, now []Mark, rule Rule)
	// amend puts what the stored fixes of a tracker prove in s in the place of what was
	// laid there; fixes and those that lost to them reach further than s on both sides.
	amend(s Span, fixes, beaten []Fix, rule Rule, at geo.Stamp)
	// show lays what is not stamped after T, and reports whether any of it tells.
	show(s sights, at geo.Stamp) bool
	// carried notes that somebody else may carry a tracker now.
	carried(tracker uuid.UUID)
	// inDoubt reports whether anything must be read from the store.
	inDoubt() bool
	// mend reads what is in doubt from the store, lays what is not stamped after T, and
	// returns what is, up to toMs.
	mend(ctx context.Context, past Past, at geo.Stamp, toMs int64) (later, error)
	// prune forgets what no answer as of T or later needs.
	prune(at geo.Stamp)
}

// reader answers as of T, when nothing is in doubt.
type reader interface {
	// look finds the stale parts.
	look(at geo.Stamp) look
	// whys says why each of the parts is stale.
	whys(parts []part, at geo.Stamp) []Why
	// draw writes a part as a gap.
	draw(p part, why Why) PureGap
	// find returns the part that a gap was drawn of.
	find(g PureGap) part
	coverage(at geo.Stamp, seq int64) Coverage
}

// later is evidence that is stamped after T, and what follows for that.
type later struct {
	fixes []Fix
	sights
	learned []uuid.UUID // trackers whose fixes tell from now on, wherever they are
}

// sights are evidence that nothing takes back.
type sights struct {
	footprints []Footprint
	signs      []Sign
}

// look is what a gauge's stale parts are as of T.
type look struct {
	parts []part
	// flipsAt is when, if no more evidence comes, the parts change next; 0: never.
	flipsAt geo.Stamp
	lapse   *Lapse // that is near, if any
}

// part is a connected stale part of a subject.
type part struct {
	size   float64   // as a gap's
	oldest geo.Stamp // when its longest unseen piece was last seen, or the horizon
	begun  geo.Stamp // since when it is known to have been stale; 0: since it is looked at
	place  place
}

// place is where on the subject a part lies.
type place interface {
	// overlap returns how much the place shares with another of the same subject.
	overlap(place) float64
}
