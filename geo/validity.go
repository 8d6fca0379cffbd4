package geo

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// edge is one segment of a ring that has passed checkRing.
type edge struct {
	a, b  orb.Point
	ring  int // index into rings
	index int // place in the ring, repeated vertices not counted
	last  bool
}

// ringOf says where a ring stands in its multipolygon.
type ringOf struct {
	poly, hole int // hole 0 is the exterior
	ring       orb.Ring
}

// contact is a single point at which two rings touch without crossing there.
type contact struct {
	r, s int
	at   orb.Point
}

// checkRings refuses rings that cross or overlap themselves or each other, holes
// outside their polygon or inside each other, and an interior cut in two.
func checkRings(mp orb.MultiPolygon) error {
	var rings []ringOf
	var edges []edge
	for i, poly := range mp {
		for j, ring := range poly {
			edges = appendEdges(edges, ring, len(rings))
			rings = append(rings, ringOf{poly: i, hole: j, ring: ring})
		}
	}
	contacts, err := sweepEdges(edges)
	if err != nil {
		return err
	}
	if err := checkContacts(rings, contacts); err != nil {
		return err
	}
	if err := checkNesting(rings, contacts); err != nil {
		return err
	}
	return checkConnected(rings, contacts)
}

func appendEdges(edges []edge, ring orb.Ring, id int) []edge {
	first := len(edges)
	for i := 1; i < len(ring); i++ {
		if ring[i] != ring[i-1] { // a repeated vertex is no edge
			edges = append(edges, edge{a: ring[i-1], b: ring[i], ring: id, index: len(edges) - first})
		}
	}
	edges[len(edges)-1].last = true
	return edges
}

// sweepEdges meets every pair of edges whose boxes meet, from west to east, and
// returns the points at which different rings touch.
func sweepEdges(edges []edge) ([]contact, error) {
	order := make([]int, len(edges))
	for i := range order {
		order[i] = i
	}
	west := func(e edge) float64 { return min(e.a[0], e.b[0]) }
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(west(edges[i]), west(edges[j])) })
	var contacts []contact
	var active []int
	for _, i := range order {
		e := edges[i]
		kept := active[:0]
		for _, j := range active {
			f := edges[j]
			if max(f.a[0], f.b[0]) < west(e) {
				continue // left behind
			}
			kept = append(kept, j)
			how, at := meet(e.a, e.b, f.a, f.b)
			switch {
			case how == apart:
			case e.ring == f.ring && how == touch && adjacent(e, f):
			case e.ring == f.ring && how == touch:
				return nil, invalidAt(at, "a ring touches itself")
			case e.ring == f.ring && how == overlap:
				return nil, invalidAt(at, "a ring runs back along itself")
			case e.ring == f.ring:
				return nil, invalidAt(at, "a ring crosses itself")
			case how == cross:
				return nil, invalidAt(at, "two rings cross")
			case how == overlap:
				return nil, invalidAt(at, "two rings share an edge")
			default:
				contacts = append(contacts, contact{r: min(e.ring, f.ring), s: max(e.ring, f.ring), at: at})
			}
		}
		active = append(kept, i)
	}
	slices.SortFunc(contacts, func(a, b contact) int {
		return cmp.Or(cmp.Compare(a.r, b.r), cmp.Compare(a.s, b.s), cmp.Compare(a.at[0], b.at[0]), cmp.Compare(a.at[1], b.at[1]))
	})
	return slices.Compact(contacts), nil
}

// adjacent reports whether two edges of one ring follow each other. Of a triangle
// every two do.
func adjacent(e, f edge) bool {
	if e.index > f.index {
		e, f = f, e
	}
	return f.index-e.index == 1 || e.index == 0 && f.last
}

// checkContacts refuses rings that pass through each other at a shared vertex: cut at
// its contacts, all pieces of one ring must lie on one side of the other.
func checkContacts(rings []ringOf, contacts []contact) error {
	for from := 0; from < len(contacts); {
		to := from
		for to < len(contacts) && contacts[to].r == contacts[from].r && contacts[to].s == contacts[from].s {
			to++
		}
		r, s := rings[contacts[from].r].ring, rings[contacts[from].s].ring
		seen := 0
		for i := 1; i < len(s); i++ {
			for _, p := range pieces(s[i-1], s[i], contacts[from:to]) {
				where := side(r, p)
				if where != 0 && seen != 0 && where != seen {
					return invalidAt(contacts[from].at, "two rings cross")
				}
				if where != 0 {
					seen = where
				}
			}
		}
		from = to
	}
	return nil
}

// pieces returns a point inside each piece into which contacts cut segment ab.
func pieces(a, b orb.Point, contacts []contact) []orb.Point {
	cuts := []orb.Point{a}
	for _, c := range contacts {
		if c.at != a && c.at != b &&
			c.at[0] >= min(a[0], b[0]) && c.at[0] <= max(a[0], b[0]) && c.at[1] >= min(a[1], b[1]) && c.at[1] <= max(a[1], b[1]) &&
			orient(a, b, c.at) == 0 {
			cuts = append(cuts, c.at)
		}
	}
	along := func(p orb.Point) float64 { return (p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1]) }
	slices.SortFunc(cuts, func(p, q orb.Point) int { return cmp.Compare(along(p), along(q)) })
	cuts = append(cuts, b)
	out := make([]orb.Point, 0, len(cuts)-1)
	for i := 1; i < len(cuts); i++ {
		out = append(out, orb.Point{(cuts[i-1][0] + cuts[i][0]) / 2, (cuts[i-1][1] + cuts[i][1]) / 2})
	}
	return out
}

// free returns a point of ring s that does not lie on ring r, so that its side of r is
// the side of all of s.
func free(rings []ringOf, contacts []contact, r, s int) orb.Point {
	ring := rings[s].ring
	for _, p := range ring {
		if side(rings[r].ring, p) != 0 {
			return p
		}
	}
	// Every vertex of s lies on r: between its contacts it does not, since they share no edge.
	for i := 1; i < len(ring); i++ {
		for _, p := range pieces(ring[i-1], ring[i], contacts) {
			if side(rings[r].ring, p) != 0 {
				return p
			}
		}
	}
	return ring[0]
}

// checkNesting refuses a hole outside its polygon or inside another hole, and a
// polygon that lies on another one.
func checkNesting(rings []ringOf, contacts []contact) error {
	bounds := make([]orb.Bound, len(rings))
	for i, r := range rings {
		bounds[i] = r.ring.Bound()
	}
	inside := func(s, r int) bool { // ring s lies inside ring r
		return bounds[r].Intersects(bounds[s]) && side(rings[r].ring, free(rings, contacts, r, s)) > 0
	}
	shell := 0
	for s, ring := range rings {
		if ring.hole == 0 {
			shell = s
			continue
		}
		if !inside(s, shell) {
			return invalidAt(ring.ring[0], "a hole lies outside its polygon")
		}
		for r := shell + 1; r < len(rings) && rings[r].poly == ring.poly; r++ {
			if r != s && inside(s, r) {
				return invalidAt(ring.ring[0], "a hole lies inside another hole")
			}
		}
	}
	for s, a := range rings {
		for r, b := range rings {
			if r == s || a.hole != 0 || b.hole != 0 || !inside(s, r) {
				continue
			}
			// Inside another polygon it must stand in one of that one's holes.
			inHole := false
			for h := r + 1; h < len(rings) && rings[h].poly == b.poly; h++ {
				inHole = inHole || inside(s, h)
			}
			if !inHole {
				return invalidAt(a.ring[0], "one part lies on another")
			}
		}
	}
	return nil
}

// checkConnected refuses a polygon whose rings touch in a chain that closes: its
// interior would fall into two.
func checkConnected(rings []ringOf, contacts []contact) error {
	type node struct {
		ring int
		at   orb.Point
	}
	parent := map[node]node{}
	var root func(node) node
	root = func(n node) node {
		p, ok := parent[n]
		if !ok || p == n {
			return n
		}
		r := root(p)
		parent[n] = r
		return r
	}
	type link struct {
		ring int
		at   orb.Point
	}
	linked := map[link]bool{}
	for _, c := range contacts {
		if rings[c.r].poly != rings[c.s].poly {
			continue
		}
		for _, ring := range [2]int{c.r, c.s} {
			if linked[link{ring, c.at}] {
				continue
			}
			linked[link{ring, c.at}] = true
			// Each polygon has its own touching points: name them by its first ring.
			p, q := root(node{ring: ring}), root(node{ring: -1 - rings[c.r].poly, at: c.at})
			if p == q {
				return invalidAt(c.at, "rings touch so that the interior falls apart")
			}
			parent[p] = q
		}
	}
	return nil
}
