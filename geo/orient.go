package geo

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// orient returns the exact sign of the turn a→b→c: 1 left, -1 right, 0 in one line.
// The plain determinant decides where its rounding cannot (the filter's bound is
// ccwerrboundA of Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast
// Robust Geometric Predicates", 1997); the rest is exact.
func orient(a, b, c orb.Point) int {
	left := (a[0] - c[0]) * (b[1] - c[1])
	right := (a[1] - c[1]) * (b[0] - c[0])
	det := left - right
	const bound = 3.3306690738754716e-16
	if math.Abs(det) > bound*(math.Abs(left)+math.Abs(right)) {
		return sign(det)
	}
	return exactOrient(a, b, c)
}

// exactOrient is orient without rounding: the products of all four differences and of
// what those were rounded by, summed in an expansion.
func exactOrient(a, b, c orb.Point) int {
	ax, axTail := twoDiff(a[0], c[0])
	ay, ayTail := twoDiff(a[1], c[1])
	bx, bxTail := twoDiff(b[0], c[0])
	by, byTail := twoDiff(b[1], c[1])
	sum := make(expansion, 0, 16)
	for _, f := range [8][2]float64{
		{ax, by}, {ax, byTail}, {axTail, by}, {axTail, byTail},
		{-ay, bx}, {-ay, bxTail}, {-ayTail, bx}, {-ayTail, bxTail},
	} {
		if f[0] == 0 || f[1] == 0 {
			continue
		}
		p := f[0] * f[1]
		if math.Abs(p) < 1e-260 { // its rounding might be too small for a float
			return bigOrient(a, b, c)
		}
		sum = sum.plus(math.FMA(f[0], f[1], -p)).plus(p)
	}
	for i := len(sum) - 1; i >= 0; i-- {
		if sum[i] != 0 {
			return sign(sum[i])
		}
	}
	return 0
}

// expansion is an exact sum: its terms do not overlap and grow in magnitude, so that the
// last one that is not 0 has the sign of all.
type expansion []float64

// plus returns e with v added (Shewchuk's GROW-EXPANSION).
func (e expansion) plus(v float64) expansion {
	for i, w := range e {
		v, e[i] = twoSum(v, w)
	}
	return append(e, v)
}

// twoSum returns a+b as it is rounded, and what the rounding left.
func twoSum(a, b float64) (sum, tail float64) {
	sum = a + b
	bb := sum - a
	return sum, (a - (sum - bb)) + (b - bb)
}

func twoDiff(a, b float64) (diff, tail float64) { return twoSum(a, -b) }

// bigOrient is orient in rational numbers, for coordinates of any size.
func bigOrient(a, b, c orb.Point) int {
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(rat(x), rat(y)) }
	l := new(big.Rat).Mul(sub(a[0], c[0]), sub(b[1], c[1]))
	return l.Cmp(new(big.Rat).Mul(sub(a[1], c[1]), sub(b[0], c[0])))
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	default:
		return 0
	}
}

// meeting is how two segments meet.
type meeting int

const (
	apart   meeting = iota
	touch           // in one point that is an end of at least one of them
	cross           // in one point inside both
	overlap         // along a line
)

// meet tells how segments ab and cd meet, exactly, and where (rounded for a crossing).
func meet(a, b, c, d orb.Point) (meeting, orb.Point) {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return apart, orb.Point{}
	}
	oc, od := orient(a, b, c), orient(a, b, d)
	if oc == od && oc != 0 {
		return apart, orb.Point{}
	}
	oa, ob := orient(c, d, a), orient(c, d, b)
	if oa == ob && oa != 0 {
		return apart, orb.Point{}
	}
	if oc == 0 && od == 0 {
		return meetInLine(a, b, c, d)
	}
	switch {
	case oc == 0:
		return touch, c
	case od == 0:
		return touch, d
	case oa == 0:
		return touch, a
	case ob == 0:
		return touch, b
	}
	// Both ends of each lie on different sides of the other: a crossing inside both.
	den := (b[0]-a[0])*(d[1]-c[1]) - (b[1]-a[1])*(d[0]-c[0])
	t := ((c[0]-a[0])*(d[1]-c[1]) - (c[1]-a[1])*(d[0]-c[0])) / den
	return cross, orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// meetInLine is meet for four points in one line whose boxes meet.
func meetInLine(a, b, c, d orb.Point) (meeting, orb.Point) {
	k := 0 // the axis along which the line runs further
	if math.Abs(b[1]-a[1]) > math.Abs(b[0]-a[0]) {
		k = 1
	}
	if a[k] > b[k] {
		a, b = b, a
	}
	if c[k] > d[k] {
		c, d = d, c
	}
	from, to := a, b
	if c[k] > from[k] {
		from = c
	}
	if d[k] < to[k] {
		to = d
	}
	switch {
	case from[k] > to[k]:
		return apart, orb.Point{}
	case from[k] == to[k]:
		return touch, from
	default:
		return overlap, from
	}
}

// side tells where p lies of a closed ring: 1 inside, 0 on it, -1 outside. Exact.
func side(ring orb.Ring, p orb.Point) int {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] > p[1]) == (b[1] > p[1]) {
			// Neither end strictly above and the other not: only a point of the edge counts.
			if a[1] == p[1] && b[1] == p[1] && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) || p == a || p == b {
				return 0
			}
			continue
		}
		o := orient(a, b, p)
		if o == 0 {
			return 0
		}
		if (o > 0) == (b[1] > a[1]) {
			inside = !inside
		}
	}
	if inside {
		return 1
	}
	return -1
}

// RingHolds reports whether ring inner, which does not cross ring outer, lies inside it.
func RingHolds(outer, inner orb.Ring) bool {
	if !outer.Bound().Intersects(inner.Bound()) {
		return false
	}
	for _, p := range inner {
		if where := side(outer, p); where != 0 {
			return where > 0
		}
	}
	return false
}
