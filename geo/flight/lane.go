package flight

import (
	"cmp"
	"math"
	"slices"
)

// lane is a straight flight with the camera on.
type lane struct{ from, to pt }

func (l lane) length() float64 { return dist(l.from, l.to) }
func (l lane) back() lane      { return lane{l.to, l.from} }

// lanesOver lays as few lanes over a ring as see all of it, angle radians from the x
// axis, evenly, in order across and all one way: ⌈width ÷ spacing⌉ where each sees its
// own strip only. Each runs in the middle of its strip from edge to edge of the ring,
// and on until the camera sees the strip's furthest corner, unless a zone cuts it short.
// Trimmed, it ends as soon as the camera sees the corner. It is false when a line in
// that direction meets the ring in two pieces.
func (c course) lanesOver(ring []pt, angle float64) ([]lane, bool) {
	flat := turnedRing(ring, -angle)
	if !isMonotone(flat) {
		return nil, false
	}
	bottom, top := math.Inf(1), math.Inf(-1)
	for _, p := range flat {
		bottom, top = min(bottom, p.y), max(top, p.y)
	}
	// The first and the last lane see acrossM/2 outwards, the others half way to the next.
	width := top - bottom + 2*c.marginM
	between := max(0, width-c.acrossM)
	n := 1 + int(math.Ceil(between/c.spacingM-1e-9))
	step, first := 0.0, (bottom+top)/2
	if n > 1 {
		out := c.acrossM / 2
		if !c.trimmed { // strips of one width
			out = width / float64(2*n)
		}
		step, first = (width-2*out)/float64(n-1), bottom-c.marginM+out
	}
	lanes := make([]lane, n)
	for i := range lanes {
		y := first + step*float64(i)
		low, high := y-step/2, y+step/2
		if i == 0 {
			low = bottom
		}
		if i == n-1 {
			high = top
		}
		inside := max(bottom, min(top, y)) // a lane may run beside the ring, in its margin
		if len(c.bar.zones) > 0 {
			y = inside // where nothing bars the way
		}
		l, r := spanOf(flat, inside, inside)
		from, to := spanOf(flat, min(low, top), max(high, bottom))
		from, to = from+c.aheadM-c.marginM, to-c.aheadM+c.marginM
		if from > to && c.trimmed {
			from, to = (from+to)/2, (from+to)/2
		}
		if !c.trimmed {
			from, to = min(from, l), max(to, r)
		}
		// Between l and r no zone bars the way.
		middle := pt{max(l, min(r, (from+to)/2)), y}.turned(angle)
		lanes[i] = lane{c.bar.upTo(middle, pt{from, y}.turned(angle)), c.bar.upTo(middle, pt{to, y}.turned(angle))}
	}
	return lanes, true
}

// isMonotone reports whether every line along x meets a ring in one piece.
func isMonotone(ring []pt) bool {
	turns, up := 0, 0
	first := 0
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		way := 0
		if d := q.y - p.y; math.Abs(d) > hairM {
			way = 1
			if d < 0 {
				way = -1
			}
		}
		if way == 0 {
			continue
		}
		if up != 0 && way != up {
			turns++
		}
		if first == 0 {
			first = way
		}
		up = way
	}
	if first != up {
		turns++
	}
	return turns <= 2
}

// spanOf returns how far a ring reaches to the left and right between two heights.
func spanOf(ring []pt, y0, y1 float64) (left, right float64) {
	left, right = math.Inf(1), math.Inf(-1)
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		if max(p.y, q.y) < y0 || min(p.y, q.y) > y1 {
			continue
		}
		a, b := p, q
		if p.y != q.y {
			at := func(y float64) pt { return p.towards(q, max(0, min(1, (y-p.y)/(q.y-p.y)))) }
			a, b = at(y0), at(y1)
		}
		left, right = min(left, a.x, b.x), max(right, a.x, b.x)
	}
	return left, right
}

// sidesOf returns the directions of a ring's sides, radians within half a turn, those
// that most metres run along first, none twice.
func sidesOf(ring []pt) (angles []float64) {
	type direction struct{ angle, m float64 }
	var found []direction
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		a := math.Atan2(q.y-p.y, q.x-p.x)
		if k := slices.IndexFunc(found, func(d direction) bool { return sameDirection(d.angle, a) }); k >= 0 {
			found[k].m += dist(p, q)
		} else {
			found = append(found, direction{a, dist(p, q)})
		}
	}
	slices.SortStableFunc(found, func(a, b direction) int { return cmp.Compare(b.m, a.m) })
	for _, d := range found {
		angles = append(angles, d.angle)
	}
	return angles
}

// merged returns angles with those of more that are not among them, most in all.
func merged(angles, more []float64, most int) []float64 {
	for _, a := range more {
		if len(angles) < most && !slices.ContainsFunc(angles, func(b float64) bool { return sameDirection(a, b) }) {
			angles = append(angles, a)
		}
	}
	return angles
}

// sameDirection reports whether lanes along two angles run within a degree alike.
func sameDirection(a, b float64) bool { return math.Abs(math.Remainder(a-b, math.Pi)) < math.Pi/180 }
