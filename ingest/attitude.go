package ingest

import (
	"math"

	"xunfang/geo"
)

// attitudeOf turns a unit quaternion (w, x, y, z; from north-east-down to the camera or
// airframe) into angles. One of no length, which stands for unknown, is all NaN.
func attitudeOf(q [4]float64) geo.Attitude {
	w, x, y, z := q[0], q[1], q[2], q[3]
	length := w*w + x*x + y*y + z*z
	if !(length > 0.5 && length < 2) {
		return geo.Attitude{Yaw: math.NaN(), Pitch: math.NaN(), Roll: math.NaN()}
	}
	sin := 2 * (w*y - x*z) / length
	return geo.Attitude{
		Yaw:   math.Atan2(2*(w*z+x*y), w*w+x*x-y*y-z*z),
		Pitch: math.Asin(max(-1, min(1, sin))),
		Roll:  math.Atan2(2*(w*x+y*z), w*w-x*x-y*y+z*z),
	}
}

// airframePitch is the pitch above which the attitude that comes with an image is taken
// for the airframe's: autopilots without a gimbal send that.
const airframePitch = -math.Pi / 6

// looks sets which way a photo looks from the attitude that came with it, when that is a
// camera's; else it is taken to look straight down, turned as the drone.
func (p *Photo) looks(q [4]float64, flightYawDeg float64) {
	look := attitudeOf(q)
	if look.Pitch <= airframePitch {
		p.Look = look
		return
	}
	if !math.IsNaN(look.Yaw) {
		flightYawDeg = look.Yaw * 180 / math.Pi
	}
	p.turned(math.NaN(), math.NaN(), math.NaN(), flightYawDeg)
}
