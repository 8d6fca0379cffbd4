package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Plane is metres around a centre: a transverse Mercator projection of the WGS84
// ellipsoid with scale 1 on the centre's meridian, turned about the centre. It is
// conformal; at d metres east or west of the centre lengths are too long by d²/2R²
// (1.5e-5 at 35 km). Krüger's series to the fourth order (Karney, "Transverse
// Mercator with an accuracy of a few nanometers", 2011), exact to well under a
// millimetre within 3,000 km. The zero Plane is not usable.
type Plane struct {
	lon0   float64 // degrees
	north0 float64 // the centre's distance from the equator, metres
	cos    float64 // of the turn
	sin    float64
}

// NewPlane returns the plane around centre (lon/lat) whose x axis points turn radians
// anticlockwise of east.
func NewPlane(centre orb.Point, turn float64) Plane {
	p := Plane{lon0: math.Remainder(centre[0], 360), cos: 1}
	_, p.north0 = p.XY(orb.Point{p.lon0, centre[1]})
	p.sin, p.cos = math.Sincos(turn)
	return p
}

const (
	third  = flattening / (2 - flattening) // n, the third flattening
	third2 = third * third
	third3 = third2 * third
	third4 = third3 * third
	// meridian is the radius of the circle as long as the meridian.
	meridian = semiMajorM / (1 + third) * (1 + third2/4 + third4/64)
)

// Krüger's coefficients: alpha to the plane, beta back, delta from conformal to
// geographic latitude.
var (
	alpha = [4]float64{
		third/2 - 2*third2/3 + 5*third3/16 + 41*third4/180,
		13*third2/48 - 3*third3/5 + 557*third4/1440,
		61*third3/240 - 103*third4/140,
		49561 * third4 / 161280,
	}
	beta = [4]float64{
		third/2 - 2*third2/3 + 37*third3/96 - third4/360,
		third2/48 + third3/15 - 437*third4/1440,
		17*third3/480 - 37*third4/840,
		4397 * third4 / 161280,
	}
	delta = [4]float64{
		2*third - 2*third2/3 - 2*third3 + 116*third4/45,
		7*third2/3 - 8*third3/5 - 227*third4/45,
		56*third3/15 - 136*third4/35,
		4279 * third4 / 630,
	}
	ecc = math.Sqrt(ecc2)
)

// XY returns the metres of a lon/lat point.
func (p Plane) XY(at orb.Point) (x, y float64) {
	lam := lonDiff(p.lon0, at[0])
	s := math.Sin(at[1] * radPerDeg)
	t := math.Sinh(math.Atanh(s) - ecc*math.Atanh(ecc*s))
	sinLam, cosLam := math.Sincos(lam)
	xi := math.Atan2(t, cosLam)
	eta := math.Atanh(sinLam / math.Sqrt(1+t*t))
	north, east := xi, eta
	for j, a := range alpha {
		k := float64(2 * (j + 1))
		sin, cos := math.Sincos(k * xi)
		e := math.Exp(k * eta)
		north += a * sin * (e + 1/e) / 2
		east += a * cos * (e - 1/e) / 2
	}
	east *= meridian
	north = north*meridian - p.north0
	return p.cos*east + p.sin*north, p.cos*north - p.sin*east
}

// LonLat returns the point at x, y metres.
func (p Plane) LonLat(x, y float64) orb.Point {
	east, north := p.cos*x-p.sin*y, p.cos*y+p.sin*x
	xi, eta := (north+p.north0)/meridian, east/meridian
	xi1, eta1 := xi, eta
	for j, b := range beta {
		k := float64(2 * (j + 1))
		sin, cos := math.Sincos(k * xi)
		e := math.Exp(k * eta)
		xi1 -= b * sin * (e + 1/e) / 2
		eta1 -= b * cos * (e - 1/e) / 2
	}
	chi := math.Asin(math.Sin(xi1) / math.Cosh(eta1))
	lat := chi
	for j, d := range delta {
		lat += d * math.Sin(float64(2*(j+1))*chi)
	}
	lam := math.Atan2(math.Sinh(eta1), math.Cos(xi1))
	return orb.Point{math.Remainder(p.lon0+lam/radPerDeg, 360), lat / radPerDeg}
}
