package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Every figure of a survey, cell by cell in the plainest way: covered in (stale, at],
// never at or before the horizon, nothing after at.
func TestSurveyAgainstEveryCell(t *testing.T) {
	g := NewGround(rectangle(t, orb.Point{9.93, -53.55}, 90, 70, 0.4), 12)
	rapid.Check(t, func(t *rapid.T) {
		r := NewRaster(g)
		for range rapid.IntRange(0, 12).Draw(t, "brushes") {
			r.Paint(Brush{
				At:      g.LonLat(g.x0+rapid.Float64Range(0, 130).Draw(t, "x"), g.y0+rapid.Float64Range(0, 130).Draw(t, "y")),
				RadiusM: rapid.Float64Range(1, 40).Draw(t, "r"),
				Stamp:   Stamp(rapid.IntRange(8, 22).Draw(t, "t")),
			}, nil)
		}
		const horizon, stale, at = 10, 15, 20
		want := Survey{Oldest: at}
		newest := Stamp(horizon)
		for row := range g.rows {
			for col := range g.cols {
				if _, _, ok := g.samplePoint(row, col); !ok {
					continue
				}
				m2 := g.unitM2
				if e := g.edges[row/blockSide*g.blockCols+col/blockSide]; e != nil {
					m2 *= float64(e.share[row%blockSide*blockSide+col%blockSide]) / whole
				}
				seen := r.stampAt(row, col)
				if seen <= horizon || seen > at {
					want.NeverM2, want.Oldest = want.NeverM2+m2, horizon
					continue
				}
				want.SeenM2, want.IdleSum, want.Oldest = want.SeenM2+m2, want.IdleSum+m2*float64(at-seen), min(want.Oldest, seen)
				if seen > stale {
					want.CoveredM2 += m2
					if want.OldestFresh == 0 || seen < want.OldestFresh {
						want.OldestFresh = seen
					}
				} else {
					newest = max(newest, seen)
				}
			}
		}
		got := r.Survey(horizon, stale, at)
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-6*(1+math.Abs(b)) }
		if !near(got.CoveredM2, want.CoveredM2) || !near(got.NeverM2, want.NeverM2) || !near(got.SeenM2, want.SeenM2) ||
			!near(got.IdleSum, want.IdleSum) || got.Oldest != want.Oldest || got.OldestFresh != want.OldestFresh {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		oldest, youngest, staleM2 := Stamp(at), Stamp(0), 0.0
		for _, p := range got.Parts {
			oldest, youngest, staleM2 = min(oldest, p.Oldest), max(youngest, p.Newest), staleM2+p.SizeM2
		}
		if len(got.Parts) > 0 && (oldest != want.Oldest || youngest != newest) {
			t.Fatalf("the parts were seen from %d to %d, want %d to %d", oldest, youngest, want.Oldest, newest)
		}
		if !near(staleM2+got.CoveredM2, g.AreaM2) {
			t.Fatalf("covered %.3f and stale %.3f of %.3f m²", got.CoveredM2, staleM2, g.AreaM2)
		}
	})
}
