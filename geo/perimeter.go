package geo

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	// linkM is the longest link of a Perimeter: a side that is straight in lon/lat then
	// lies within 1.5 cm of its links up to 70° of latitude.
	linkM = 500
	// maxLinks bounds the links that long links are parted into.
	maxLinks = 1 << 17
)

// Perimeter is the rings of an area, outer ones and holes, as lines on which places are
// told by chainage: whole millimetres along the ring on the ellipsoid, from its first
// vertex, in the direction in which the area lies on the left. Where an area is cut along
// the antimeridian, the cut is no part of it. It is immutable, and shared by the tapes
// laid along it.
type Perimeter struct {
	Plane
	LengthMM int64

	rings  []ringLinks
	links  []link
	tree   boxTree
	bounds []orb.Bound // lon/lat boxes of the area's parts
}

// ringLinks is one ring: links first to end, not included.
type ringLinks struct {
	part, ring int // which polygon of the area, and which of its rings: 0 is the outer one
	first, end int
	lengthMM   int64
}

// link is a straight bit of a ring, of at most linkM where maxLinks allows.
type link struct {
	ring           int   // in Perimeter.rings
	fromMM, toMM   int64 // chainage
	lengthM        float64
	ax, ay, bx, by float64   // plane metres
	a, b           orb.Point // lon/lat
	corner         bool      // a is a vertex of the ring
	cut            bool      // between the link before it and this one the area is cut
}

// NewPerimeter lays out the rings of an area. CheckReach has found it small enough.
func NewPerimeter(area Area) *Perimeter {
	p := &Perimeter{Plane: NewPlane(middleOf(area), 0)}
	longest := max(linkM, outlineM(area)/maxLinks)
	acrossCut := len(sidesOf180(area)) == 2
	for i, poly := range area.shape {
		p.bounds = append(p.bounds, poly.Bound())
		for j, ring := range poly {
			p.addRing(ringLinks{part: i, ring: j}, ring, longest, acrossCut)
		}
	}
	leaves := make([]box, len(p.links))
	for i, s := range p.links {
		leaves[i] = box{min(s.ax, s.bx), min(s.ay, s.by), max(s.ax, s.bx), max(s.ay, s.by)}
	}
	p.tree = newBoxTree(leaves)
	return p
}

// outlineM is the length of all rings.
func outlineM(area Area) (m float64) {
	for _, poly := range area.shape {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				m += DistanceM(ring[i-1], ring[i])
			}
		}
	}
	return m
}

func (p *Perimeter) addRing(r ringLinks, ring orb.Ring, longestM float64, acrossCut bool) {
	r.first = len(p.links)
	chainM, cut := 0.0, false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if acrossCut && math.Abs(a[0]) == 180 && a[0] == b[0] {
			cut = true
			continue
		}
		n := int(math.Ceil(DistanceM(a, b) / longestM))
		for k := range n {
			s := link{ring: len(p.rings), a: between2(a, b, k, n), b: between2(a, b, k+1, n), corner: k == 0, cut: cut}
			s.ax, s.ay = p.XY(s.a)
			s.bx, s.by = p.XY(s.b)
			s.lengthM = DistanceM(s.a, s.b)
			s.fromMM = millimetres(chainM)
			chainM += s.lengthM
			s.toMM = millimetres(chainM)
			p.links, cut = append(p.links, s), false
		}
	}
	if r.end = len(p.links); r.end == r.first {
		return
	}
	if cut {
		p.links[r.first].cut = true
	}
	r.lengthMM = millimetres(chainM)
	p.LengthMM += r.lengthMM
	p.rings = append(p.rings, r)
}

// between2 returns the point k/n of the way from a to b, which are themselves exactly.
func between2(a, b orb.Point, k, n int) orb.Point {
	switch t := float64(k) / float64(n); k {
	case 0:
		return a
	case n:
		return b
	default:
		return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
	}
}

func millimetres(m float64) int64 { return int64(math.Round(m * 1000)) }

// cover calls f with every stretch fromMM..toMM of a link that the shape covers; of one
// link twice where they overlap.
func (p *Perimeter) cover(s Shape, f func(link int, fromMM, toMM int64)) {
	c := s.over(p)
	p.tree.meeting(c.bounds(), func(i int) {
		s := &p.links[i]
		for _, t := range c.chords(s.ax, s.ay, s.bx, s.by) {
			if !(t[0] < t[1]) {
				continue
			}
			if from, to := s.chainage(t[0]), s.chainage(t[1]); from < to {
				f(i, from, to)
			}
		}
	})
}

// chainage returns where the place t, 0 to 1, of the way along the link lies.
func (s *link) chainage(t float64) int64 {
	switch t {
	case 0:
		return s.fromMM
	case 1:
		return s.toMM
	}
	return min(s.toMM, s.fromMM+millimetres(t*s.lengthM))
}

// at returns the lon/lat point of the link at a chainage.
func (s *link) at(mm int64) orb.Point {
	switch mm {
	case s.fromMM:
		return s.a
	case s.toMM:
		return s.b
	}
	t := float64(mm-s.fromMM) / float64(s.toMM-s.fromMM)
	return orb.Point{s.a[0] + t*(s.b[0]-s.a[0]), s.a[1] + t*(s.b[1]-s.a[1])}
}

// Boxes returns lon/lat boxes that hold the perimeter, grown by marginM metres. A box
// that reaches over 180° goes on beyond ±180.
func (p *Perimeter) Boxes(marginM float64) []orb.Bound {
	out := make([]orb.Bound, len(p.bounds))
	for i, b := range p.bounds {
		out[i] = Grow(b, marginM)
	}
	return out
}

// BoxesOf returns lon/lat boxes that hold the links, each grown by marginM metres.
func (p *Perimeter) BoxesOf(links Blocks, marginM float64) []orb.Bound {
	out := make([]orb.Bound, 0, len(links))
	for i := range links {
		out = append(out, Grow(orb.MultiPoint{p.links[i].a, p.links[i].b}.Bound(), marginM))
	}
	return out
}

// scale is how much longer the plane draws a length at x metres east of its centre than
// it is: the first term of the transverse Mercator projection's scale.
func (p *Perimeter) scale(x float64) float64 {
	const meanRadiusM = semiMajorM * (1 - flattening/3)
	return 1 + x*x/(2*meanRadiusM*meanRadiusM)
}
