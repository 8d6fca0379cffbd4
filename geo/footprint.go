package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Attitude is where a camera looks, in radians, as DJI's gimbal tags give it: yaw
// clockwise from north, pitch up from the horizon (straight down is -π/2), roll; turned
// in this order about z, y and x of north-east-down axes. A roll of π at nadir is DJI's
// other way of writing a yaw turned by π.
type Attitude struct{ Yaw, Pitch, Roll float64 }

// MaxOffNadir is how far from straight down a ray may look and still count.
const MaxOffNadir = 75 * radPerDeg

// coneSides is how many sides stand for the circle in which the cone of MaxOffNadir
// meets the ground; the polygon lies inside it, 0.04 % smaller.
const coneSides = 128

// Footprint returns the ground that a camera sees from heightM metres above it: a convex
// ring, closed and anticlockwise, lon/lat, of the rays at most MaxOffNadir from straight
// down, as if the ground were level. It is nil when there are none. Across ±180° its
// longitudes go on beyond.
//
// The four sides of the view are planes through the camera, so that each cuts the
// ground in a line: what is left of the cone's circle on their inner sides is seen.
func Footprint(at orb.Point, heightM float64, look Attitude, c Camera) orb.Ring {
	seen := make([][2]float64, coneSides) // east, north, metres
	radius := heightM * math.Tan(MaxOffNadir)
	for i := range seen {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / coneSides)
		seen[i] = [2]float64{radius * cos, radius * sin}
	}
	h, v := math.Tan(c.HFov/2), math.Tan(c.VFov/2)
	for _, inward := range [4][3]float64{{h, -1, 0}, {h, 1, 0}, {v, 0, -1}, {v, 0, 1}} {
		n := look.turn(inward)
		seen = clip(seen, func(p [2]float64) float64 { return n[0]*p[1] + n[1]*p[0] + n[2]*heightM })
	}
	if len(seen) < 3 {
		return nil
	}
	plane := NewPlane(at, 0)
	ring := make(orb.Ring, len(seen), len(seen)+1)
	for i, p := range seen {
		ring[i] = plane.LonLat(p[0], p[1])
		ring[i][0] = at[0] + math.Remainder(ring[i][0]-at[0], 360)
	}
	return append(ring, ring[0])
}

// turn takes a vector of the camera (forward, right, down) to north, east and down.
func (a Attitude) turn(v [3]float64) [3]float64 {
	sin, cos := math.Sincos(a.Roll)
	v = [3]float64{v[0], cos*v[1] - sin*v[2], sin*v[1] + cos*v[2]}
	sin, cos = math.Sincos(a.Pitch)
	v = [3]float64{cos*v[0] + sin*v[2], v[1], cos*v[2] - sin*v[0]}
	sin, cos = math.Sincos(a.Yaw)
	return [3]float64{cos*v[0] - sin*v[1], sin*v[0] + cos*v[1], v[2]}
}

// clip returns the part of a convex polygon where side, linear in the place, is not
// negative (Sutherland and Hodgman).
func clip(polygon [][2]float64, side func([2]float64) float64) (kept [][2]float64) {
	for i, q := range polygon {
		p := polygon[(i+len(polygon)-1)%len(polygon)]
		atP, atQ := side(p), side(q)
		if (atP < 0) != (atQ < 0) {
			k := atP / (atP - atQ)
			kept = append(kept, [2]float64{p[0] + k*(q[0]-p[0]), p[1] + k*(q[1]-p[1])})
		}
		if atQ >= 0 {
			kept = append(kept, q)
		}
	}
	return kept
}
