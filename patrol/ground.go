package patrol

import (
	"encoding/hex"
	"math"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// groundGauge is the gauge of a ground watch: a raster over its area.
type groundGauge struct {
	*canvas
	raster *geo.Raster
}

// layGround cuts a watch's subject into cells fine enough for its narrowest sweep.
func layGround(w Watch) *geo.Ground {
	sweepM := 0.0
	for _, k := range w.Sources {
		if s := w.SweepM.Of(k); sweepM == 0 || s < sweepM {
			sweepM = s
		}
	}
	return geo.NewGround(w.Area, sweepM)
}

func newGroundGauge(w Watch, g *geo.Ground) groundGauge {
	raster := geo.NewRaster(g)
	return groundGauge{newCanvas(w, g, raster), raster}
}

// survey reads the raster as of T.
func (g groundGauge) survey(at geo.Stamp) geo.Survey {
	return g.raster.Survey(g.watch.horizon(at), before(at, g.watch.RevisitS), at)
}

func (g groundGauge) tally(s geo.Survey) tally {
	return tally{g.raster.Ground().AreaM2, s.CoveredM2, s.NeverM2, s.SeenM2, s.IdleSum, s.Oldest, s.OldestFresh}
}

func (g groundGauge) coverage(at geo.Stamp, seq int64) Coverage {
	out := g.figures(at, seq)
	out.Gaps = gapsOf(g, g.look(at).parts, at)
	return out
}

// figures is coverage without its gaps.
func (g groundGauge) figures(at geo.Stamp, seq int64) Coverage {
	ground := g.raster.Ground()
	out := g.answer(at, seq, g.tally(g.survey(at)))
	hash := g.raster.Hash(g.watch.horizon(at), at)
	out.CellM, out.Coarse, out.RasterSHA256 = ground.CellM, ground.Coarse, hex.EncodeToString(hash[:])
	return out
}

// cells are a part's place on a ground.
type cells struct{ geo.Part }

func (c cells) overlap(other place) float64 {
	o, _ := other.(cells)
	return float64(geo.OverlapCells(c.Part, o.Part))
}

func partOf(p geo.Part) part { return part{size: p.SizeM2, oldest: p.Oldest, place: cells{p}} }

func (g groundGauge) look(at geo.Stamp) look {
	parts, oldestFresh := g.raster.Parts(g.watch.horizon(at), before(at, g.watch.RevisitS))
	l := look{parts: make([]part, len(parts))}
	for i, p := range parts {
		l.parts[i] = partOf(p)
	}
	if oldestFresh > 0 {
		l.flipsAt = geo.Stamp(int64(oldestFresh) + g.watch.RevisitS)
	}
	return l
}

func (g groundGauge) find(gap PureGap) part {
	shape, _ := gap.Shape.(orb.MultiPolygon)
	p := g.raster.Ground().PartWithin(shape)
	p.SizeM2 = gap.Size
	return partOf(p)
}

func (g groundGauge) draw(p part, why Why) PureGap {
	ground, drawn := g.raster.Ground(), p.place.(cells).Part
	return PureGap{
		Kind: g.watch.Kind, Shape: ground.Outline(drawn), Label: ground.Label(drawn),
		Size: p.size, SinceMs: int64(p.oldest) * 1000, Why: why,
	}
}

// whys takes what lies half the sweep from a part: a usable mark has painted so far around
// itself, so that the part begins just there, and near reaches a cell's diagonal further.
func (g groundGauge) whys(parts []part, at geo.Stamp) []Why {
	drawn, newest := make([]geo.Part, len(parts)), make([]geo.Stamp, len(parts))
	for i, p := range parts {
		drawn[i] = p.place.(cells).Part
		newest[i] = drawn[i].Newest
	}
	var index *geo.PartIndex // of use only where there is a flaw
	return g.reasons(newest, at, func(f flawed, tell func(part int)) {
		if index == nil {
			index = geo.NewPartIndex(g.raster.Ground(), drawn)
		}
		index.Near(f.mark.At, f.rule.RadiusM+math.Sqrt2*g.raster.Ground().CellM, tell)
	})
}

// save appends the raster, and what explains it.
func (g groundGauge) save(b []byte) []byte { return g.saveReasons(g.raster.Save(b)) }

// load fills a blank gauge with what save wrote.
func (g groundGauge) load(b []byte) error {
	rest, err := g.raster.Load(b)
	if err != nil {
		return err
	}
	return g.loadReasons(rest)
}

func (g groundGauge) picture(t geo.Tile, at geo.Stamp) *geo.Picture {
	return g.raster.Picture(t, g.watch.horizon(at), at)
}
