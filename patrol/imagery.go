package patrol

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// takesImages reports whether the footprints of drones' images paint the watch.
func (w Watch) takesImages() bool { return slices.Contains(w.Sources, Drone) }

// paintFootprints lays every footprint that was seen after the horizon of T and not
// after it; only limits it to some blocks. It reports whether any covers the subject.
func (c *canvas) paintFootprints(footprints []Footprint, at geo.Stamp, only geo.Blocks) (touched bool) {
	horizon := c.watch.horizon(at)
	for _, f := range footprints {
		p := f.patch()
		if p.Stamp > horizon && p.Stamp <= at && geo.AnyMeets(c.reach, f.Ring.Bound()) && c.surface.Paint(p, only) {
			touched = true
		}
	}
	return touched
}

func (c *canvas) show(s sights, at geo.Stamp) bool {
	return c.watch.takesImages() && c.paintFootprints(s.footprints, at, nil)
}

// readFootprints reads every footprint, up to a time, that shows anything of boxes after
// the horizon of T, the newest first: so they are painted quickest. There are none when
// drones do not count for the watch.
func readFootprints(ctx context.Context, past Imagery, watch Watch, boxes []orb.Bound, at geo.Stamp, toMs int64) ([]Footprint, error) {
	if !watch.takesImages() {
		return nil, nil
	}
	footprints, err := past.FootprintsIn(ctx, boxes, int64(watch.horizon(at))*1000, toMs)
	slices.SortFunc(footprints, func(a, b Footprint) int { return olderFirst(b, a) })
	return footprints, err
}

// show lays what nothing takes back, and the footprints that were held back until now.
func (k *Keeper) show(s sights) {
	s.footprints = append(k.unshown, s.footprints...)
	if len(s.footprints)+len(s.signs) == 0 {
		return
	}
	for _, w := range k.kept {
		if w.gauge.show(s, k.at) {
			w.changed, w.laid = true, true
			k.noteLate(w, s.firstMs())
		}
	}
	k.unshown = notYet(s.footprints, k.at)
}

// firstMs returns the time of the first of the sights, Unix ms; there is one.
func (s sights) firstMs() int64 {
	first := int64(math.MaxInt64)
	for _, f := range s.footprints {
		first = min(first, f.TMs)
	}
	for _, sign := range s.signs {
		first = min(first, sign.TMs)
	}
	return first
}

// notYet returns the footprints that are stamped after T.
func notYet(footprints []Footprint, at geo.Stamp) (later []Footprint) {
	for _, f := range footprints {
		if stampOf(f.TMs) > at {
			later = append(later, f)
		}
	}
	return later
}
