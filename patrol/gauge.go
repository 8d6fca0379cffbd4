package patrol

import (
	"context"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Layout is a watch with its subject worked out for laying evidence on. It is immutable,
// and shared by the gauges of one version of the watch over one version of its subject.
type Layout struct {
	Watch     Watch
	ground    *geo.Ground    // of a ground watch
	perimeter *geo.Perimeter // of a perimeter watch
}

// Lay works out a watch's subject.
func Lay(w Watch) *Layout {
	l := &Layout{Watch: w}
	switch w.Kind {
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
	default:
		return newGroundGauge(l.Watch, l.ground)
	}
}

// within returns where on the subject another area lies; nil where they share nothing.
func (l *Layout) within(other geo.Area) place {
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
	// show lays those footprints that are not stamped after T, and reports whether any tells.
	show(footprints []Footprint, at geo.Stamp) bool
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

// later is evidence that is stamped after T.
type later struct {
	fixes      []Fix
	footprints []Footprint
}

// look is what a gauge's stale parts are as of T.
type look struct {
	parts []part
	// flipsAt is when, if no more evidence comes, the parts change next; 0: never.
	flipsAt geo.Stamp
}

// part is a connected stale part of a subject.
type part struct {
	size   float64   // as a gap's
	oldest geo.Stamp // when its longest unseen piece was last seen, or the horizon
	place  place
}

// place is where on the subject a part lies.
type place interface {
	// overlap returns how much the place shares with another of the same subject.
	overlap(place) float64
}
