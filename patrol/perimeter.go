package patrol

import (
	"encoding/hex"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// perimeterGauge is the gauge of a perimeter watch: a tape along its rings.
type perimeterGauge struct {
	*canvas
	tape *geo.Tape
}

func newPerimeterGauge(w Watch, p *geo.Perimeter) perimeterGauge {
	tape := geo.NewTape(p)
	return perimeterGauge{newCanvas(w, p, tape), tape}
}

// survey reads the tape as of T.
func (g perimeterGauge) survey(at geo.Stamp) geo.TapeSurvey {
	return g.tape.Survey(g.watch.horizon(at), before(at, g.watch.RevisitS), at)
}

func (g perimeterGauge) tally(s geo.TapeSurvey) tally {
	lengthM := float64(g.tape.Perimeter().LengthMM) / 1000
	return tally{lengthM, s.CoveredM, s.NeverM, s.SeenM, s.IdleSum, s.Oldest, s.OldestFresh}
}

func (g perimeterGauge) coverage(at geo.Stamp, seq int64) Coverage {
	s := g.survey(at)
	out := g.answer(at, seq, g.tally(s))
	hash := g.tape.Hash(g.watch.horizon(at), at)
	out.RasterSHA256 = hex.EncodeToString(hash[:])
	out.Gaps = gapsOf(g, stretchParts(s.Parts), at)
	return out
}

// stretches are a part's place on a perimeter: one, or, of a gap that was drawn earlier,
// what is left of it.
type stretches []geo.Stretch

func (s stretches) overlap(other place) (m float64) {
	o, _ := other.(stretches)
	for _, a := range s {
		for _, b := range o {
			m += float64(geo.OverlapMM(a, b)) / 1000
		}
	}
	return m
}

func stretchParts(found []geo.Stretch) []part {
	out := make([]part, len(found))
	for i, s := range found {
		out[i] = part{size: float64(s.LengthMM) / 1000, oldest: s.Oldest, place: stretches{s}}
	}
	return out
}

func (g perimeterGauge) look(at geo.Stamp) look {
	s := g.survey(at)
	l := look{parts: stretchParts(s.Parts)}
	if s.OldestFresh > 0 {
		l.flipsAt = geo.Stamp(int64(s.OldestFresh) + g.watch.RevisitS)
	}
	return l
}

// save appends the tape, and what explains it.
func (g perimeterGauge) save(b []byte) []byte { return g.saveReasons(g.tape.Save(b)) }

// load fills a blank gauge with what save wrote.
func (g perimeterGauge) load(b []byte) error {
	rest, err := g.tape.Load(b)
	if err != nil {
		return err
	}
	return g.loadReasons(rest)
}

func (g perimeterGauge) find(gap PureGap) part {
	line, _ := gap.Shape.(orb.LineString)
	return part{size: gap.Size, place: stretches(g.tape.Perimeter().Along(line))}
}

func (g perimeterGauge) draw(p part, why Why) PureGap {
	s, along := p.place.(stretches)[0], g.tape.Perimeter()
	return PureGap{
		Kind: g.watch.Kind, Shape: along.Draw(s), Label: along.Middle(s), Size: p.size,
		SinceMs: int64(p.oldest) * 1000, Why: why,
		Arc: &Arc{Part: s.Part, Ring: s.Ring, FromM: float64(s.FromMM) / 1000, ToM: float64(s.ToMM) / 1000},
	}
}

// tellM is how much further than half the sweep from a mark a stretch may begin that it is
// about: what the mark painted was rounded to millimetres.
const tellM = 0.1

func (g perimeterGauge) whys(parts []part, at geo.Stamp) []Why {
	drawn, newest := make([]geo.Stretch, len(parts)), make([]geo.Stamp, len(parts))
	for i, p := range parts {
		drawn[i] = p.place.(stretches)[0]
		newest[i] = drawn[i].Newest
	}
	return g.reasons(newest, at, func(f flawed, tell func(part int)) {
		g.tape.Perimeter().Near(f.mark.At, f.rule.RadiusM+tellM, drawn, tell)
	})
}

func (g perimeterGauge) picture(t geo.Tile, at geo.Stamp) *geo.Picture {
	return g.tape.Picture(t, g.watch.horizon(at), at)
}
