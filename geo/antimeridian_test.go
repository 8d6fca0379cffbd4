package geo

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Parts across 180° are drawn on both of its sides, and never beyond.
func TestOutlinesAtTheAntimeridian(t *testing.T) {
	for _, lat := range []float64{-40, 0, 17, 66} {
		w := 0.002 / math.Cos(lat*radPerDeg)
		west := orb.Polygon{{{180 - w, lat}, {180, lat + 0.0004}, {180, lat + 0.002}, {180 - w, lat + 0.0015}, {180 - w, lat}}}
		east := orb.Polygon{{{-180, lat + 0.0004}, {-180 + w, lat}, {-180 + w, lat + 0.0018}, {-180, lat + 0.002}, {-180, lat + 0.0004}}}
		for name, shape := range map[string]orb.MultiPolygon{"across": {west, east}, "west of": {west}, "east of": {east}} {
			t.Run(fmt.Sprintf("%s 180° at %g°", name, lat), func(t *testing.T) {
				area, err := ParseArea(shape)
				if err != nil {
					t.Fatal(err)
				}
				g := NewGround(area, 20)
				rapid.Check(t, func(t *rapid.T) { checkOutlines(t, g, w, lat) })
			})
		}
	}
}

// checkOutlines strokes a ground at 180° here and there, and looks at its stale parts.
func checkOutlines(t *rapid.T, g *Ground, w, lat float64) {
	r := NewRaster(g)
	for range rapid.IntRange(0, 8).Draw(t, "brushes") {
		at := func(s string) orb.Point {
			lon := 180 + rapid.Float64Range(-w, w).Draw(t, s+"lon")
			return orb.Point{math.Remainder(lon, 360), lat + rapid.Float64Range(0, 0.002).Draw(t, s+"lat")}
		}
		r.Paint(Brush{From: at("from"), At: at("at"), Leg: true, RadiusM: rapid.Float64Range(1, 15).Draw(t, "r"), Stamp: 100}, nil)
	}
	s := r.Survey(0, 50, 100)
	if s.CoveredM2 == 0 && len(s.Parts) != 1 {
		t.Fatalf("%d parts where nothing was seen", len(s.Parts))
	}
	for i, p := range s.Parts {
		out := g.Outline(p)
		a, err := ParseArea(out)
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		if got, slack := AreaM2(a), perimeterM(out)*g.CellM+g.CellM*g.CellM; math.Abs(got-p.SizeM2) > slack {
			t.Fatalf("part %d: outline of %.1f m² around a part of %.1f m²", i, got, p.SizeM2)
		}
		for _, poly := range out {
			if b := poly.Bound(); b.Max[0]-b.Min[0] > 2*w {
				t.Fatalf("part %d goes round the earth: %v", i, b)
			}
		}
		cells := 0
		for _, run := range g.Runs(p) {
			cells += run.C1 - run.C0 + 1
		}
		if again := g.PartWithin(out); OverlapCells(again, p) < cells/2-8 {
			t.Fatalf("part %d: %d of %d cells found again", i, OverlapCells(again, p), cells)
		}
	}
}
