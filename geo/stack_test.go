package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// square is a convex view of a square about a place, from above its middle.
func (g *Ground) square(x, y, sideM float64, by int, apartM float64, stamp Stamp) View {
	h := sideM / 2
	ring := orb.Ring{g.LonLat(x-h, y-h), g.LonLat(x+h, y-h), g.LonLat(x+h, y+h), g.LonLat(x-h, y+h), g.LonLat(x-h, y-h)}
	return View{Patch{ring, stamp}, g.LonLat(x, y), by, apartM}
}

// Every cell's views counted in the plainest way, newest first, however the blocks were
// laid: at once, or again and again where something changed.
func TestStackAgainstEveryCell(t *testing.T) {
	g := NewGround(rectangle(t, orb.Point{9.93, -53.55}, 90, 70, 0.4), 12)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "n")
		var views []View
		for i := range rapid.IntRange(0, 15).Draw(t, "views") {
			x, y := rapid.Float64Range(0, 130).Draw(t, "x"), rapid.Float64Range(0, 130).Draw(t, "y")
			if i > 0 && rapid.Bool().Draw(t, "close") {
				x, y = x/50, y/50
			}
			views = append(views, g.square(g.x0+x, g.y0+y, rapid.Float64Range(2, 90).Draw(t, "side"),
				rapid.IntRange(0, 2).Draw(t, "by"), rapid.Float64Range(0, 9).Draw(t, "apart"), Stamp(rapid.IntRange(8, 22).Draw(t, "t"))))
		}
		newestFirst := func(a, b View) int { return cmp.Compare(b.Stamp, a.Stamp) }
		s, late := NewStack(g, n), NewStack(g, n)
		var known []View
		for _, v := range views {
			only := Blocks{}
			g.Touched(v, only)
			known = append(known, v)
			sorted := slices.Clone(known)
			slices.SortStableFunc(sorted, newestFirst)
			late.Lay(sorted, only)
		}
		slices.SortStableFunc(views, newestFirst)
		s.Lay(views, nil)
		if s.raster.Hash(0, 30) != late.raster.Hash(0, 30) {
			t.Fatal("laid one by one they come to something else")
		}
		const stale = 15
		want := make([]float64, n)
		for row := range g.rows {
			for col := range g.cols {
				x, y, ok := g.samplePoint(row, col)
				if !ok {
					continue
				}
				id, c := row/blockSide*g.blockCols+col/blockSide, row%blockSide*blockSide+col%blockSide
				m2 := g.unitM2
				if e := g.edges[id]; e != nil {
					m2 *= float64(e.share[c]) / whole
				}
				var counted []View
				for _, v := range views {
					again := slices.ContainsFunc(counted, func(u View) bool {
						ux, uy := g.XY(u.From)
						vx, vy := g.XY(v.From)
						return u.By == v.By && math.Hypot(ux-vx, uy-vy) < max(u.ApartM, v.ApartM)
					})
					if len(counted) < n && !again && v.on(g).contains(x, y) {
						counted = append(counted, v)
					}
				}
				fresh := 0
				for k, v := range counted {
					if v.Stamp > stale {
						want[k] += m2
						fresh++
					}
				}
				if got := s.count(id, c, stale); got != fresh {
					t.Fatalf("row %d, column %d: %d views, want %d", row, col, got, fresh)
				}
				last := Stamp(0)
				if len(counted) == n {
					last = counted[n-1].Stamp
				}
				if got := s.raster.stampAt(row, col); got != last {
					t.Fatalf("row %d, column %d: seen at %d, want %d", row, col, got, last)
				}
			}
		}
		for k, m2 := range s.Counted(stale) {
			if math.Abs(m2-want[k]) > 1e-6*(1+want[k]) {
				t.Fatalf("%.3f m² have %d views, want %.3f", m2, k+1, want[k])
			}
		}
		parts, _ := s.raster.Parts(0, stale)
		for _, p := range parts {
			fewest := n
			for _, run := range g.Runs(p) {
				for col := run.C0; col <= run.C1; col++ {
					fewest = min(fewest, s.count(run.Row/blockSide*g.blockCols+col/blockSide, run.Row%blockSide*blockSide+col%blockSide, stale))
				}
			}
			if got := s.Fewest(p, stale); got != fewest {
				t.Fatalf("a part has %d views at the least, want %d", got, fewest)
			}
		}
	})
}

// A survey's worth of footprints, 100,000, over 4 km² in cells of 2 m, of which three must
// count: what they come to, and the parts that they leave.
func BenchmarkStack(b *testing.B) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0)
	area, err := ParseArea(orb.Polygon{{p.LonLat(0, 0), p.LonLat(2000, 0), p.LonLat(2000, 2000), p.LonLat(0, 2000), p.LonLat(0, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	g := NewGround(area, 24)
	r := rand.New(rand.NewPCG(1, 2))
	views := make([]View, 100_000)
	for i := range views {
		at := p.LonLat(r.Float64()*2000, r.Float64()*1800)
		views[i] = View{Patch{Footprint(at, 100, degrees(r.Float64()*360, -80, 0), m3e), Stamp(len(views) - i)}, at, i % 4, 5}
	}
	for b.Loop() {
		s := NewStack(g, 3)
		s.Lay(views, nil)
		parts, _ := s.raster.Parts(0, 1)
		for _, part := range parts {
			g.Outline(part)
		}
	}
}
