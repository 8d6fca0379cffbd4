package geo

import "math"

// chordal is a shape in a perimeter's plane, in metres.
type chordal interface {
	bounds() box
	// chords returns the stretches of the segment from a to b, each a pair of places 0 to 1
	// of the way along it, that the shape covers; those that do not ascend are none.
	chords(ax, ay, bx, by float64) [2][2]float64
}

func (b Brush) over(p *Perimeter) chordal {
	x, y := p.XY(b.At)
	ax, ay := x, y
	if b.Leg {
		ax, ay = p.XY(b.From)
	}
	return newStroke(ax, ay, x, y, b.RadiusM*p.scale((ax+x)/2))
}

func (p Patch) over(along *Perimeter) chordal { return p.convex(along.XY) }

func (s stroke) chords(ax, ay, bx, by float64) [2][2]float64 {
	return [2][2]float64{s.discChord(ax, ay, bx, by), s.strip.chord(ax, ay, bx, by)}
}

// discChord is where |a + t(b−a) − centre| ≤ radius.
func (s stroke) discChord(ax, ay, bx, by float64) [2]float64 {
	dx, dy, ex, ey := bx-ax, by-ay, ax-s.x, ay-s.y
	l2 := dx*dx + dy*dy
	if l2 == 0 {
		return [2]float64{1, 0}
	}
	middle := -(ex*dx + ey*dy) / l2
	across := (ex*dy - ey*dx) / math.Sqrt(l2)
	h := s.radius*s.radius - across*across
	if h < 0 {
		return [2]float64{1, 0}
	}
	half := math.Sqrt(h / l2)
	return [2]float64{max(0, middle-half), min(1, middle+half)}
}

// chord is the part of a segment inside the strip.
func (s strip) chord(ax, ay, bx, by float64) [2]float64 {
	if s.length == 0 {
		return [2]float64{1, 0}
	}
	dx, dy, ex, ey := bx-ax, by-ay, ax-s.ax, ay-s.ay
	lo1, hi1 := between(dx*s.ux+dy*s.uy, ex*s.ux+ey*s.uy, 0, s.length)
	lo2, hi2 := between(dy*s.ux-dx*s.uy, ey*s.ux-ex*s.uy, -s.radius, s.radius)
	return [2]float64{max(0, lo1, lo2), min(1, hi1, hi2)}
}

// chords clips the segment by each side of the patch (Cyrus and Beck, 1978).
func (c convex) chords(ax, ay, bx, by float64) [2][2]float64 {
	lo, hi := 0.0, 1.0
	turn := 0.0 // twice the patch's area, positive when anticlockwise
	for i := 1; i < len(c.corners); i++ {
		p, q := c.corners[i-1], c.corners[i]
		turn += (p[0]-c.left)*(q[1]-c.bottom) - (q[0]-c.left)*(p[1]-c.bottom)
	}
	for i := 1; i < len(c.corners); i++ {
		p, q := c.corners[i-1], c.corners[i]
		nx, ny := (p[1]-q[1])*turn, (q[0]-p[0])*turn // inwards
		from, to := between(nx*(bx-ax)+ny*(by-ay), nx*(ax-p[0])+ny*(ay-p[1]), 0, math.Inf(1))
		lo, hi = max(lo, from), min(hi, to)
	}
	return [2][2]float64{{lo, hi}, {1, 0}}
}
