package flight

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Spec is what a flight is asked for.
type Spec struct {
	Area    geo.Area
	NoFly   []geo.Area
	Camera  geo.Camera
	Model   string  // of the drone; "" = not known
	HeightM float64 // above ground
	Front   float64 // share of an image that the next one on its lane shows too
	Side    float64 // share of an image that the next lane's show too

	Orbit bool // once around the area, looking in, instead of lanes over it
	// Images, above 0, asks for the shortest flight that shows the area and MarginM around
	// it so often. The overlaps are then not asked for but follow.
	Images  int
	MarginM float64

	SpeedMPS float64    // 0 = DefaultSpeedMPS
	Takeoff  *orb.Point // where each sortie begins and ends; nil = where the first lane begins
	BatteryS float64    // that one battery is flown, reserve taken off; 0 = one sortie
}

// DefaultSpeedMPS is flown when nothing else is asked for.
const DefaultSpeedMPS = 10

// MaxImages is how often a flight can be asked to show its area.
const MaxImages = 10

// Bounds of what is planned.
const (
	maxHeightM     = 1500
	maxSpeedMPS    = 30
	maxMarginM     = 100
	maxOverlap     = 0.95
	maxPhotos      = 100_000
	maxLanes       = 5_000
	maxZoneCorners = 400
	// maxAwayM is how far a take-off point or a zone's corner may lie from the area.
	maxAwayM = 50_000
)

// check refuses what cannot be flown, with a sentence.
func (s Spec) check() error {
	if err := geo.CheckCamera(s.Camera); err != nil {
		return err
	}
	switch {
	case len(s.Area.Shape()) == 0:
		return errors.New("a flight needs an area")
	case !(s.HeightM > 0 && s.HeightM <= maxHeightM):
		return fmt.Errorf("the height is %g m, not above 0 and up to %d", s.HeightM, maxHeightM)
	case !(s.Front >= 0 && s.Front <= maxOverlap), !(s.Side >= 0 && s.Side <= maxOverlap):
		return fmt.Errorf("the overlaps are %g and %g, not from 0 to %g", s.Front, s.Side, maxOverlap)
	case !(s.SpeedMPS > 0 && s.SpeedMPS <= maxSpeedMPS):
		return fmt.Errorf("the speed is %g m/s, not above 0 and up to %d", s.SpeedMPS, maxSpeedMPS)
	case s.Images < 0 || s.Images > MaxImages:
		return fmt.Errorf("%d images are asked for, not from 1 to %d", s.Images, MaxImages)
	case !(s.MarginM >= 0 && s.MarginM <= maxMarginM):
		return fmt.Errorf("the margin is %g m, not from 0 to %d", s.MarginM, maxMarginM)
	case !(s.BatteryS >= 0 && s.BatteryS <= 86_400):
		return fmt.Errorf("a battery lasts %g s, not from 0 to a day", s.BatteryS)
	}
	if err := geo.CheckReach(s.Area); err != nil {
		return err
	}
	across, along := s.spacing()
	photos := geo.AreaM2(s.Area) / (across * along)
	if photos > maxPhotos {
		return tooManyPhotos(photos)
	}
	return nil
}

// sparingly sets the overlaps with which images taken along a lane show every place on it
// so often, and lanes overlap by as much as drones stray.
func (s Spec) sparingly() Spec {
	s.Front, s.Side = 1-(1-strayShare)/float64(s.Images), strayShare
	return s
}

func tooManyPhotos(n float64) error {
	return fmt.Errorf("this takes some %.0f photos, at most %d are planned at once: fly higher, overlap less or part the area", n, maxPhotos)
}

// strayShare is how much of an image is given to what drones stray and roll.
const strayShare = 0.2

// spacing returns the most metres between lanes and between the photos on one: the
// camera's long side lies across the lanes.
func (s Spec) spacing() (across, along float64) {
	across, along = s.Camera.FrameM(s.HeightM)
	return across * (1 - s.Side), along * (1 - s.Front)
}

// near refuses a place too far from the area to have to do with it.
func (s Spec) near(p orb.Point, what string) error {
	if b := s.Area.Bound(); geo.DistanceM(b.Center(), p) > maxAwayM+geo.DistanceM(b.Min, b.Max)/2 {
		return &geo.Invalid{Reason: fmt.Sprintf("%s lies more than %d km from the area", what, maxAwayM/1000), At: &p}
	}
	return nil
}

// field takes a spec to its plane.
type field struct {
	plane geo.Plane
	area  shape
	bar   *barriers
	home  *pt
}

func (s Spec) field() (*field, error) {
	f := &field{plane: geo.NewPlane(s.Area.Bound().Center(), 0)}
	f.area = f.shape(s.Area)
	var zones []shape
	for _, z := range s.NoFly {
		if s.near(z.Bound().Center(), "a no-fly zone") == nil {
			zones = append(zones, f.shape(z))
		}
	}
	corners := 0
	for _, z := range zones {
		for _, ring := range z {
			corners += len(ring)
		}
	}
	if corners > maxZoneCorners {
		return nil, fmt.Errorf("the no-fly zones near the area have %d corners, at most %d are flown around: draw them simpler", corners, maxZoneCorners)
	}
	f.bar = newBarriers(zones)
	if s.Takeoff != nil {
		if err := s.near(*s.Takeoff, "the take-off point"); err != nil {
			return nil, err
		}
		home := f.pt(*s.Takeoff)
		if f.bar.barred(home) {
			return nil, &geo.Invalid{Reason: "the take-off point lies in a no-fly zone", At: s.Takeoff}
		}
		f.home = &home
	}
	return f, nil
}

func (f *field) shape(a geo.Area) (out shape) {
	for _, poly := range a.Shape() {
		for _, ring := range poly {
			var points []pt
			for _, p := range ring[1:] {
				points = append(points, f.pt(p))
			}
			out = append(out, points)
		}
	}
	return out
}

func (f *field) pt(p orb.Point) pt {
	x, y := f.plane.XY(p)
	return pt{x, y}
}

func (f *field) line(points []pt) orb.LineString {
	out := make(orb.LineString, len(points))
	for i, p := range points {
		out[i] = f.plane.LonLat(p.x, p.y)
	}
	return out
}

// lanesAcross is how many lanes lie beside each other over an area, about.
func (f *field) lanesAcross(spacingM float64) int {
	width, _ := leastWidth(hull(f.area.corners()))
	return int(math.Ceil(width / spacingM))
}
