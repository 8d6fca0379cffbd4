package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// simplifyCells is how far an outline may be straightened, in cells.
const simplifyCells = 0.25

// Outline traces the part's edge as lon/lat polygons, exterior anticlockwise: one, or
// those on either side of the antimeridian where the part lies across it. Within the
// area it runs through the middles of the sides of its cells, so that stairs become
// slopes; along the area's own edge it is that edge. It lies within one cell diagonal of
// the exact outline. The polygons are valid.
func (g *Ground) Outline(p Part) orb.MultiPolygon {
	if len(g.sides) == 0 {
		return g.outline(p, 0)
	}
	var out orb.MultiPolygon
	for _, side := range g.sides {
		for _, half := range g.partsOn(side, p) {
			out = append(out, g.outline(half, side)...)
		}
	}
	if len(out) == 0 {
		return g.heldBack(p, g.sides[0])
	}
	return out
}

// outline is Outline on one side of the antimeridian, 0 far from it.
func (g *Ground) outline(p Part, side float64) orb.MultiPolygon {
	corners := loops(g.Runs(p))
	exact := g.polygon(corners, g.alongBorder, side)
	if _, err := ParseArea(exact); err == nil {
		return exact
	}
	// Where two sides of the area come closer than a cell, the edge may be met out of
	// turn: the sides of the cells alone never cross.
	return g.polygon(corners, chamfer, side)
}

// polygon draws each loop and sorts the loops into exterior and holes: a 4-connected
// part has one outer edge, and every other loop is a hole in it.
func (g *Ground) polygon(loops [][]corner, draw func([]corner) [][2]float64, side float64) orb.MultiPolygon {
	var shells, holes []orb.Ring
	for _, loop := range loops {
		flat := straighten(draw(loop))
		if len(flat) < 3 {
			continue
		}
		ring := make(orb.Ring, 0, len(flat)+1)
		for _, v := range flat {
			ring = append(ring, upTo(side, g.LonLat(g.x0+v[0]*g.CellM, g.y0+v[1]*g.CellM)))
		}
		ring = append(ring, ring[0])
		if loopArea(loop) > 0 {
			shells = append(shells, ring)
		} else {
			holes = append(holes, ring)
		}
	}
	if len(shells) == 0 {
		return nil
	}
	return orb.MultiPolygon{append(orb.Polygon{shells[0]}, holes...)}
}

// alongBorder draws a loop through the middles of its unit sides, those that face out
// of the area moved onto the area's own edge, with the edge's vertices between them.
func (g *Ground) alongBorder(loop []corner) [][2]float64 {
	var out [][2]float64
	var last place
	follows := false // the vertex before this one lies on the border, at last
	for i, a := range loop {
		b := loop[(i+1)%len(loop)]
		dx, dy := sign(float64(b.x-a.x)), sign(float64(b.y-a.y))
		units := max(b.x-a.x, a.x-b.x) + max(b.y-a.y, a.y-b.y)
		for u := range units {
			x, y := a.x+u*dx, a.y+u*dy
			mx, my := float64(x)+float64(dx)/2, float64(y)+float64(dy)/2
			at, ok := place{}, false
			if !g.belongs(beyond(x, y, dx, dy)) {
				at, ok = g.nearest(mx, my)
			}
			switch {
			case ok:
				if follows {
					out = append(out, g.border.between(last, at)...)
				}
				out = append(out, [2]float64{at.x, at.y})
				last = at
			case u == 0 || u == units-1 || follows:
				out = append(out, [2]float64{mx, my})
			}
			follows = ok
		}
	}
	return out
}

// beyond returns the cell right of the unit side that starts at corner x, y: the part
// lies on its left.
func beyond(x, y, dx, dy int) (row, col int) {
	if dx < 0 || dy < 0 {
		x--
	}
	if dx > 0 || dy < 0 {
		y--
	}
	return y, x
}

// belongs reports whether any of a cell belongs to the area.
func (g *Ground) belongs(row, col int) bool {
	if row < 0 || col < 0 || row >= g.rows || col >= g.cols {
		return false
	}
	id := row/blockSide*g.blockCols + col/blockSide
	e := g.edges[id]
	return g.inside[id] || e != nil && e.share[row%blockSide*blockSide+col%blockSide] > 0
}

// chamfer returns the loop through the middles of the first and last unit of each of
// its straight pieces, which cuts every corner.
func chamfer(loop []corner) [][2]float64 {
	out := make([][2]float64, 0, 2*len(loop))
	for i, a := range loop {
		b := loop[(i+1)%len(loop)]
		dx, dy := float64(b.x-a.x), float64(b.y-a.y)
		l := math.Abs(dx) + math.Abs(dy)
		if l == 0 {
			continue
		}
		ux, uy := dx/l/2, dy/l/2
		out = append(out, [2]float64{float64(a.x) + ux, float64(a.y) + uy})
		if l > 1 {
			out = append(out, [2]float64{float64(b.x) - ux, float64(b.y) - uy})
		}
	}
	return out
}

// straighten drops vertices that lie within simplifyCells of the line without them
// (Douglas and Peucker, 1973), on both halves of the loop between its westernmost and
// easternmost vertex.
func straighten(loop [][2]float64) [][2]float64 {
	if len(loop) <= 4 {
		return loop
	}
	west, east := 0, 0
	for i, v := range loop {
		if v[0] < loop[west][0] || v[0] == loop[west][0] && v[1] < loop[west][1] {
			west = i
		}
		if v[0] > loop[east][0] || v[0] == loop[east][0] && v[1] > loop[east][1] {
			east = i
		}
	}
	turned := append(append(make([][2]float64, 0, len(loop)+1), loop[west:]...), loop[:west]...)
	turned = append(turned, loop[west])
	middle := (east - west + len(loop)) % len(loop)
	keep := make([]bool, len(turned))
	keep[0], keep[middle] = true, true
	keepFar(turned, 0, middle, keep)
	keepFar(turned, middle, len(turned)-1, keep)
	out := turned[:0]
	for i := range keep {
		if keep[i] {
			out = append(out, turned[i])
		}
	}
	return out
}

// keepFar marks the vertices between i and j that the straight line would miss.
func keepFar(v [][2]float64, i, j int, keep []bool) {
	type piece struct{ i, j int }
	for todo := []piece{{i, j}}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		far, at := simplifyCells*simplifyCells, -1
		for k := p.i + 1; k < p.j; k++ {
			if d := distance2(v[k], v[p.i], v[p.j]); d > far {
				far, at = d, k
			}
		}
		if at >= 0 {
			keep[at] = true
			todo = append(todo, piece{p.i, at}, piece{at, p.j})
		}
	}
}

// distance2 is the squared distance of p from segment ab.
func distance2(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	ex, ey := p[0]-a[0]-t*dx, p[1]-a[1]-t*dy
	return ex*ex + ey*ey
}
