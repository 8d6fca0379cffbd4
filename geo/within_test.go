package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

// Which cells of a field of 300×200 m another area shares.
//
//	    ┌───────┐
//	┌───┼───┐   │
//	│   └───┼───┘
//	└───────┘
func TestWithin(t *testing.T) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0.2)
	rect := func(x0, y0, x1, y1 float64) Area {
		a, err := ParseArea(orb.Polygon{{p.LonLat(x0, y0), p.LonLat(x1, y0), p.LonLat(x1, y1), p.LonLat(x0, y1), p.LonLat(x0, y0)}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	g := NewGround(rect(0, 0, 300, 200), 30)
	for _, c := range []struct {
		name  string
		other Area
		m2    float64
	}{
		{"a corner", rect(200, 100, 400, 400), 100 * 100},
		{"all of it and far more", rect(-5000, -5000, 5000, 5000), 300 * 200},
		{"itself", rect(0, 0, 300, 200), 300 * 200},
		{"a piece inside", rect(100, 50, 150, 90), 50 * 40},
		{"the neighbour across the fence", rect(300, 0, 600, 200), 0},
		{"the neighbour at a corner", rect(300, 200, 600, 400), 0},
		{"somewhere else", rect(5000, 5000, 6000, 6000), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			part, cells := g.Within(c.other), 0
			for _, r := range g.Runs(part) {
				cells += r.C1 - r.C0 + 1
			}
			m2 := float64(cells) * g.CellM * g.CellM
			if edge := 4 * 300 * g.CellM; m2 < c.m2-edge || m2 > c.m2+edge || (cells == 0) != (c.m2 == 0) {
				t.Errorf("%d cells, %.0f m², want %.0f m²", cells, m2, c.m2)
			}
		})
	}
}
