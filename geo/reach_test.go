package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

func boxArea(t *testing.T, west, south, east, north float64) Area {
	t.Helper()
	a, err := ParseArea(orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}.ToPolygon())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCheckReach(t *testing.T) {
	for _, c := range []struct {
		name                     string
		west, south, east, north float64
		fine                     bool
	}{
		{"a province", 111.5, 32, 115.5, 36, true},
		{"a country", 100, 25, 120, 40, false},
		{"half the world", 0, 0, 179, 89, false},
		{"a strip along a meridian", 0, -80, 0.1, 80, false},
		{"a cap that touches the pole", 0, 88, 20, 90, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := CheckReach(boxArea(t, c.west, c.south, c.east, c.north))
			if (err == nil) != c.fine {
				t.Errorf("refused: %v", err)
			}
		})
	}
	across, err := ParseArea(orb.MultiPolygon{
		orb.Bound{Min: orb.Point{179, 0}, Max: orb.Point{180, 1}}.ToPolygon(),
		orb.Bound{Min: orb.Point{-180, 0}, Max: orb.Point{-179, 1}}.ToPolygon(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckReach(across); err != nil {
		t.Errorf("on both sides of 180°: %v", err)
	}
}

// A comb: thousands of teeth, each as long as the area is wide, would need many times
// the cells that its size alone does.
//
//	|_|‾|_|‾|_|
func TestALongEdgeMakesCellsCoarser(t *testing.T) {
	const teeth = 2_000
	ring := orb.Ring{{0, -0.01}}
	for i := range teeth {
		x := 3 * float64(i) / teeth
		ring = append(ring, orb.Point{x + 0.0005, 0}, orb.Point{x + 0.0006, 3}, orb.Point{x + 0.0009, 3}, orb.Point{x + 0.001, 0})
	}
	ring = append(ring, orb.Point{3, -0.01}, ring[0])
	comb, err := ParseArea(orb.Polygon{ring})
	if err != nil {
		t.Fatal(err)
	}
	g := NewGround(comb, 30)
	cells := 0
	for _, e := range g.edges {
		cells += len(e.cells)
	}
	if !g.Coarse || cells > 2*maxEdgeCells {
		t.Errorf("coarse: %v, with %d cells of %.1f m along the edge", g.Coarse, cells, g.CellM)
	}
}
