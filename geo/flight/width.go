package flight

import (
	"cmp"
	"math"
	"slices"
)

// hull returns the convex hull, anticlockwise, without points in line (Andrew's
// monotone chain).
func hull(points []pt) []pt {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b pt) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	points = slices.Compact(points)
	if len(points) < 3 {
		return points
	}
	chain := func(points []pt) (out []pt) {
		for _, p := range points {
			for len(out) > 1 && out[len(out)-1].sub(out[len(out)-2]).cross(p.sub(out[len(out)-2])) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		return out[:len(out)-1]
	}
	lower := chain(points)
	slices.Reverse(points)
	return append(lower, chain(points)...)
}

// leastWidth returns the least width of a convex ring and the direction, radians from
// the x axis, across which it is that narrow. It is one of the ring's sides', found by
// taking a pair of parallel calipers once around (Shamos 1978; Toussaint 1983).
func leastWidth(ring []pt) (widthM, angle float64) {
	n := len(ring)
	widthM = math.Inf(1)
	far := 1
	for i := range ring {
		p, q := ring[i], ring[(i+1)%n]
		side := q.sub(p)
		for away := func(k int) float64 { return side.cross(ring[k%n].sub(p)) }; away(far+1) > away(far); {
			far++
		}
		if w := side.cross(ring[far%n].sub(p)) / math.Hypot(side.x, side.y); w < widthM {
			widthM, angle = w, math.Atan2(side.y, side.x)
		}
	}
	return widthM, angle
}

// isConvex reports whether a ring turns one way only.
func isConvex(ring []pt) bool {
	left, right := false, false
	for i := range ring {
		p, q, r := ring[i], ring[(i+1)%len(ring)], ring[(i+2)%len(ring)]
		// In line to a millionth of the shorter side is straight on.
		u, v := q.sub(p), r.sub(q)
		if c := u.cross(v); math.Abs(c) > 1e-6*math.Hypot(u.x, u.y)*math.Hypot(v.x, v.y) {
			left, right = left || c > 0, right || c < 0
		}
	}
	return !(left && right)
}
