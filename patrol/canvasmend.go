package patrol

import (
	"cmp"
	"context"
	"slices"

	"xunfang/geo"
)

func (c *canvas) inDoubt() bool { return c.blank || len(c.dirty) > 0 }

func (c *canvas) mend(ctx context.Context, past Past, at geo.Stamp, toMs int64) (later, error) {
	if !c.inDoubt() {
		return later{}, nil
	}
	g := c.subject
	near, on, only := g.Boxes(c.watch.reachM()), g.Boxes(0), geo.Blocks(nil)
	if !c.blank {
		near, on, only = g.BoxesOf(c.dirty, c.watch.reachM()), g.BoxesOf(c.dirty, 0), c.dirty
	}
	tracks, err := readTracks(ctx, past, c.watch, near, at, toMs)
	if err != nil {
		return later{}, err
	}
	footprints, err := readFootprints(ctx, past, c.watch, on, at, toMs)
	if err != nil {
		return later{}, err
	}
	c.surface.Clear(only)
	l := later{fixes: cutTracks(tracks, at), sights: sights{footprints: notYet(footprints, at)}}
	c.paintTracks(tracks, at, only)
	c.paintFootprints(footprints, at, only)
	c.blank, c.dirty = false, geo.Blocks{}
	return l, nil
}

// amend marks as dirty what the fixes painted, and lays what those that stand prove.
func (c *canvas) amend(s Span, fixes, beaten []Fix, rule Rule, at geo.Stamp) {
	c.takeBack(append(slices.Clone(fixes), beaten...), rule, s.FromMs, s.ToMs)
	c.forget(s.Tracker, s.FromMs, s.ToMs)
	marks, _ := stretch{fixes: fixes}.marks(rule, 0)
	for _, m := range marks {
		if m.TMs >= s.FromMs && m.TMs <= s.ToMs && m.Stamp() > c.watch.horizon(at) {
			c.add(s.Tracker, m, rule)
		}
	}
}

// paintTracks lays everything that tracks prove after the horizon of T; only limits it
// to some blocks, whose explanations are then left as they are.
func (c *canvas) paintTracks(tracks []Track, at geo.Stamp, only geo.Blocks) {
	horizon := c.watch.horizon(at)
	for _, track := range tracks {
		rule, paints := c.watch.Rule(track.Kind)
		if !paints {
			continue
		}
		marks, _ := stretch{fixes: track.Fixes}.marks(rule, 0)
		for _, m := range marks {
			switch {
			case m.Stamp() <= horizon || m.Stamp() > at:
			case only == nil:
				c.add(track.Tracker, m, rule)
			case m.Usable:
				c.surface.Paint(m.brush(rule.RadiusM), only)
			}
		}
	}
}

// takeBack marks as dirty what some leg or disc among the fixes, as they stand or stood,
// may have painted at their times: wherever a cell near a fix carries its stamp.
func (c *canvas) takeBack(fixes []Fix, rule Rule, fromMs, toMs int64) {
	slices.SortFunc(fixes, func(a, b Fix) int { return cmp.Compare(a.TMs, b.TMs) })
	for i, f := range fixes {
		if f.TMs < fromMs || f.TMs > toMs || !geo.InAny(c.reach, f.point()) {
			continue
		}
		legM := 0.0
		for j := i - 1; j >= 0 && f.TMs-fixes[j].TMs <= rule.JoinMs; j-- {
			if d := geo.DistanceM(f.point(), fixes[j].point()); d <= rule.JoinM {
				legM = max(legM, d)
			}
		}
		c.surface.Holding(geo.Brush{At: f.point(), RadiusM: legM + rule.RadiusM, Stamp: stampOf(f.TMs)}, c.dirty)
	}
}
