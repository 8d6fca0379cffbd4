package patrol

import (
	"errors"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// HeightKind is what a height is measured from. The height above ground is what decides
// how much an image shows.
type HeightKind string

const (
	AboveGround  HeightKind = "ground"
	AboveTakeoff HeightKind = "takeoff" // taken for the height above ground, as over level ground
	AboveSea     HeightKind = "sea"     // says nothing of the ground without its elevation
)

// Image is one picture that a drone's camera took.
type Image struct {
	TMs        int64     // Unix milliseconds UTC
	At         orb.Point // of the camera
	HeightM    float64
	HeightKind HeightKind
	Look       geo.Attitude
	Camera     geo.Camera
}

// Footprint is the ground that an image shows. A tracker has one per millisecond, and it
// never changes: of two images of one moment the first that arrived stands.
type Footprint struct {
	Tracker    uuid.UUID
	TMs        int64
	At         orb.Point // of the camera
	Ring       orb.Ring  // geo.Footprint's
	HeightM    float64
	HeightKind HeightKind
	GSDCm      float64 // straight below, centimetres a pixel; 0 = unknown
	ReceivedMs int64
}

// patch is how a footprint is painted: at its own time, whole.
func (f Footprint) patch() geo.Patch { return geo.Patch{Ring: f.Ring, Stamp: stampOf(f.TMs)} }

// higher returns what the image shows if it was taken m metres higher than was said, and
// false when that is not above ground. Over level ground a view grows with its height,
// about the place straight below.
func (f Footprint) higher(m float64) (Footprint, bool) {
	grown := (f.HeightM + m) / f.HeightM
	if grown <= 0 {
		return f, false
	}
	ring := make(orb.Ring, len(f.Ring))
	for i, p := range f.Ring {
		ring[i] = orb.Point{f.At[0] + grown*(p[0]-f.At[0]), f.At[1] + grown*(p[1]-f.At[1])}
	}
	f.Ring, f.HeightM = ring, f.HeightM+m
	return f, true
}

const (
	maxHeightM  = 1500 // of an image
	maxImageLat = 75   // rasters reach to 70°
)

// footprint returns what the image shows, or an error whose text says why it shows nothing.
func (im Image) footprint(times span) (Footprint, error) {
	switch {
	case !(math.Abs(im.At[0]) <= 180):
		return Footprint{}, fmt.Errorf("lon is %v, not from -180 to 180", im.At[0])
	case !(math.Abs(im.At[1]) <= maxImageLat):
		return Footprint{}, fmt.Errorf("lat is %v, not from -%d to %d", im.At[1], maxImageLat, maxImageLat)
	case im.HeightKind == AboveSea:
		return Footprint{}, errors.New("a height above sea level says nothing of the ground below: give the height above ground")
	case im.HeightKind != AboveGround && im.HeightKind != AboveTakeoff:
		return Footprint{}, fmt.Errorf("height_kind is %q, neither ground nor takeoff", im.HeightKind)
	case !(im.HeightM > 0 && im.HeightM <= maxHeightM):
		return Footprint{}, fmt.Errorf("height_m is %v, not above 0 and up to %d: a drone on the ground shows nothing", im.HeightM, maxHeightM)
	}
	for _, angle := range [3]float64{im.Look.Yaw, im.Look.Pitch, im.Look.Roll} {
		if !(math.Abs(angle) <= 2*math.Pi) {
			return Footprint{}, errors.New("yaw, pitch and roll lie within one turn")
		}
	}
	if err := geo.CheckCamera(im.Camera); err != nil {
		return Footprint{}, err
	}
	if err := times.check(im.TMs); err != nil {
		return Footprint{}, err
	}
	ring := geo.Footprint(im.At, im.HeightM, im.Look, im.Camera)
	if ring == nil {
		return Footprint{}, errors.New("the camera looks more than 75° off straight down")
	}
	return Footprint{
		TMs: im.TMs, At: im.At, Ring: ring, HeightM: im.HeightM, HeightKind: im.HeightKind, GSDCm: im.Camera.GSDCm(im.HeightM),
	}, nil
}
