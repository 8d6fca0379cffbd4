package flight

import (
	"errors"
	"math"
	"slices"
)

// orbitPitch is how far an orbit's camera looks down: half-way.
const orbitPitch = -math.Pi / 4

// arcStep is the most that an orbit turns at one corner.
const arcStep = math.Pi / 12

var errNowhere = errors.New("the no-fly zones leave no place to fly around the area")

// orbit flies once around the area's convex hull, anticlockwise, the camera looking in
// and down at the hull's edge, so far outside of it that the edge is in the middle of
// the image.
func (p *Plan) orbit(f *field) ([]run, error) {
	p.Pitch, p.Yaw = orbitPitch, -math.Pi/2
	away := p.HeightM / math.Tan(-orbitPitch)
	// Along the flight, the middle of an image is as wide as its slanting distance tells.
	p.LaneM, p.PhotoM = 0, 2*p.HeightM/math.Sin(-orbitPitch)*math.Tan(p.Camera.HFov/2)*(1-p.Front)
	ring := offset(hull(f.area.corners()), away)
	ring = slices.DeleteFunc(ring, f.bar.barred)
	if len(ring) < 3 {
		return nil, errNowhere
	}
	if f.home != nil {
		near := 0
		for i, q := range ring {
			if dist(q, *f.home) < dist(ring[near], *f.home) {
				near = i
			}
		}
		ring = append(ring[near:], ring[:near]...)
	}
	line := []pt{ring[0]}
	for i := range ring {
		way := f.bar.way(ring[i], ring[(i+1)%len(ring)])
		if way == nil {
			return nil, errNowhere
		}
		line = append(line, way[1:]...)
	}
	if n := lengthOf(line) / p.PhotoM; n > maxPhotos {
		return nil, tooManyPhotos(n)
	}
	p.Lanes = 1
	return []run{{line, -1}}, nil
}

// offset returns the line at a distance around a convex anticlockwise ring, its corners
// rounded.
func offset(ring []pt, m float64) (out []pt) {
	for i, p := range ring {
		before, after := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
		from := math.Atan2(p.y-before.y, p.x-before.x) - math.Pi/2
		turn := math.Mod(math.Atan2(after.y-p.y, after.x-p.x)-math.Pi/2-from+4*math.Pi, 2*math.Pi)
		steps := max(1, int(math.Ceil(turn/arcStep)))
		for k := range steps + 1 {
			sin, cos := math.Sincos(from + turn*float64(k)/float64(steps))
			out = append(out, pt{p.x + m*cos, p.y + m*sin})
		}
	}
	return out
}
