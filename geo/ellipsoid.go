package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The WGS84 ellipsoid.
const (
	semiMajorM = 6_378_137.0
	flattening = 1 / 298.257223563
	ecc2       = flattening * (2 - flattening)
)

const radPerDeg = math.Pi / 180

// DistanceM returns the distance in metres between two lon/lat points, from the
// ellipsoid's radii of curvature at their middle latitude (Bomford, Geodesy, the
// mid-latitude formula's first term): within 1e-6 of the geodesic up to 30 km, and
// never too short to tell a walk from a flight beyond.
func DistanceM(a, b orb.Point) float64 {
	mid := (a[1] + b[1]) / 2 * radPerDeg
	sin := math.Sin(mid)
	w2 := 1 - ecc2*sin*sin
	w := math.Sqrt(w2)
	n := semiMajorM / w                           // prime vertical
	m := semiMajorM * (1 - ecc2) / (w2 * w)       // meridian
	dx := n * math.Cos(mid) * lonDiff(a[0], b[0]) // east
	dy := m * (b[1] - a[1]) * radPerDeg           // north
	return math.Hypot(dx, dy)
}

// lonDiff is b−a in radians, the short way round.
func lonDiff(a, b float64) float64 {
	return math.Remainder(b-a, 360) * radPerDeg
}

// AreaM2 returns the area of an Area on the ellipsoid, in square metres. The edges
// are straight in lon/lat, as GeoJSON draws them: each contributes the authalic
// integral between the equator and itself (Snyder, Map Projections, eq. 3-12),
// taken by Simpson's rule along the edge.
func AreaM2(a Area) float64 {
	sum := 0.0
	for _, poly := range a.shape {
		for _, ring := range poly {
			sum += ringAreaM2(ring)
		}
	}
	return sum
}

// ringAreaM2 is positive for an anticlockwise ring.
func ringAreaM2(ring orb.Ring) float64 {
	// The strip between a reference parallel and the edge is q(φ)−q(ref) wide per
	// radian of longitude; a reference inside the ring keeps small rings' digits.
	ref := authalic(ring[0][1] * radPerDeg)
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		p, q := ring[i-1], ring[i]
		f := func(t float64) float64 { return authalic((p[1]+t*(q[1]-p[1]))*radPerDeg) - ref }
		mean := (f(0) + 4*f(0.5) + f(1)) / 6
		sum -= mean * (q[0] - p[0]) * radPerDeg
	}
	return sum * semiMajorM * semiMajorM / 2
}

// authalic is Snyder's q(φ): the area from the equator to latitude φ (radians), per
// radian of longitude, in units of half the semi-major axis squared.
func authalic(lat float64) float64 {
	e := math.Sqrt(ecc2)
	s := math.Sin(lat)
	es := e * s
	return (1 - ecc2) * (s/(1-es*es) + math.Atanh(es)/e)
}
