package geo

import "github.com/paulmach/orb"

// JoinParts returns the ground of parts that share whole edges, vertex by vertex, without
// those edges: the same ground, as boundary files hold it in pieces that touch. No
// position is moved, added or made up, and ParseArea judges the outcome. ok is false when
// no two parts share an edge.
func JoinParts(g orb.Geometry) (joined orb.MultiPolygon, ok bool) {
	mp, isMulti := g.(orb.MultiPolygon)
	if !isMulti || checkCounts(mp) != nil {
		return nil, false
	}
	edges, twins := halfEdges(mp)
	var shells, holes []orb.Ring
	walked := make([]bool, len(edges))
	for first := range edges {
		if _, shared := twins[first]; shared || walked[first] {
			ok = ok || shared
			continue
		}
		ring := orb.Ring{edges[first].from}
		for e := first; !walked[e]; {
			walked[e] = true
			ring = append(ring, edges[e].to)
			for e = edges[e].next; ; e = edges[twins[e]].next { // past what is shared, into the other part
				if _, shared := twins[e]; !shared {
					break
				}
			}
		}
		if signedArea(ring) > 0 {
			shells = append(shells, ring)
		} else {
			holes = append(holes, ring)
		}
	}
	return nest(shells, holes), ok
}

// halfEdge is one edge of a ring, with the ground of its polygon on the left.
type halfEdge struct {
	from, to orb.Point
	next     int // the edge that follows it in its ring
}

// halfEdges returns every edge of every ring, and for those that two polygons share, one
// in each direction, which is the other's.
func halfEdges(mp orb.MultiPolygon) (edges []halfEdge, twins map[int]int) {
	type way struct{ from, to orb.Point }
	at, poly := map[way]int{}, []int{}
	for i, p := range mp {
		for j, ring := range p {
			first := len(edges)
			ring = turned(ring, j == 0)
			for k := 1; k < len(ring); k++ {
				if ring[k] == ring[k-1] {
					continue
				}
				at[way{ring[k-1], ring[k]}] = len(edges)
				edges = append(edges, halfEdge{ring[k-1], ring[k], len(edges) + 1})
				poly = append(poly, i)
			}
			if len(edges) > first {
				edges[len(edges)-1].next = first
			}
		}
	}
	twins = map[int]int{}
	for i, e := range edges {
		if j, ok := at[way{e.to, e.from}]; ok && poly[i] != poly[j] && at[way{e.from, e.to}] == i {
			twins[i] = j
		}
	}
	return edges, twins
}

// nest puts each hole into the smallest shell around it.
func nest(shells, holes []orb.Ring) orb.MultiPolygon {
	var mp orb.MultiPolygon
	for _, s := range shells {
		mp = append(mp, orb.Polygon{s})
	}
	for _, h := range holes {
		if around := smallestAround(shells, h); around >= 0 {
			mp[around] = append(mp[around], h)
		}
	}
	return mp
}

// smallestAround returns the index of the innermost of the rings that hold inner; -1 when
// none does.
func smallestAround(rings []orb.Ring, inner orb.Ring) int {
	around := -1
	for i, r := range rings {
		if RingHolds(r, inner) && (around < 0 || RingHolds(rings[around], r)) {
			around = i
		}
	}
	return around
}

// NestRings puts rings into polygons as an ESRI Shapefile means them: clockwise ones are
// exterior, each other one is a hole of the smallest exterior ring around it. Where there
// is none it stands for itself: some programs turn rings as GeoJSON does.
func NestRings(rings []orb.Ring) orb.MultiPolygon {
	var shells, holes []orb.Ring
	for _, r := range rings {
		if signedArea(r) <= 0 {
			shells = append(shells, r)
		}
	}
	exterior := shells
	for _, r := range rings {
		switch {
		case signedArea(r) <= 0:
		case smallestAround(exterior, r) >= 0:
			holes = append(holes, r)
		default:
			shells = append(shells, r)
		}
	}
	return nest(shells, holes)
}
