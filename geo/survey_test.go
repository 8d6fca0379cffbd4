package geo

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Whatever was painted, cleared and asked before, a survey is to the bit what looking at
// every cell gives: covered after stale, never at or before the horizon.
func TestSurveyAgainstEveryCell(t *testing.T) {
	holed, err := ParseArea(orb.Polygon{
		{{9.93, 53.55}, {9.9312, 53.5501}, {9.931, 53.5507}, {9.9303, 53.5506}, {9.93, 53.55}},
		{{9.9303, 53.5502}, {9.9304, 53.5504}, {9.9308, 53.5504}, {9.9306, 53.5502}, {9.9303, 53.5502}},
	})
	if err != nil {
		t.Fatal(err)
	}
	grounds := []*Ground{NewGround(rectangle(t, orb.Point{9.93, -53.55}, 90, 70, 0.4), 12), NewGround(holed, 12)}
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom(grounds).Draw(t, "ground")
		r := NewRaster(g)
		at := Stamp(40)
		for range rapid.IntRange(1, 8).Draw(t, "looks") {
			for range rapid.IntRange(0, 6).Draw(t, "brushes") {
				r.Paint(Brush{
					At: g.LonLat(g.x0+rapid.Float64Range(0, float64(g.cols)*g.CellM).Draw(t, "x"),
						g.y0+rapid.Float64Range(0, float64(g.rows)*g.CellM).Draw(t, "y")),
					RadiusM: rapid.Float64Range(0.2, 40).Draw(t, "r"),
					Stamp:   Stamp(rapid.IntRange(1, int(at)).Draw(t, "t")),
				}, nil)
			}
			if rapid.IntRange(0, 9).Draw(t, "clear") == 0 {
				r.Clear(Blocks{rapid.IntRange(0, len(r.blocks)-1).Draw(t, "block"): true})
			}
			revisit := rapid.SampledFrom([]Stamp{5, 10, 10, 10}).Draw(t, "revisit")
			checkSurvey(t, r, at-3*revisit, at-revisit, at)
			at += Stamp(rapid.IntRange(0, 12).Draw(t, "seconds"))
		}
	})
}

// checkSurvey looks at every cell of r itself.
func checkSurvey(t *rapid.T, r *Raster, horizon, stale, at Stamp) {
	g := r.ground
	var covered, seen, idle, never uint64
	oldest, oldestFresh := at, Stamp(0)
	for row := range g.rows {
		for col := range g.cols {
			if _, _, ok := g.samplePoint(row, col); !ok {
				continue
			}
			share := uint64(whole)
			if e := g.edges[row/blockSide*g.blockCols+col/blockSide]; e != nil {
				share = uint64(e.share[row%blockSide*blockSide+col%blockSide])
			}
			v := r.stampAt(row, col)
			if v <= horizon {
				never, oldest = never+share, horizon
				continue
			}
			seen, idle, oldest = seen+share, idle+share*uint64(at-v), min(oldest, v)
			if v > stale {
				covered += share
				if oldestFresh == 0 || v < oldestFresh {
					oldestFresh = v
				}
			}
		}
	}
	s := r.Survey(horizon, stale, at)
	if got, want := [4]float64{s.CoveredM2, s.SeenM2, s.NeverM2, s.IdleSum},
		[4]float64{g.squareM(covered), g.squareM(seen), g.squareM(never), g.squareM(idle)}; got != want {
		t.Fatalf("covered, seen, never, idle: got %v, want %v", got, want)
	}
	if s.Oldest != oldest || s.OldestFresh != oldestFresh {
		t.Fatalf("oldest %d and of what is fresh %d, want %d and %d", s.Oldest, s.OldestFresh, oldest, oldestFresh)
	}
	want := plainParts(r, horizon, stale)
	if len(s.Parts) != len(want) {
		t.Fatalf("%d parts, want %d", len(s.Parts), len(want))
	}
	for i, p := range s.Parts {
		w := want[i]
		if runs := g.Runs(p); !slices.Equal(runs, w.runs) || p.SizeM2 != g.squareM(w.shares) || p.Oldest != w.oldest || p.Newest != w.newest {
			t.Fatalf("part %d: %v, %.1f m², seen from %d to %d; want %+v", i, runs, p.SizeM2, p.Oldest, p.Newest, w)
		}
	}
}

// Two parts share as many cells as their runs say.
func TestOverlapAgainstRuns(t *testing.T) {
	g := NewGround(rectangle(t, orb.Point{113.62, 34.75}, 150, 110, 0.2), 12)
	rapid.Check(t, func(t *rapid.T) {
		r := NewRaster(g)
		for i := range rapid.IntRange(1, 12).Draw(t, "brushes") {
			r.Paint(Brush{
				At:      g.LonLat(g.x0+rapid.Float64Range(0, 180).Draw(t, "x"), g.y0+rapid.Float64Range(0, 180).Draw(t, "y")),
				RadiusM: rapid.Float64Range(0.5, 12).Draw(t, "r"), Stamp: Stamp(i + 1),
			}, nil)
		}
		before, _ := r.Parts(0, 3)
		after, _ := r.Parts(0, 8)
		for _, p := range before {
			for _, q := range after {
				want := 0
				for _, a := range g.Runs(p) {
					for _, b := range g.Runs(q) {
						if a.Row == b.Row {
							want += max(0, min(a.C1, b.C1)-max(a.C0, b.C0)+1)
						}
					}
				}
				if got := OverlapCells(p, q); got != want {
					t.Fatalf("%d cells, want %d", got, want)
				}
			}
		}
	})
}
