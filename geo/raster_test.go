package geo

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// block of w×h metres around a centre, its sides turned.
func rectangle(t interface{ Fatal(...any) }, centre orb.Point, w, h, turn float64) Area {
	p := NewPlane(centre, turn)
	a, err := ParseArea(orb.Polygon{{p.LonLat(-w/2, -h/2), p.LonLat(w/2, -h/2), p.LonLat(w/2, h/2), p.LonLat(-w/2, h/2), p.LonLat(-w/2, -h/2)}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAreaM2(t *testing.T) {
	for _, lat := range []float64{0, 30, 53.5, 70} {
		a := rectangle(t, orb.Point{179.98, lat}, 1000, 500, 0.3)
		if got := AreaM2(a); math.Abs(got-500_000) > 1 {
			t.Errorf("at %g°: %g m², want 500000", lat, got)
		}
	}
}

func TestGroundAddsUpToTheArea(t *testing.T) {
	for _, c := range []struct {
		name       string
		w, h, turn float64
	}{
		{"a building", 10, 15, 0.2}, {"a hectare", 100, 100, 0}, {"a sliver", 400, 0.4, 1}, {"a town", 9000, 7000, 0.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := NewGround(rectangle(t, orb.Point{113.6, 34.7}, c.w, c.h, c.turn), 30)
			want := c.w * c.h
			if cells := g.unitM2 / (g.CellM * g.CellM); want > 100 && math.Abs(cells-1) > 0.002 {
				t.Errorf("shares add up to %.5f of the area", 1/cells)
			}
			s := NewRaster(g).Survey(0, 0, 1)
			if math.Abs(s.NeverM2-want) > 1e-4*want || len(s.Parts) != 1 {
				t.Errorf("unseen %.1f m² in %d parts, want %.1f in one", s.NeverM2, len(s.Parts), want)
			}
		})
	}
}

// A cell is seen when its centre lies in the disc or the strip: by brute force.
func TestPaintAgainstEveryCell(t *testing.T) {
	g := NewGround(rectangle(t, orb.Point{9.93, 53.55}, 120, 90, 0.4), 12)
	rapid.Check(t, func(t *rapid.T) {
		r := NewRaster(g)
		coord := rapid.Float64Range(-80, 80)
		mid := func(s string) orb.Point {
			return g.LonLat(g.x0+float64(g.cols)*g.CellM/2+coord.Draw(t, s+"x"), g.y0+float64(g.rows)*g.CellM/2+coord.Draw(t, s+"y"))
		}
		b := Brush{From: mid("from"), At: mid("at"), Leg: rapid.Bool().Draw(t, "leg"), RadiusM: rapid.Float64Range(0.1, 30).Draw(t, "radius"), Stamp: 7}
		r.Paint(b, nil)
		ax, ay := g.XY(b.From)
		bx, by := g.XY(b.At)
		for row := 0; row < g.rows; row++ {
			for col := 0; col < g.cols; col++ {
				x, y, ok := g.samplePoint(row, col)
				if !ok {
					continue
				}
				x, y = g.x0+x*g.CellM, g.y0+y*g.CellM
				d := b.RadiusM - math.Hypot(x-bx, y-by)
				if l := math.Hypot(bx-ax, by-ay); b.Leg && l > 0 {
					along, across := ((x-ax)*(bx-ax)+(y-ay)*(by-ay))/l, ((x-ax)*(by-ay)-(y-ay)*(bx-ax))/l
					d = max(d, min(along, l-along, b.RadiusM-math.Abs(across)))
				}
				if math.Abs(d) < 1e-6 {
					continue // on the edge: either way
				}
				if got := r.stampAt(row, col) == 7; got != (d > 0) {
					t.Fatalf("cell %d,%d: seen %v, %.3f m inside", row, col, got, d)
				}
			}
		}
	})
}

// samplePoint is where a cell of the area is looked at, in cells.
func (g *Ground) samplePoint(row, col int) (x, y float64, ok bool) {
	id, i := row/blockSide*g.blockCols+col/blockSide, row%blockSide*blockSide+col%blockSide
	e := g.edges[id]
	switch {
	case g.inside[id] || e != nil && e.share[i] == whole:
		return float64(col) + 0.5, float64(row) + 0.5, true
	case e == nil || e.share[i] == 0:
		return 0, 0, false
	}
	for _, c := range e.cells {
		if c.index == i {
			return c.x, c.y, true
		}
	}
	return 0, 0, false
}

func (r *Raster) stampAt(row, col int) Stamp {
	b := r.blocks[row/blockSide*r.ground.blockCols+col/blockSide]
	if b == nil {
		return 0
	}
	return b.stamps[row%blockSide*blockSide+col%blockSide]
}

// Strips that run with the sides of the area are where counting cells errs most.
func TestShareOfAlignedStrips(t *testing.T) {
	for _, lat := range []float64{0, 34.7, 53.5, 70} {
		for _, turn := range []float64{0, 0.15, math.Pi / 4, 1.1} {
			for side, worst := range map[float64]float64{100: 0.002, 316: 0.002, 1000: 0.002, 40: 0.01} {
				centre := orb.Point{179.98, lat}
				p := NewPlane(centre, turn)
				r := NewRaster(NewGround(rectangle(t, centre, side, side, turn), 30))
				for i := 0; i < 3; i++ { // three strips, a bit apart, across the whole area
					y := -side/2 + float64(i)*side*0.4 + 11.3
					r.Paint(Brush{From: p.LonLat(-side, y), At: p.LonLat(side, y), Leg: true, RadiusM: side / 20, Stamp: 5}, nil)
				}
				want := 0.0
				for i := 0; i < 3; i++ {
					lo, hi := max(-side/2, -side/2+float64(i)*side*0.4+11.3-side/20), min(side/2, -side/2+float64(i)*side*0.4+11.3+side/20)
					want += max(0, hi-lo) / side
				}
				got := r.Survey(0, 0, 9).CoveredM2 / r.ground.AreaM2
				if math.Abs(got-want) > worst {
					t.Errorf("at %g°, turned %.2f, side %g: share %.5f, want %.5f", lat, turn, side, got, want)
				}
			}
		}
	}
}

// Parts are what a flood fill finds, and every outline is a valid polygon of nearly the
// part's area, within a cell diagonal of it.
func TestPartsAndOutlines(t *testing.T) {
	area, err := ParseArea(orb.Polygon{
		{{9.93, 53.55}, {9.934, 53.5503}, {9.9335, 53.5525}, {9.931, 53.5518}, {9.9299, 53.5523}, {9.93, 53.55}},
		{{9.9312, 53.5508}, {9.9313, 53.5513}, {9.9325, 53.5512}, {9.9322, 53.5507}, {9.9312, 53.5508}},
	})
	if err != nil {
		t.Fatal(err)
	}
	g := NewGround(area, 20)
	rapid.Check(t, func(t *rapid.T) {
		r := NewRaster(g)
		n := rapid.IntRange(0, 30).Draw(t, "brushes")
		for i := 0; i < n; i++ {
			at := func(s string) orb.Point {
				return orb.Point{rapid.Float64Range(9.929, 9.935).Draw(t, s+"lon"), rapid.Float64Range(53.5495, 53.553).Draw(t, s+"lat")}
			}
			r.Paint(Brush{From: at("from"), At: at("at"), Leg: true, RadiusM: rapid.Float64Range(1, 15).Draw(t, "r"), Stamp: Stamp(rapid.IntRange(1, 100).Draw(t, "t"))}, nil)
		}
		s := r.Survey(0, 50, 100)
		want := floodFill(r, 50)
		if len(s.Parts) != want {
			t.Fatalf("%d parts, a flood fill finds %d", len(s.Parts), want)
		}
		sum := s.CoveredM2
		for i, p := range s.Parts {
			sum += p.SizeM2
			out := g.Outline(p)
			a, err := ParseArea(out)
			if err != nil {
				t.Fatalf("part %d: %v", i, err)
			}
			cells := 0
			for _, run := range g.Runs(p) {
				cells += run.C1 - run.C0 + 1
			}
			full, length := float64(cells)*g.CellM*g.CellM, perimeterM(out)
			slack := length*g.CellM/2 + g.CellM*g.CellM
			if got := AreaM2(a); got < p.SizeM2-slack || got > full+slack {
				t.Fatalf("part %d: outline of %.1f m² around a part of %.1f m², %.1f m² of cells", i, got, p.SizeM2, full)
			}
			labelled := false
			NewPartIndex(g, s.Parts).Near(g.Label(p), g.CellM, func(part int) { labelled = labelled || part == i })
			if !labelled {
				t.Fatalf("part %d: its label lies outside", i)
			}
			if again := g.PartWithin(out); OverlapCells(again, p) < cells*9/10-8 {
				t.Fatalf("part %d: %d of %d cells found again", i, OverlapCells(again, p), cells)
			}
		}
		if math.Abs(sum-g.AreaM2) > 1e-6*g.AreaM2 {
			t.Fatalf("covered and parts add up to %.3f of %.3f m²", sum, g.AreaM2)
		}
	})
}

func perimeterM(mp orb.MultiPolygon) float64 {
	sum := 0.0
	for _, poly := range mp {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				sum += DistanceM(ring[i-1], ring[i])
			}
		}
	}
	return sum
}

func floodFill(r *Raster, stale Stamp) int {
	g := r.ground
	isStale := func(row, col int) bool {
		if row < 0 || col < 0 || row >= g.rows || col >= g.cols {
			return false
		}
		id := row/blockSide*g.blockCols + col/blockSide
		if !g.holds(id) || g.edges[id] != nil && g.edges[id].share[row%blockSide*blockSide+col%blockSide] == 0 {
			return false
		}
		return r.stampAt(row, col) <= stale
	}
	seen := map[[2]int]bool{}
	parts := 0
	for row := 0; row < g.rows; row++ {
		for col := 0; col < g.cols; col++ {
			if !isStale(row, col) || seen[[2]int{row, col}] {
				continue
			}
			parts++
			todo := [][2]int{{row, col}}
			seen[todo[0]] = true
			for len(todo) > 0 {
				c := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				for _, d := range [4][2]int{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
					k := [2]int{c[0] + d[0], c[1] + d[1]}
					if isStale(k[0], k[1]) && !seen[k] {
						seen[k] = true
						todo = append(todo, k)
					}
				}
			}
		}
	}
	return parts
}

// Clearing blocks and painting everything again on them alone gives the same raster.
func TestRebuildingBlocksGivesTheSameRaster(t *testing.T) {
	g := NewGround(rectangle(t, orb.Point{121.5, 31.2}, 600, 500, 0.2), 30)
	rapid.Check(t, func(t *rapid.T) {
		var brushes []Brush
		for i := range rapid.IntRange(1, 40).Draw(t, "n") {
			at := func(s string) orb.Point {
				return g.LonLat(g.x0+rapid.Float64Range(0, 700).Draw(t, s+"x"), g.y0+rapid.Float64Range(0, 700).Draw(t, s+"y"))
			}
			brushes = append(brushes, Brush{From: at("from"), At: at("at"), Leg: i%3 > 0, RadiusM: 15, Stamp: Stamp(rapid.IntRange(1, 50).Draw(t, "t"))})
		}
		r, without := NewRaster(g), NewRaster(g)
		for i, b := range brushes {
			r.Paint(b, nil)
			if i > 0 {
				without.Paint(b, nil)
			}
		}
		dirty := Blocks{}
		r.Holding(brushes[0], dirty)
		r.Clear(dirty)
		for i := len(brushes) - 1; i > 0; i-- {
			r.Paint(brushes[i], dirty)
		}
		if r.Hash(0, 100) != without.Hash(0, 100) {
			t.Fatal("the first brush was not taken back without a trace")
		}
	})
}

func ExampleRaster_Survey() {
	p := NewPlane(orb.Point{113.6, 34.7}, 0)
	area, err := ParseArea(orb.Polygon{{p.LonLat(0, 0), p.LonLat(200, 0), p.LonLat(200, 100), p.LonLat(0, 100), p.LonLat(0, 0)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := NewRaster(NewGround(area, 30))
	r.Paint(Brush{From: p.LonLat(-20, 50), At: p.LonLat(220, 50), Leg: true, RadiusM: 15, Stamp: 1000}, nil)
	s := r.Survey(0, 700, 1200)
	fmt.Printf("%.2f covered, %d gaps\n", s.CoveredM2/r.Ground().AreaM2, len(s.Parts))
	// Output: 0.30 covered, 2 gaps
}
