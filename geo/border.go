package geo

import "math"

// border is the area's edge in cells of its grid, found by place, so that outlines can
// run along it exactly.
type border struct {
	rings [][][2]float64 // closed, the area on the left
	near  map[int][]ringSide
}

// ringSide names one straight side of a ring, from vertex index to the next.
type ringSide struct{ ring, index int }

// place is a point of the border: on side index of a ring, at x, y.
type place struct {
	ringSide
	x, y float64
}

// borderReach is how far from the border, in cells, a point is still found.
const borderReach = 2.0

func newBorder(g *Ground, rings [][][2]float64) border {
	b := border{near: map[int][]ringSide{}}
	for r, ring := range rings {
		flat := make([][2]float64, len(ring))
		for i, p := range ring {
			x, y := g.cells(p[0], p[1])
			flat[i] = [2]float64{x, y}
		}
		b.rings = append(b.rings, flat)
		for i := 1; i < len(flat); i++ {
			b.index(g, flat[i-1], flat[i], ringSide{r, i - 1})
		}
	}
	return b
}

// index notes a side in every block within reach of it.
func (b *border) index(g *Ground, from, to [2]float64, s ringSide) {
	steps := int(math.Ceil(math.Hypot(to[0]-from[0], to[1]-from[1]))) + 1
	for i := 0; i <= steps; i++ {
		t := float64(i) / float64(steps)
		x, y := from[0]+t*(to[0]-from[0]), from[1]+t*(to[1]-from[1])
		for _, d := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			id := g.blockAt(x+d[0]*borderReach, y+d[1]*borderReach)
			if sides := b.near[id]; len(sides) == 0 || sides[len(sides)-1] != s {
				b.near[id] = append(sides, s)
			}
		}
	}
}

// blockAt returns the block that holds a point, in cells; of a point outside the grid,
// the nearest.
func (g *Ground) blockAt(x, y float64) int {
	col, row := clamp(int(math.Floor(x)), 0, g.cols-1), clamp(int(math.Floor(y)), 0, g.rows-1)
	return row/blockSide*g.blockCols + col/blockSide
}

// nearest returns the point of the border next to x, y, if one lies within reach.
func (g *Ground) nearest(x, y float64) (place, bool) {
	best, found := borderReach*borderReach, false
	var at place
	for _, s := range g.border.near[g.blockAt(x, y)] {
		ring := g.border.rings[s.ring]
		px, py := closest(ring[s.index], ring[s.index+1], x, y)
		if d := (px-x)*(px-x) + (py-y)*(py-y); d < best {
			best, at, found = d, place{s, px, py}, true
		}
	}
	return at, found
}

// closest returns the point of segment ab next to x, y.
func closest(a, b [2]float64, x, y float64) (float64, float64) {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((x-a[0])*dx+(y-a[1])*dy)/l))
	}
	return a[0] + t*dx, a[1] + t*dy
}

// mostBetween bounds how many vertices of the border lie between two places that follow
// each other on an outline.
const mostBetween = 64

// between returns the border's vertices from one place forward to another, none when
// that way leads far from both.
func (b border) between(p, q place) [][2]float64 {
	if p.ring != q.ring {
		return nil
	}
	ring := b.rings[p.ring]
	n := len(ring) - 1
	steps := (q.index - p.index + n) % n
	if steps > mostBetween {
		return nil
	}
	out := make([][2]float64, 0, steps)
	for i := 1; i <= steps; i++ {
		v := ring[(p.index+i)%n]
		if math.Hypot(v[0]-p.x, v[1]-p.y) > 2*borderReach && math.Hypot(v[0]-q.x, v[1]-q.y) > 2*borderReach {
			return nil
		}
		out = append(out, v)
	}
	return out
}
