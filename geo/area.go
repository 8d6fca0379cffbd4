package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Bounds of what ParseArea takes.
const (
	MaxVertices = 10_000
	MaxRings    = 500
	// MinAreaM2 is the least that an Area encloses: rounded coordinates tell no less.
	MinAreaM2 = 0.01
)

// Invalid is a shape that is refused, with the place where it is wrong.
type Invalid struct {
	Reason string     // a sentence without a final stop
	At     *orb.Point // lon/lat, or nil when no one place is to blame
}

func (e *Invalid) Error() string { return e.Reason }

func invalidAt(p orb.Point, format string, args ...any) *Invalid {
	return &Invalid{Reason: fmt.Sprintf(format, args...), At: &p}
}

// Area is a valid polygon or multipolygon: finite, closed, of non-zero area, with
// rings that neither cross nor overlap, exterior rings anticlockwise and holes
// clockwise. Only ParseArea makes one, so nothing behind it checks again. The zero
// Area is empty.
type Area struct{ shape orb.MultiPolygon }

// Shape returns the area's polygons, lon/lat. The caller must not change it.
func (a Area) Shape() orb.MultiPolygon { return a.shape }

// Bound returns the smallest lon/lat box around the area. Of an area with parts on
// both sides of 180° that is nearly the whole world.
func (a Area) Bound() orb.Bound { return a.shape.Bound() }

// ParseArea checks a Polygon or MultiPolygon by the OGC Simple Features rules, in the
// lon/lat plane, and returns it with its rings turned (exterior anticlockwise). It
// never moves, adds or drops a position: what is wrong is refused with an *Invalid
// that says where. Positions must lie in ±180, ±90; an area that crosses 180° comes
// as a MultiPolygon with a part on each side.
func ParseArea(g orb.Geometry) (Area, error) {
	var mp orb.MultiPolygon
	switch g := g.(type) {
	case orb.Polygon:
		mp = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		mp = g
	default:
		return Area{}, &Invalid{Reason: "the shape must be a Polygon or a MultiPolygon"}
	}
	if err := checkCounts(mp); err != nil {
		return Area{}, err
	}
	shape := make(orb.MultiPolygon, len(mp))
	for i, poly := range mp {
		shape[i] = make(orb.Polygon, len(poly))
		for j, ring := range poly {
			if err := checkRing(ring); err != nil {
				return Area{}, err
			}
			shape[i][j] = turned(ring, j == 0)
		}
	}
	if err := checkSpan(shape); err != nil {
		return Area{}, err
	}
	if err := checkRings(shape); err != nil {
		return Area{}, err
	}
	area := Area{shape: shape}
	if AreaM2(area) < MinAreaM2 {
		return Area{}, invalidAt(shape[0][0][0], "the shape encloses no area to speak of")
	}
	return area, nil
}

func checkCounts(mp orb.MultiPolygon) error {
	rings, vertices := 0, 0
	for _, poly := range mp {
		if len(poly) == 0 {
			return &Invalid{Reason: "a polygon without rings has no shape"}
		}
		rings += len(poly)
		for _, ring := range poly {
			vertices += len(ring)
		}
	}
	switch {
	case rings == 0:
		return &Invalid{Reason: "the shape is empty"}
	case rings > MaxRings:
		return &Invalid{Reason: fmt.Sprintf("the shape has %d rings, at most %d are taken", rings, MaxRings)}
	case vertices > MaxVertices:
		return &Invalid{Reason: fmt.Sprintf("the shape has %d vertices, at most %d are taken", vertices, MaxVertices)}
	}
	return nil
}

// checkRing refuses a ring that is short, open, out of range or without area.
func checkRing(ring orb.Ring) error {
	for i, p := range ring {
		if math.IsNaN(p[0]) || math.IsInf(p[0], 0) || math.IsNaN(p[1]) || math.IsInf(p[1], 0) {
			return &Invalid{Reason: fmt.Sprintf("vertex %d is not a finite number", i+1)}
		}
		if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
			return &Invalid{Reason: fmt.Sprintf("vertex %d (%g, %g) is not on the earth: longitude goes to ±180, latitude to ±90%s", i+1, p[0], p[1], Swapped(p))}
		}
	}
	if len(ring) == 0 {
		return &Invalid{Reason: "a ring is empty"}
	}
	if len(ring) < 4 {
		return invalidAt(ring[0], "a ring needs at least three different vertices and its first one again, this one has %d", len(ring))
	}
	if ring[0] != ring[len(ring)-1] {
		return invalidAt(ring[len(ring)-1], "a ring is not closed: its last vertex is not its first")
	}
	if inLine(ring) {
		return invalidAt(ring[0], "a ring encloses no area")
	}
	return nil
}

// Swapped says, after a semicolon, that a position off the earth would be on it with its
// numbers the other way round; "" when it would not.
func Swapped(p orb.Point) string {
	if math.Abs(p[0]) <= 90 && math.Abs(p[1]) > 90 && math.Abs(p[1]) <= 180 {
		return "; latitude seems to stand first, where longitude must"
	}
	return ""
}

// inLine reports whether all of a ring's vertices lie in one line.
func inLine(ring orb.Ring) bool {
	a := ring[0]
	b := a
	for _, p := range ring {
		if b == a {
			b = p
		} else if orient(a, b, p) != 0 {
			return false
		}
	}
	return true
}

// signedArea is twice the ring's area in square degrees, positive when anticlockwise.
// It is summed about the first vertex, so that a small ring far from 0,0 keeps its digits.
func signedArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		a, b, o := ring[i-1], ring[i], ring[0]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
	}
	return sum
}

func turned(ring orb.Ring, anticlockwise bool) orb.Ring {
	out := ring.Clone()
	if (signedArea(ring) > 0) != anticlockwise {
		out.Reverse()
	}
	return out
}

// checkSpan refuses a polygon wider than 180°: it is one drawn the wrong way round
// the earth.
func checkSpan(mp orb.MultiPolygon) error {
	for _, poly := range mp {
		if b := poly.Bound(); b.Max[0]-b.Min[0] > 180 {
			return invalidAt(b.Min, "the polygon spans more than 180° of longitude; one that crosses 180° is given in two parts, one on each side")
		}
	}
	if w, e := lonRange(mp); e-w > 180 {
		return &Invalid{Reason: "the parts lie more than 180° of longitude apart"}
	}
	return nil
}

// lonRange returns the smallest range of longitudes that holds every polygon. East
// may exceed 180 when the parts lie on both sides of it.
func lonRange(mp orb.MultiPolygon) (west, east float64) {
	b := mp.Bound()
	west, east = b.Min[0], b.Max[0]
	if east-west <= 180 {
		return west, east
	}
	// Seen from Greenwich the parts lie apart: look from the other side.
	w, e := math.Inf(1), math.Inf(-1)
	for _, poly := range mp {
		pb := poly.Bound()
		lo, hi := pb.Min[0], pb.Max[0]
		if hi <= 0 {
			lo, hi = lo+360, hi+360
		}
		w, e = min(w, lo), max(e, hi)
	}
	if e-w < east-west {
		return w, e
	}
	return west, east
}
