package patrol

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// survey reads the raster as of T.
func (c *canvas) survey(at geo.Stamp) geo.Survey {
	return c.raster.Survey(c.watch.horizon(at), before(at, c.watch.RevisitS), at)
}

// Coverage answers for the canvas as of T.
func (c *canvas) coverage(at geo.Stamp, seq int64) Coverage {
	g, s := c.raster.Ground(), c.survey(at)
	hash := c.raster.Hash(c.watch.horizon(at), at)
	out := Coverage{
		Watch: c.watch.ID, Version: c.watch.Version, Kind: c.watch.Kind, AtMs: int64(at) * 1000,
		Subject: g.AreaM2, Covered: s.CoveredM2, Never: s.NeverM2, Share: min(1, s.CoveredM2/g.AreaM2),
		WorstIdleS: int64(at) - int64(s.Oldest), CellM: g.CellM, Coarse: g.Coarse,
		Gaps: c.gaps(s.Parts, at), Seq: seq, RasterSHA256: hex.EncodeToString(hash[:]),
	}
	if s.SeenM2 > 0 {
		mean := s.IdleSum / s.SeenM2
		out.MeanIdleS = &mean
	}
	if s.OldestFresh > 0 {
		next := (int64(s.OldestFresh) + c.watch.RevisitS) * 1000
		out.NextStaleMs = &next
	}
	stale, fixes, unknown := before(at, c.watch.RevisitS), 0, 0
	for _, ps := range c.proofs {
		for _, p := range ps {
			if stamp := stampOf(p.tMs); stamp > stale && stamp <= at {
				fixes++
				out.LongestLegM = max(out.LongestLegM, float64(p.legM))
				if p.unknown {
					unknown++
				}
			}
		}
	}
	if fixes > 0 {
		out.UnknownAccuracyShare = float64(unknown) / float64(fixes)
	}
	return out
}

// cells are a part's place on a ground.
type cells struct{ geo.Part }

func (c cells) overlap(other place) float64 {
	o, _ := other.(cells)
	return float64(geo.OverlapCells(c.Part, o.Part))
}

func partOf(p geo.Part) part { return part{size: p.SizeM2, oldest: p.Oldest, place: cells{p}} }

func (c *canvas) look(at geo.Stamp) look {
	parts, oldestFresh := c.raster.Parts(c.watch.horizon(at), before(at, c.watch.RevisitS))
	l := look{parts: make([]part, len(parts))}
	for i, p := range parts {
		l.parts[i] = partOf(p)
	}
	if oldestFresh > 0 {
		l.flipsAt = geo.Stamp(int64(oldestFresh) + c.watch.RevisitS)
	}
	return l
}

func (c *canvas) find(g PureGap) part {
	shape, _ := g.Shape.(orb.MultiPolygon)
	p := c.raster.Ground().PartWithin(shape)
	p.SizeM2 = g.Size
	return partOf(p)
}

func (c *canvas) draw(p part, why Why) PureGap {
	g, drawn := c.raster.Ground(), p.place.(cells).Part
	return PureGap{
		Kind: c.watch.Kind, Shape: g.Outline(drawn), Label: g.Label(drawn),
		Size: p.size, SinceMs: int64(p.oldest) * 1000, Why: why,
	}
}

// gaps turns stale parts into gaps with outlines and causes.
func (c *canvas) gaps(found []geo.Part, at geo.Stamp) []PureGap {
	parts := make([]part, len(found))
	for i, p := range found {
		parts[i] = partOf(p)
	}
	whys := c.whys(parts, at)
	out := make([]PureGap, len(parts))
	for i, p := range parts {
		out[i] = c.draw(p, whys[i])
	}
	return out
}

// whys is rule 10: a part is inaccurate when an unusable mark of the window lies within
// half the sweep of it, sparse when one does that could not be joined, expired when any
// of it was seen since the horizon, else never. Of several marks the newest speaks. A
// usable mark has painted half the sweep around itself, so that the part begins just
// there: near reaches a cell's diagonal further.
func (c *canvas) whys(parts []part, at geo.Stamp) []Why {
	out, drawn := make([]Why, len(parts)), make([]geo.Part, len(parts))
	horizon, stale := c.watch.horizon(at), before(at, c.watch.RevisitS)
	for i, p := range parts {
		drawn[i] = p.place.(cells).Part
		out[i].Cause = Never
		if drawn[i].Newest > horizon {
			out[i].Cause = Expired
		}
	}
	if len(parts) == 0 || len(c.flaws) == 0 {
		return out
	}
	index := geo.NewPartIndex(c.raster.Ground(), drawn)
	for _, f := range c.flawsInOrder() {
		if stamp := f.mark.Stamp(); stamp <= stale || stamp > at {
			continue
		}
		why := f.why()
		index.Near(f.mark.At, f.rule.RadiusM+math.Sqrt2*c.raster.Ground().CellM, func(part int) {
			if w := &out[part]; why.Cause == Inaccurate || w.Cause != Inaccurate {
				*w = why
			}
		})
	}
	return out
}

// flawsInOrder returns the flaws from the oldest to the newest.
func (c *canvas) flawsInOrder() []flawed {
	out := make([]flawed, 0, len(c.flaws))
	for _, f := range c.flaws {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b flawed) int {
		return cmp.Or(cmp.Compare(a.mark.TMs, b.mark.TMs), bytes.Compare(a.tracker[:], b.tracker[:]))
	})
	return out
}

// why says what a flawed mark shows, and which setting it missed.
func (f flawed) why() Why {
	value := float64(f.mark.Value)
	switch f.mark.flaw {
	case tooPoor:
		return Why{Cause: Inaccurate, Setting: "max_accuracy_m", Value: value, Limit: f.rule.MaxAccuracyM}
	case tooFast:
		return Why{Cause: Inaccurate, Setting: "max_speed_mps", Value: value, Limit: f.rule.MaxSpeedMPS}
	case tooFar:
		return Why{Cause: Sparse, Setting: "join_m", Value: value, Limit: f.rule.JoinM}
	case tooLonely:
		return Why{Cause: Sparse, Setting: "join_s", Value: reachMs / 1000, Limit: float64(f.rule.JoinMs) / 1000}
	default:
		return Why{Cause: Sparse, Setting: "join_s", Value: value, Limit: float64(f.rule.JoinMs) / 1000}
	}
}
