package patrol

import (
	"cmp"
	"context"
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

func (c *canvas) show(footprints []Footprint, at geo.Stamp) bool {
	return c.paintFootprints(footprints, at, nil)
}

// readFootprints reads every footprint, up to a time, that shows anything of boxes after
// the horizon of T; none when drones do not count for the watch.
func readFootprints(ctx context.Context, past Imagery, watch Watch, boxes []orb.Bound, at geo.Stamp, toMs int64) ([]Footprint, error) {
	if !watch.takesImages() {
		return nil, nil
	}
	return past.FootprintsIn(ctx, boxes, int64(watch.horizon(at))*1000, toMs)
}

// show lays footprints that are not stamped after T, and those held back until now.
// Nothing ever takes one back.
func (k *Keeper) show(footprints []Footprint) {
	footprints = append(k.unshown, footprints...)
	if len(footprints) == 0 {
		return
	}
	for _, w := range k.kept {
		if w.watch.takesImages() && w.gauge.show(footprints, k.at) {
			w.changed, w.laid = true, true
			k.noteLate(w, firstShown(footprints))
		}
	}
	k.unshown = notYet(footprints, k.at)
}

// firstShown returns the time of the first of some footprints, Unix ms.
func firstShown(footprints []Footprint) int64 {
	return slices.MinFunc(footprints, func(a, b Footprint) int { return cmp.Compare(a.TMs, b.TMs) }).TMs
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
