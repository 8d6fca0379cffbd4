package flight

import (
	"cmp"
	"slices"
)

// hairM is what cannot be told from nothing: a gap or an overlap that rounding makes.
const hairM = 1e-6

// cell is a piece of ground without a hole, whose every line along x is one piece: a
// stack of trapezoids, each standing on the one before.
type cell []trapezoid

// trapezoid lies between y0 and y1; its bottom reaches from l0 to r0, its top from l1 to r1.
type trapezoid struct{ y0, y1, l0, r0, l1, r1 float64 }

// ring returns the outline of a cell.
func (c cell) ring() []pt {
	var left, right []pt
	for _, t := range c {
		left = append(left, pt{t.l0, t.y0}, pt{t.l1, t.y1})
		right = append(right, pt{t.r0, t.y0}, pt{t.r1, t.y1})
	}
	slices.Reverse(left)
	ring := append(right, left...)
	return slices.CompactFunc(ring, func(p, q pt) bool { return dist(p, q) < hairM })
}

// decompose cuts the ground of area outside the zones into cells for lanes along x.
// Glued, a cell goes on where another branches off or joins; otherwise it ends there
// (Choset's boustrophedon cells, 1997).
func decompose(area shape, zones []shape, glued bool) (cells []cell) {
	var open []int // the cells that the slab before belongs to, by trapezoid
	var below []trapezoid
	for _, slab := range slabs(area, zones) {
		at := link(below, slab, glued)
		now := make([]int, len(slab))
		for j, t := range slab {
			if at[j] >= 0 {
				now[j] = open[at[j]]
				cells[now[j]] = append(cells[now[j]], t)
				continue
			}
			now[j] = len(cells)
			cells = append(cells, cell{t})
		}
		open, below = now, slab
	}
	return cells
}

// link says for each trapezoid which one below it continues, -1 when none.
func link(below, above []trapezoid, glued bool) []int {
	type contact struct {
		i, j  int
		share float64 // metres that both have of their common line
	}
	var contacts []contact
	branches := make([]int, len(below))
	joins := make([]int, len(above))
	for i, b := range below {
		for j, a := range above {
			if share := min(b.r1, a.r0) - max(b.l1, a.l0); b.y1 == a.y0 && share > hairM {
				contacts = append(contacts, contact{i, j, share})
				branches[i]++
				joins[j]++
			}
		}
	}
	slices.SortStableFunc(contacts, func(a, b contact) int { return cmp.Compare(b.share, a.share) })
	at := make([]int, len(above))
	for j := range at {
		at[j] = -1
	}
	taken := make([]bool, len(below))
	for _, c := range contacts {
		b, a := below[c.i], above[c.j]
		// A step in the outline ends a cell too: what is beyond it is of another width.
		whole := branches[c.i] == 1 && joins[c.j] == 1 && c.share > 0.5*max(b.r1-b.l1, a.r0-a.l0)
		if at[c.j] < 0 && !taken[c.i] && (glued || whole) {
			at[c.j], taken[c.i] = c.i, true
		}
	}
	return at
}

// edge is a side of an outline that is not level, from its lower end to its upper.
type edge struct {
	low, high pt
	of        int // 0 = the area, k = the k-th zone
}

func (e edge) at(y float64) float64 {
	return e.low.x + (y-e.low.y)/(e.high.y-e.low.y)*(e.high.x-e.low.x)
}

// slabs cuts the ground at every height at which an outline turns or two cross, and
// returns the trapezoids between each two cuts, from the left, from the bottom up.
func slabs(area shape, zones []shape) (out [][]trapezoid) {
	edges := edgesOf(area, zones)
	cuts := cutsOf(edges)
	var active []edge
	next := 0
	for k := 1; k < len(cuts); k++ {
		y0, y1 := cuts[k-1], cuts[k]
		for ; next < len(edges) && edges[next].low.y < (y0+y1)/2; next++ {
			active = append(active, edges[next])
		}
		active = slices.DeleteFunc(active, func(e edge) bool { return e.high.y <= (y0+y1)/2 })
		middle := (y0 + y1) / 2
		slices.SortFunc(active, func(a, b edge) int { return cmp.Compare(a.at(middle), b.at(middle)) })
		out = append(out, between(active, len(zones), y0, y1))
	}
	return out
}

// between returns the ground between two cuts, between which no two edges cross.
func between(active []edge, zones int, y0, y1 float64) (out []trapezoid) {
	in := make([]bool, zones+1)
	barred := 0 // zones that hold the place
	var left edge
	was := false
	for _, e := range active {
		in[e.of] = !in[e.of]
		if e.of > 0 && in[e.of] {
			barred++
		} else if e.of > 0 {
			barred--
		}
		is := in[0] && barred == 0
		if is && !was {
			left = e
		}
		if was && !is {
			t := trapezoid{y0, y1, left.at(y0), e.at(y0), left.at(y1), e.at(y1)}
			if t.r0-t.l0+t.r1-t.l1 > hairM {
				out = append(out, t)
			}
		}
		was = is
	}
	return out
}

func edgesOf(area shape, zones []shape) (edges []edge) {
	for of, s := range append([]shape{area}, zones...) {
		s.sides(func(p, q pt) {
			switch {
			case p.y < q.y:
				edges = append(edges, edge{p, q, of})
			case q.y < p.y:
				edges = append(edges, edge{q, p, of})
			}
		})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.low.y, b.low.y) })
	return edges
}

// cutsOf returns the heights of all ends and crossings of edges, ascending.
func cutsOf(edges []edge) (cuts []float64) {
	for i, e := range edges {
		cuts = append(cuts, e.low.y, e.high.y)
		for _, f := range edges[i+1:] {
			if f.low.y >= e.high.y {
				break
			}
			if f.of != e.of {
				if t, ok := crossing(e.low, e.high, f.low, f.high); ok {
					cuts = append(cuts, e.low.y+t*(e.high.y-e.low.y))
				}
			}
		}
	}
	slices.Sort(cuts)
	kept := cuts[:0]
	for _, y := range cuts {
		if len(kept) == 0 || y-kept[len(kept)-1] > hairM {
			kept = append(kept, y)
		}
	}
	return kept
}
