package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Brush is one piece of evidence as it is painted: a disc of RadiusM around At, or,
// with Leg, also the strip of that half width from From to At.
type Brush struct {
	From, At orb.Point // lon/lat
	Leg      bool
	RadiusM  float64
	Stamp    Stamp
}

// stroke is a brush on a grid, in cells: a disc and a strip that ends at its centre.
type stroke struct {
	box
	x, y, radius float64
	strip        strip
}

func (b Brush) seen() Stamp { return b.Stamp }

func (b Brush) on(g *Ground) figure {
	x, y := g.cells(g.XY(b.At))
	ax, ay := x, y
	if b.Leg {
		ax, ay = g.cells(g.XY(b.From))
	}
	return newStroke(ax, ay, x, y, b.RadiusM/g.CellM)
}

// newStroke is a disc around x, y with a strip that comes from ax, ay.
func newStroke(ax, ay, x, y, radius float64) stroke {
	return stroke{
		x: x, y: y, radius: radius, strip: newStrip(ax, ay, x, y, radius),
		box: box{
			left: min(ax, x) - radius, bottom: min(ay, y) - radius,
			right: max(ax, x) + radius, top: max(ay, y) + radius,
		},
	}
}

// contains reports whether a point lies in the disc or the strip.
func (s stroke) contains(x, y float64) bool {
	dx, dy := x-s.x, y-s.y
	return dx*dx+dy*dy <= s.radius*s.radius || s.strip.contains(x, y)
}

func (s stroke) eachRow(g *Ground, f func(row, c0, c1 int)) {
	first, last := g.rowsBetween(s.bottom, s.top)
	for row := first; row <= last; row++ {
		yc := float64(row) + 0.5
		s0, s1 := g.columns(s.strip.at(yc))
		d0, d1 := g.columns(discAt(s.x, s.y, s.radius, yc))
		switch {
		case s0 > s1 && d0 > d1:
		case s0 > s1:
			f(row, d0, d1)
		case d0 > d1:
			f(row, s0, s1)
		case s1+1 < d0 || d1+1 < s0:
			f(row, s0, s1)
			f(row, d0, d1)
		default:
			f(row, min(s0, d0), max(s1, d1))
		}
	}
}

// rowsBetween returns the rows whose centres lie between two heights, none when
// first > last.
func (g *Ground) rowsBetween(bottom, top float64) (first, last int) {
	return clamp(int(math.Ceil(bottom-0.5)), 0, g.rows), clamp(int(math.Floor(top-0.5)), -1, g.rows-1)
}

// columns returns the cells of a row whose centres lie in lo..hi, none when c0 > c1.
func (g *Ground) columns(lo, hi float64) (c0, c1 int) {
	if !(lo <= hi) || hi < 0 || lo > float64(g.cols) {
		return 0, -1
	}
	return max(0, int(math.Ceil(lo-0.5))), min(g.cols-1, int(math.Floor(hi-0.5)))
}

// discAt returns the part lo..hi of the line at height yc inside a disc; lo > hi when none.
func discAt(x, y, radius, yc float64) (lo, hi float64) {
	h := radius*radius - (yc-y)*(yc-y)
	if h < 0 {
		return 1, 0
	}
	h = math.Sqrt(h)
	return x - h, x + h
}

// strip is a rectangle: the points within radius of segment ab, between its ends.
type strip struct {
	ax, ay, ux, uy, length, radius float64 // u is the unit vector a→b
}

func newStrip(ax, ay, bx, by, radius float64) strip {
	l := math.Hypot(bx-ax, by-ay)
	s := strip{ax: ax, ay: ay, length: l, radius: radius}
	if l > 0 {
		s.ux, s.uy = (bx-ax)/l, (by-ay)/l
	}
	return s
}

func (s strip) contains(x, y float64) bool {
	dx, dy := x-s.ax, y-s.ay
	along, across := dx*s.ux+dy*s.uy, dy*s.ux-dx*s.uy
	return s.length > 0 && along >= 0 && along <= s.length && math.Abs(across) <= s.radius
}

// at returns the part lo..hi of the line at height yc inside the strip; lo > hi when none.
func (s strip) at(yc float64) (lo, hi float64) {
	if s.length == 0 {
		return 1, 0
	}
	dy := yc - s.ay
	// Along: 0 ≤ (x−ax)·ux + dy·uy ≤ length. Across: |−(x−ax)·uy + dy·ux| ≤ radius.
	lo1, hi1 := between(s.ux, dy*s.uy, 0, s.length)
	lo2, hi2 := between(-s.uy, dy*s.ux, -s.radius, s.radius)
	return s.ax + max(lo1, lo2), s.ax + min(hi1, hi2)
}

// between solves lo ≤ k·x + c ≤ hi for x.
func between(k, c, lo, hi float64) (from, to float64) {
	if math.Abs(k) < 1e-12 {
		if c < lo || c > hi {
			return math.Inf(1), math.Inf(-1)
		}
		return math.Inf(-1), math.Inf(1)
	}
	from, to = (lo-c)/k, (hi-c)/k
	if from > to {
		from, to = to, from
	}
	return from, to
}
