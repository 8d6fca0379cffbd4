package geo

import (
	"cmp"
	"math"
	"slices"

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
	corners := loops(p)
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

// corner is a grid corner where a part's edge turns, in cells.
type corner struct{ x, y int }

// loops returns the part's edge as closed loops of corners with the part on the left.
// Where two cells meet only at a corner the loop stays with its own cell.
func loops(p Part) [][]corner {
	// Every horizontal piece of the edge, by its start; vertical pieces follow from them.
	type piece struct {
		from, to corner
	}
	var pieces []piece
	rows := map[int][]Run{}
	lo, hi := math.MaxInt, math.MinInt
	for _, r := range p.Runs {
		rows[r.Row] = append(rows[r.Row], r)
		lo, hi = min(lo, r.Row), max(hi, r.Row)
	}
	for y := lo; y <= hi+1; y++ {
		for _, d := range difference(rows[y], rows[y-1]) { // open below: runs east
			pieces = append(pieces, piece{corner{d.C0, y}, corner{d.C1 + 1, y}})
		}
		for _, d := range difference(rows[y-1], rows[y]) { // open above: runs west
			pieces = append(pieces, piece{corner{d.C1 + 1, y}, corner{d.C0, y}})
		}
	}
	// A vertical piece joins the end of one horizontal piece to the start of another on
	// the same column line, where ends and starts pair up from below.
	type end struct {
		y     int
		piece int
		start bool
	}
	columns := map[int][]end{}
	for i, pc := range pieces {
		columns[pc.from.x] = append(columns[pc.from.x], end{y: pc.from.y, piece: i, start: true})
		columns[pc.to.x] = append(columns[pc.to.x], end{y: pc.to.y, piece: i})
	}
	follow := make([]int, len(pieces))
	for _, ends := range columns {
		// At a saddle two vertical pieces meet: the one from below comes first.
		slices.SortFunc(ends, func(a, b end) int {
			return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(rank(pieces[a.piece].from, pieces[a.piece].to), rank(pieces[b.piece].from, pieces[b.piece].to)))
		})
		for i := 0; i+1 < len(ends); i += 2 {
			a, b := ends[i], ends[i+1]
			if a.start {
				a, b = b, a
			}
			follow[a.piece] = b.piece
		}
	}
	var out [][]corner
	done := make([]bool, len(pieces))
	for i := range pieces {
		if done[i] {
			continue
		}
		var loop []corner
		for j := i; !done[j]; j = follow[j] {
			done[j] = true
			loop = append(loop, pieces[j].from, pieces[j].to)
		}
		out = append(out, loop)
	}
	return out
}

// rank orders the two horizontal pieces at one saddle: the vertical piece below it is
// a side of the cell beneath, whose top runs west; the one above is a side of the cell
// above, whose bottom runs east.
func rank(from, to corner) int {
	if to.x < from.x {
		return 0
	}
	return 1
}

// difference returns the cells of runs a that are not in runs b; both of one row, in
// order, apart from each other.
func difference(a, b []Run) []Run {
	var out []Run
	j := 0
	for _, r := range a {
		c := r.C0
		for j < len(b) && b[j].C1 < c {
			j++
		}
		for k := j; k < len(b) && b[k].C0 <= r.C1; k++ {
			if b[k].C0 > c {
				out = append(out, Run{r.Row, c, b[k].C0 - 1})
			}
			c = max(c, b[k].C1+1)
		}
		if c <= r.C1 {
			out = append(out, Run{r.Row, c, r.C1})
		}
	}
	return out
}

func loopArea(loop []corner) int {
	sum := 0
	for i, a := range loop {
		b := loop[(i+1)%len(loop)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum
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
