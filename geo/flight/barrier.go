package flight

import (
	"math"
	"slices"
)

// barriers are the zones that no flight may enter, and the shortest ways around them:
// straight from corner to corner (the visibility graph; Lozano-Pérez and Wesley, 1979).
type barriers struct {
	zones   []shape
	boxes   [][2]pt
	corners []pt
	dist    [][]float64 // between corners, around the zones
	via     [][]int     // the first corner on the way
	seen    map[pt][]float64
}

// newBarriers returns the ways around zones that may overlap.
func newBarriers(zones []shape) *barriers {
	b := &barriers{zones: zones, seen: map[pt][]float64{}}
	for _, z := range zones {
		lo, hi := pt{math.Inf(1), math.Inf(1)}, pt{math.Inf(-1), math.Inf(-1)}
		z.sides(func(_, p pt) {
			lo, hi = pt{min(lo.x, p.x), min(lo.y, p.y)}, pt{max(hi.x, p.x), max(hi.y, p.y)}
		})
		b.boxes = append(b.boxes, [2]pt{lo, hi})
		for _, ring := range z {
			for i, p := range ring {
				if sticksOut(z, ring[(i+len(ring)-1)%len(ring)], p, ring[(i+1)%len(ring)]) {
					b.corners = append(b.corners, p)
				}
			}
		}
	}
	b.corners = slices.DeleteFunc(b.corners, b.barred)
	b.link()
	return b
}

// sticksOut reports whether a zone's corner p, between two others, juts into the open: a
// shortest way turns about no other.
func sticksOut(z shape, before, p, after pt) bool {
	const near = 0.01 // metres along either side
	a := p.towards(before, min(0.5, near/dist(p, before)))
	b := p.towards(after, min(0.5, near/dist(p, after)))
	return z.contains(a.towards(b, 0.5))
}

// link finds the shortest ways between corners (Floyd and Warshall).
func (b *barriers) link() {
	n := len(b.corners)
	b.dist, b.via = make([][]float64, n), make([][]int, n)
	for i := range n {
		b.dist[i], b.via[i] = make([]float64, n), make([]int, n)
		for j := range n {
			b.dist[i][j], b.via[i][j] = math.Inf(1), j
			if i == j || b.clear(b.corners[i], b.corners[j]) {
				b.dist[i][j] = dist(b.corners[i], b.corners[j])
			}
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				if d := b.dist[i][k] + b.dist[k][j]; d < b.dist[i][j] {
					b.dist[i][j], b.via[i][j] = d, b.via[i][k]
				}
			}
		}
	}
}

// barred reports whether a place lies inside a zone, and not only on its edge.
func (b *barriers) barred(p pt) bool {
	return slices.ContainsFunc(b.zones, func(z shape) bool { return z.within(p, 1e-3) })
}

// clear reports whether the straight flight from p to q enters no zone.
func (b *barriers) clear(p, q pt) bool { return b.reach(p, q) >= 1 }

// upTo returns the place up to which the flight from p towards q enters no zone.
func (b *barriers) upTo(p, q pt) pt { return p.towards(q, b.reach(p, q)) }

// reach is the share of the flight from p to q that enters no zone. Along an edge, or
// a millimetre in, is not entered.
func (b *barriers) reach(p, q pt) float64 {
	free := 1.0
	for k, z := range b.zones {
		if lo, hi := b.boxes[k][0], b.boxes[k][1]; max(p.x, q.x) < lo.x || min(p.x, q.x) > hi.x || max(p.y, q.y) < lo.y || min(p.y, q.y) > hi.y {
			continue
		}
		at := []float64{0, 1}
		z.sides(func(c, d pt) {
			if t, ok := crossing(p, q, c, d); ok {
				at = append(at, t)
			}
		})
		slices.Sort(at)
		for i := 1; i < len(at) && at[i-1] < free; i++ {
			if z.within(p.towards(q, (at[i-1]+at[i])/2), 1e-3) {
				free = at[i-1]
			}
		}
	}
	return free
}

// views returns the distance from p to each corner that it sees straight, else +Inf.
func (b *barriers) views(p pt) []float64 {
	if v, ok := b.seen[p]; ok {
		return v
	}
	v := make([]float64, len(b.corners))
	for i, c := range b.corners {
		v[i] = math.Inf(1)
		if b.clear(p, c) {
			v[i] = dist(p, c)
		}
	}
	b.seen[p] = v
	return v
}

// around returns the length of the shortest way from p to q and the corners that it
// goes by first and last, -1 when it is straight; +Inf when there is none.
func (b *barriers) around(p, q pt) (m float64, first, last int) {
	if b.clear(p, q) {
		return dist(p, q), -1, -1
	}
	m = math.Inf(1)
	from, to := b.views(p), b.views(q)
	for i, d := range from {
		if d >= m {
			continue
		}
		for j, e := range to {
			if way := d + b.dist[i][j] + e; way < m {
				m, first, last = way, i, j
			}
		}
	}
	return m, first, last
}

// way returns the shortest way from p to q, both included; nil when there is none.
func (b *barriers) way(p, q pt) []pt {
	m, i, j := b.around(p, q)
	if math.IsInf(m, 1) {
		return nil
	}
	line := []pt{p}
	if i >= 0 {
		for ; i != j; i = b.via[i][j] {
			line = append(line, b.corners[i])
		}
		line = append(line, b.corners[j])
	}
	return slices.CompactFunc(append(line, q), func(a, b pt) bool { return dist(a, b) < 1e-3 })
}
