package flight

import "math"

// pt is a place in a plan's plane, metres.
type pt struct{ x, y float64 }

func (p pt) plus(q pt) pt     { return pt{p.x + q.x, p.y + q.y} }
func (p pt) sub(q pt) pt      { return pt{p.x - q.x, p.y - q.y} }
func (p pt) dot(q pt) float64 { return p.x*q.x + p.y*q.y }

// cross is positive when q lies anticlockwise of p.
func (p pt) cross(q pt) float64 { return p.x*q.y - p.y*q.x }

// towards returns the place at the share k of the way from p to q.
func (p pt) towards(q pt, k float64) pt { return pt{p.x + k*(q.x-p.x), p.y + k*(q.y-p.y)} }

// turned returns p turned about the origin, anticlockwise by angle radians.
func (p pt) turned(angle float64) pt {
	sin, cos := math.Sincos(angle)
	return pt{cos*p.x - sin*p.y, sin*p.x + cos*p.y}
}

func dist(p, q pt) float64 { return math.Hypot(q.x-p.x, q.y-p.y) }

func lengthOf(line []pt) (m float64) {
	for i := 1; i < len(line); i++ {
		m += dist(line[i-1], line[i])
	}
	return m
}

// shape is what its rings enclose by the even-odd rule. A ring's last point is not its
// first again.
type shape [][]pt

func (s shape) turned(angle float64) shape {
	out := make(shape, len(s))
	for i, ring := range s {
		out[i] = turnedRing(ring, angle)
	}
	return out
}

// corners are all points of all rings.
func (s shape) corners() (all []pt) {
	for _, ring := range s {
		all = append(all, ring...)
	}
	return all
}

func turnedRing(ring []pt, angle float64) []pt {
	out := make([]pt, len(ring))
	for i, p := range ring {
		out[i] = p.turned(angle)
	}
	return out
}

// sides calls f with both ends of every side.
func (s shape) sides(f func(p, q pt)) {
	for _, ring := range s {
		for i, q := range ring {
			f(ring[(i+len(ring)-1)%len(ring)], q)
		}
	}
}

// contains reports whether p lies inside; of points on the edge it says either.
func (s shape) contains(p pt) bool {
	in := false
	s.sides(func(a, b pt) {
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	})
	return in
}

// within reports whether p lies inside and more than edgeM from every side.
func (s shape) within(p pt, edgeM float64) bool {
	if !s.contains(p) {
		return false
	}
	near := false
	s.sides(func(a, b pt) { near = near || toSegment(p, a, b) <= edgeM })
	return !near
}

// toSegment is the distance from p to the segment ab.
func toSegment(p, a, b pt) float64 {
	d := b.sub(a)
	k := 0.0
	if l := d.dot(d); l > 0 {
		k = max(0, min(1, p.sub(a).dot(d)/l))
	}
	return dist(p, a.towards(b, k))
}

// signedArea is positive for an anticlockwise ring, square metres.
func signedArea(ring []pt) (m2 float64) {
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		m2 += p.sub(ring[0]).cross(q.sub(ring[0])) / 2
	}
	return m2
}

// crossing returns where ab crosses cd, as the share of ab; false when they are parallel
// or only one reaches the other's line.
func crossing(a, b, c, d pt) (float64, bool) {
	u, v := b.sub(a), d.sub(c)
	den := u.cross(v)
	if den == 0 {
		return 0, false
	}
	t, s := c.sub(a).cross(v)/den, c.sub(a).cross(u)/den
	return t, t >= 0 && t <= 1 && s >= 0 && s <= 1
}
