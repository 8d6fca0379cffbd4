package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Stretch is a connected piece of one ring of a Perimeter.
type Stretch struct {
	Part, Ring   int   // which polygon of the area, and which of its rings: 0 is the outer one
	FromMM, ToMM int64 // chainage; ToMM < FromMM leads over the ring's start
	LengthMM     int64
	Oldest       Stamp // the oldest stamp on it, or the horizon where a place was not seen since
	Newest       Stamp // the newest stamp on it, or the horizon where none was seen since
	line         int   // in Perimeter.rings
}

// join adds what follows on s.
func (s *Stretch) join(next Stretch) {
	s.ToMM = next.ToMM
	s.LengthMM += next.LengthMM
	s.Oldest, s.Newest = min(s.Oldest, next.Oldest), max(s.Newest, next.Newest)
}

// spans returns s as ascending intervals of chainage, of which the second may be empty.
func (s Stretch) spans() [2][2]int64 {
	if s.ToMM > s.FromMM {
		return [2][2]int64{{s.FromMM, s.ToMM}}
	}
	end := s.FromMM + s.LengthMM - s.ToMM // the ring's
	return [2][2]int64{{s.FromMM, end}, {0, s.ToMM}}
}

// shared returns how much of fromMM..toMM of a ring lies on s.
func (s Stretch) shared(line int, fromMM, toMM int64) (mm int64) {
	if line != s.line {
		return 0
	}
	for _, i := range s.spans() {
		mm += max(0, min(i[1], toMM)-max(i[0], fromMM))
	}
	return mm
}

// OverlapMM returns how much two stretches of one perimeter share.
func OverlapMM(a, b Stretch) (mm int64) {
	for _, i := range b.spans() {
		mm += a.shared(b.line, i[0], i[1])
	}
	return mm
}

// Draw returns the stretch as a lon/lat line through the ring's vertices.
func (p *Perimeter) Draw(s Stretch) orb.LineString {
	var line orb.LineString
	for _, i := range s.spans() {
		r := p.rings[s.line]
		for k := r.first; k < r.end && i[0] < i[1]; k++ {
			link := &p.links[k]
			if link.toMM <= i[0] || link.fromMM >= i[1] {
				continue
			}
			if len(line) == 0 {
				line = append(line, link.at(max(link.fromMM, i[0])))
			} else if link.corner {
				line = append(line, link.a)
			}
			if end := min(link.toMM, i[1]); end == i[1] {
				line = append(line, link.at(end))
			}
		}
	}
	return withoutRepeats(line)
}

// withoutRepeats drops positions that are the same as the one before, but for the last of
// two.
func withoutRepeats(line orb.LineString) orb.LineString {
	out := line[:0]
	for _, at := range line {
		if n := len(out); n == 0 || out[n-1] != at {
			out = append(out, at)
		}
	}
	return out
}

// Middle returns the point halfway along the stretch.
func (p *Perimeter) Middle(s Stretch) orb.Point {
	r := p.rings[s.line]
	mm := (s.FromMM + s.LengthMM/2) % r.lengthMM
	for k := r.first; k < r.end; k++ {
		if link := &p.links[k]; mm < link.toMM || k == r.end-1 {
			return link.at(mm)
		}
	}
	return p.links[r.first].a
}

// Near calls f with every stretch, some more than once, that has a place within radiusM
// metres of a lon/lat point.
func (p *Perimeter) Near(at orb.Point, radiusM float64, stretches []Stretch, f func(stretch int)) {
	p.cover(Brush{At: at, RadiusM: radiusM}, func(link int, fromMM, toMM int64) {
		for i, s := range stretches {
			if s.shared(p.links[link].ring, fromMM, toMM) > 0 {
				f(i)
			}
		}
	})
}

// foundWithinM is how far a line drawn earlier may lie from the ring it was drawn along.
const foundWithinM = 0.5

// Along returns the stretches of the perimeter that run along a line drawn on it, or on
// another that it took the place of, such as a recorded gap's.
func (p *Perimeter) Along(line orb.LineString) (out []Stretch) {
	for i := 1; i < len(line); i++ {
		leg := Brush{From: line[i-1], At: line[i], Leg: true, RadiusM: foundWithinM}
		p.cover(leg, func(link int, fromMM, toMM int64) {
			s := p.links[link]
			if alongside(s, p, line[i-1], line[i]) {
				r := p.rings[s.ring]
				out = append(out, Stretch{Part: r.part, Ring: r.ring, FromMM: fromMM, ToMM: toMM, LengthMM: toMM - fromMM, line: s.ring})
			}
		})
	}
	return out
}

// alongside reports whether a link runs in the direction from a to b.
func alongside(s link, p *Perimeter, a, b orb.Point) bool {
	ax, ay := p.XY(a)
	bx, by := p.XY(b)
	dot := (bx-ax)*(s.bx-s.ax) + (by-ay)*(s.by-s.ay)
	return dot > math.Cos(math.Pi/6)*math.Hypot(bx-ax, by-ay)*math.Hypot(s.bx-s.ax, s.by-s.ay)
}

// Within returns the stretches of the perimeter that lie in an area, or within a metre of
// it, where the two share an edge; told to withinM metres.
func (p *Perimeter) Within(a Area) (out []Stretch) {
	bound := Grow(a.Bound(), foundWithinM)
	for _, r := range p.rings {
		first := len(out)
		for k := r.first; k < r.end; k++ {
			l := &p.links[k]
			n := max(1, int64(math.Ceil(l.lengthM/withinM)))
			broken := l.cut
			for i := range n {
				from, to := l.fromMM+i*(l.toMM-l.fromMM)/n, l.fromMM+(i+1)*(l.toMM-l.fromMM)/n
				if mid := l.at((from + to) / 2); from < to && bound.Contains(mid) && a.holdsNear(mid) {
					out = extend(out, first, broken, Stretch{Part: r.part, Ring: r.ring, FromMM: from, ToMM: to, LengthMM: to - from, line: l.ring})
				}
				broken = false
			}
		}
		out = closeRing(out, first, p.links[r.first].cut, r.lengthMM)
	}
	return out
}

// withinM is how finely Within tells.
const withinM = 25

// Holds reports whether a lon/lat point lies in the area or on its edge.
func (a Area) Holds(at orb.Point) bool { return planar.MultiPolygonContains(a.shape, at) }

// holdsNear reports whether the area holds a point, or one a metre from it.
func (a Area) holdsNear(at orb.Point) bool {
	p := NewPlane(at, 0)
	for _, d := range [5][2]float64{{0, 0}, {1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
		if a.Holds(p.LonLat(d[0], d[1])) {
			return true
		}
	}
	return false
}
