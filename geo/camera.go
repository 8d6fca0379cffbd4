package geo

import (
	"errors"
	"math"
	"strings"
)

// Camera is what a drone's camera takes in: its horizontal and vertical field of view.
type Camera struct {
	HFov, VFov float64 // radians, whole angles
	WidthPx    int     // of an image; 0 = unknown
}

// CheckCamera refuses a field of view that no lens has: both angles lie above 0 and
// below 175°.
func CheckCamera(c Camera) error {
	for _, fov := range [2]float64{c.HFov, c.VFov} {
		if !(fov > 0 && fov < 175*radPerDeg) {
			return errors.New("a field of view lies between 0 and 175 degrees")
		}
	}
	return nil
}

// Lens returns the camera of a sensor of widthMM by heightMM behind a focal length.
func Lens(widthMM, heightMM, focalMM float64, widthPx int) Camera {
	return Camera{
		HFov: 2 * math.Atan(widthMM/(2*focalMM)), VFov: 2 * math.Atan(heightMM/(2*focalMM)),
		WidthPx: widthPx,
	}
}

// Film returns what the camera takes in of a 16:9 film, the sensor's width kept. A
// camera whose images are no higher than that is itself.
func (c Camera) Film() Camera {
	c.VFov = min(c.VFov, 2*math.Atan(math.Tan(c.HFov/2)*9/16))
	return c
}

// GSDCm returns the ground sample distance straight below, centimetres a pixel, from
// heightM above ground; 0 when the image's width is unknown. Away from straight below
// a pixel shows more.
func (c Camera) GSDCm(heightM float64) float64 {
	if c.WidthPx == 0 {
		return 0
	}
	return 100 * 2 * heightM * math.Tan(c.HFov/2) / float64(c.WidthPx)
}

// HeightM returns the height above ground from which a pixel straight below shows gsdCm
// centimetres, the inverse of GSDCm; 0 when the image's width is unknown.
func (c Camera) HeightM(gsdCm float64) float64 {
	return gsdCm / 100 * float64(c.WidthPx) / (2 * math.Tan(c.HFov/2))
}

// FrameM returns the width and the height of the level ground that an image shows which
// is taken straight down from heightM above it.
func (c Camera) FrameM(heightM float64) (widthM, lengthM float64) {
	return 2 * heightM * math.Tan(c.HFov/2), 2 * heightM * math.Tan(c.VFov/2)
}

// cameras are the wide cameras of drones that are flown for surveys. What DJI gives as
// FOV (84° and the like) is the diagonal, and of no use here. Sensor sizes: spifftek70
// Drone-Footprints src/drone_sensors.csv (P4, M3T), hotosm drone-tm drone_type.py (Mini,
// Air), IPGP waypoints_generator drones.json (P4 RTK), DJI's data sheets (M3E, M30).
var cameras = []struct {
	models []string
	camera Camera
}{
	{[]string{"M3E", "Mavic 3 Enterprise"}, Lens(17.3, 13.0, 12.29, 5280)},
	{[]string{"P4P", "P4RTK", "Phantom 4 Pro", "Phantom 4 RTK"}, Lens(13.2, 8.8, 8.8, 5472)},
	{[]string{"Mini 3", "Mini 3 Pro", "Mini 4 Pro", "Air 3"}, Lens(9.6, 7.2, 6.66, 4032)},
	{[]string{"M30", "M30T", "Matrice 30"}, Lens(6.4, 4.8, 4.44, 4000)},
	{[]string{"M3T", "Mavic 3 Thermal"}, Lens(6.4, 4.8, 4.44, 8000)},
}

// CameraOf returns the camera of a drone's model, in any case, and whether it is known.
func CameraOf(model string) (Camera, bool) {
	for _, c := range cameras {
		for _, m := range c.models {
			if strings.EqualFold(m, strings.TrimSpace(model)) {
				return c.camera, true
			}
		}
	}
	return Camera{}, false
}

// CameraModels lists the models that CameraOf knows.
func CameraModels() (models []string) {
	for _, c := range cameras {
		models = append(models, c.models...)
	}
	return models
}
