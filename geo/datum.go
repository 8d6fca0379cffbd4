package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Datum says what longitudes and latitudes of a map mean.
type Datum string

// The datums that are told apart. A position taken in one for another lies up to 700 m
// off in China between WGS 84 and GCJ-02, and up to 1.5 km off BD-09.
const (
	WGS84    Datum = "wgs84"
	GCJ02    Datum = "gcj02"    // 火星坐标: AMap, Tencent and other maps published in China
	BD09     Datum = "bd09"     // Baidu
	CGCS2000 Datum = "cgcs2000" // 2000 国家大地坐标系 (EPSG:4490)
)

// Datums is every datum there is.
var Datums = []Datum{WGS84, GCJ02, BD09, CGCS2000}

// ToWGS84 converts a position from d. It is the inverse of FromWGS84 to 1e-9 degrees
// (0.1 mm), save within 1 km of the edge of the box where GCJ-02 begins.
//
// CGCS2000 is taken for WGS 84: both realise the ITRF, of other epochs, and differ by
// the plates' drift since 2000.0, less than 1 m in China until 2030.
func (d Datum) ToWGS84(p orb.Point) orb.Point {
	switch d {
	case GCJ02:
		return fromGCJ(p)
	case BD09:
		return fromGCJ(inverted(toBD, p))
	default:
		return p
	}
}

// FromWGS84 converts a position to d.
func (d Datum) FromWGS84(p orb.Point) orb.Point {
	switch d {
	case GCJ02:
		return toGCJ(p)
	case BD09:
		return toBD(toGCJ(p))
	default:
		return p
	}
}

// inGCJBox reports whether GCJ-02 differs from WGS 84 at p. The box is that of
// eviltransform and of all who followed it. It holds much besides China, and Hong Kong,
// Macau and Taiwan, where many maps keep to WGS 84: that data is in GCJ-02 is declared
// by who brings it, and within the box taken at its word.
func inGCJBox(p orb.Point) bool {
	return p[0] >= 72.004 && p[0] <= 137.8347 && p[1] >= 0.8293 && p[1] <= 55.8271
}

func toGCJ(p orb.Point) orb.Point {
	if !inGCJBox(p) {
		return p
	}
	return gcjShift(p)
}

func fromGCJ(p orb.Point) orb.Point {
	if !inGCJBox(p) {
		return p
	}
	return inverted(gcjShift, p)
}

// gcjShift is WGS 84 → GCJ-02 as reverse engineered and published since 2010 (Maolin Tang's
// EvilTransform; gcoord and eviltransform have the same), on Krasovsky's ellipsoid.
func gcjShift(p orb.Point) orb.Point {
	const (
		a  = 6378245.0             // metres
		ee = 0.0066934216229659433 // first eccentricity, squared
	)
	x, y := p[0]-105, p[1]-35
	lat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) +
		waves(x, 6, 20, 2, 20) + waves(y, 1, 20, 1.0/3, 40) + waves(y, 1.0/12, 160, 1.0/30, 320)
	lon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) +
		waves(x, 6, 20, 2, 20) + waves(x, 1, 20, 1.0/3, 40) + waves(x, 1.0/12, 150, 1.0/30, 300)

	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	w := math.Sqrt(1 - ee*sin*sin)
	metresToDeg := 180 / math.Pi / a
	return orb.Point{
		p[0] + lon*metresToDeg*w/cos,
		p[1] + lat*metresToDeg*w*w*w/(1-ee),
	}
}

// waves is one line of the published sums: two sines of v, at so many half turns a
// degree, two thirds of so many metres high.
func waves(v, turns1, m1, turns2, m2 float64) float64 {
	return (m1*math.Sin(turns1*v*math.Pi) + m2*math.Sin(turns2*v*math.Pi)) * 2 / 3
}

// toBD is GCJ-02 → BD-09, from the same sources: a small spiral about 0, 0 and a shift.
func toBD(p orb.Point) orb.Point {
	const k = math.Pi * 3000 / 180
	r := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*k)
	sin, cos := math.Sincos(math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*k))
	return orb.Point{r*cos + 0.0065, r*sin + 0.006}
}

// inverted returns the position that forward takes to p. The published shifts bend so
// little that p − (forward(q) − q) contracts towards it, tenfold a step at least.
func inverted(forward func(orb.Point) orb.Point, p orb.Point) orb.Point {
	q := p
	for range 12 {
		f := forward(q)
		dx, dy := f[0]-p[0], f[1]-p[1]
		q = orb.Point{q[0] - dx, q[1] - dy}
		if math.Abs(dx) < 1e-10 && math.Abs(dy) < 1e-10 {
			break
		}
	}
	return q
}
