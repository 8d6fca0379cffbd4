package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

// A Shapefile's polygon with an island in a lake.
//
//	┌──────┐
//	│ ┌──┐ │
//	│ │▣ │ │
//	│ └──┘ │
//	└──────┘
func TestNestRings(t *testing.T) {
	square := func(from, to float64, clockwise bool) orb.Ring {
		ring := orb.Ring{{from, from}, {to, from}, {to, to}, {from, to}, {from, from}}
		if clockwise {
			ring.Reverse()
		}
		return ring
	}
	for _, c := range []struct {
		name   string
		rings  []orb.Ring
		shells int
		holes  []int
	}{
		{"an island in a lake", []orb.Ring{square(2, 6, false), square(0, 8, true), square(3, 4, true)}, 2, []int{1, 0}},
		{"a hole in the island", []orb.Ring{square(0, 8, true), square(2, 6, false), square(3, 5, true), square(3.5, 4, false)}, 2, []int{1, 1}},
		{"turned like GeoJSON", []orb.Ring{square(0, 8, false)}, 1, []int{0}},
		{"empty", []orb.Ring{nil}, 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := NestRings(c.rings)
			if len(got) != c.shells {
				t.Fatalf("%d parts: %v", len(got), got)
			}
			for i, n := range c.holes {
				if len(got[i]) != n+1 {
					t.Errorf("part %d has %d holes, want %d", i, len(got[i])-1, n)
				}
			}
			if _, err := ParseArea(got); err != nil && c.holes != nil {
				t.Error(err)
			}
		})
	}
}

// Parts that share edges are one: the same ground without the edges between.
//
//	┌──┬──┐   ┌─────┐
//	│  │  │ → │     │
//	└──┴──┘   └─────┘
func TestJoinParts(t *testing.T) {
	box := func(w, s, e, n float64) orb.Ring { return orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}} }
	for _, c := range []struct {
		name         string
		parts        orb.MultiPolygon
		joined       bool
		shells, hole int
	}{
		{"two side by side", orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(1, 0, 2, 1)}}, true, 1, 0},
		{"three in a row", orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(2, 0, 3, 1)}, {box(1, 0, 2, 1)}}, true, 1, 0},
		{"two of three", orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(1, 0, 2, 1)}, {box(5, 5, 6, 6)}}, true, 2, 0},
		{"a part that fills a hole", orb.MultiPolygon{{box(0, 0, 9, 9), box(2, 2, 4, 4)}, {box(2, 2, 4, 4)}}, true, 1, 0},
		{"a part along a hole's edge", orb.MultiPolygon{{box(0, 0, 9, 9), {{2, 2}, {2, 4}, {6, 4}, {6, 2}, {4, 2}, {2, 2}}}, {{{2, 2}, {4, 2}, {4, 3}, {2, 2}}}}, true, 1, 1},
		{"four around a hole", orb.MultiPolygon{
			{{{0, 0}, {3, 0}, {2, 1}, {1, 1}, {0, 0}}}, {{{3, 0}, {3, 3}, {2, 2}, {2, 1}, {3, 0}}},
			{{{3, 3}, {0, 3}, {1, 2}, {2, 2}, {3, 3}}}, {{{0, 3}, {0, 0}, {1, 1}, {1, 2}, {0, 3}}},
		}, true, 1, 1},
		{"two apart", orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(2, 0, 3, 1)}}, false, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := JoinParts(c.parts)
			if ok != c.joined {
				t.Fatalf("joined: %v", ok)
			}
			area, err := ParseArea(got)
			if err != nil {
				t.Fatalf("%v of %v", err, got)
			}
			holes := 0
			for _, p := range got {
				holes += len(p) - 1
			}
			if len(got) != c.shells || holes != c.hole {
				t.Errorf("%d parts with %d holes: %v", len(got), holes, got)
			}
			want := 0.0
			for _, p := range c.parts {
				for i, r := range p {
					m2 := AreaM2(Area{shape: orb.MultiPolygon{{turned(r, true)}}})
					if i > 0 {
						m2 = -m2
					}
					want += m2
				}
			}
			if m2 := AreaM2(area); m2 < want*(1-1e-9) || m2 > want*(1+1e-9) {
				t.Errorf("%g m² became %g", want, m2)
			}
		})
	}
}
