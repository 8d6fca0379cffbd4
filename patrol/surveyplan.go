package patrol

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/geo/flight"
)

// ShapeOf returns the shape of a feature that is named by reference.
type ShapeOf func(collection string, id uuid.UUID) (orb.Geometry, error)

// What a survey flight is flown with unless it is asked for otherwise.
const (
	defaultFront     = 0.8
	defaultSide      = 0.7
	defaultGapMargin = 5.0 // metres: what drones stray
)

// ParseSurveyPlan reads what a survey flight is asked for, a JSON object:
//
//	area         GeoJSON, or areas/ID
//	no_fly       GeoJSON, areas/ID or zones/ID, or a list of such
//	camera       a model that geo.CameraOf knows, or an object: hfov_deg and vfov_deg, or
//	             sensor_mm [width, height] and focal_mm; and image_width_px
//	height_m     above ground, or gsd_cm
//	pattern      lanes; orbit; gap: the shortest flight that shows all of the area
//	front, side  overlaps of lanes or an orbit, shares of an image
//	images       how often a gap is shown
//	margin_m     around a gap that is shown too
//	takeoff      [lon, lat]
//	speed_mps, battery_min
//
// The area may be left out when over is given; it is then a gap to be closed. What is wrong is an *Invalid.
func ParseSurveyPlan(body json.RawMessage, over orb.Geometry, shapeOf ShapeOf) (flight.Spec, error) {
	members, err := ParseObject("", body)
	if err != nil {
		return flight.Spec{}, err
	}
	r := planReader{members: members, shapeOf: shapeOf}
	s := flight.Spec{SpeedMPS: r.number("speed_mps", flight.DefaultSpeedMPS), BatteryS: 60 * r.number("battery_min", 0)}
	s.Area = r.area(over)
	s.NoFly = r.noFly()
	s.Model, s.Camera = r.camera()
	s.HeightM = r.height(s.Camera)
	s.Takeoff = r.place("takeoff")
	pattern := "lanes"
	if over != nil {
		pattern = "gap"
	}
	switch pattern = r.text("pattern", pattern); pattern {
	case "lanes", "orbit":
		s.Orbit = pattern == "orbit"
		s.Front, s.Side = r.number("front", defaultFront), r.number("side", defaultSide)
	case "gap":
		images := r.number("images", 1)
		if images != math.Trunc(images) || !(images >= 1 && images <= flight.MaxImages) {
			r.fail(Invalidf("images", "must be a whole number from 1 to %d", flight.MaxImages))
		}
		s.Images, s.MarginM = int(images), r.number("margin_m", defaultGapMargin)
	default:
		r.fail(Invalidf("pattern", "is %.40q, not lanes, orbit or gap", pattern))
	}
	return s, r.done()
}

// PlanSurvey plans a flight. All that can go wrong is what was asked for: an *Invalid.
func PlanSurvey(s flight.Spec) (*flight.Plan, error) {
	plan, err := flight.New(s)
	if err == nil {
		return plan, nil
	}
	refused := &Invalid{Reason: err.Error()}
	if bad := (*geo.Invalid)(nil); errors.As(err, &bad) {
		refused.At = bad.At
	}
	return nil, refused
}

// planReader takes members out of an object, and keeps the first thing that is wrong.
type planReader struct {
	members map[string]json.RawMessage
	shapeOf ShapeOf
	err     error
}

func (r *planReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// done returns what was wrong, or refuses members that nothing reads.
func (r *planReader) done() error {
	for _, name := range slices.Sorted(maps.Keys(r.members)) {
		r.fail(Invalidf(name, "is no member of a survey plan of this pattern"))
	}
	return r.err
}

func (r *planReader) take(name string) (json.RawMessage, bool) {
	raw, ok := r.members[name]
	delete(r.members, name)
	return raw, ok
}

func (r *planReader) number(name string, otherwise float64) float64 {
	raw, ok := r.take(name)
	if !ok {
		return otherwise
	}
	var v float64
	if json.Unmarshal(raw, &v) != nil {
		r.fail(Invalidf(name, "must be a number"))
	}
	return v
}

func (r *planReader) text(name, otherwise string) string {
	raw, ok := r.take(name)
	if !ok {
		return otherwise
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		r.fail(Invalidf(name, "must be text"))
	}
	return s
}

func (r *planReader) place(name string) *orb.Point {
	raw, ok := r.take(name)
	if !ok {
		return nil
	}
	var p position
	if json.Unmarshal(raw, &p) != nil || checkPoints([]orb.Point{p.at}) != nil {
		r.fail(Invalidf(name, "must be [longitude, latitude]"))
		return nil
	}
	at := p.at
	return &at
}

func (r *planReader) height(c geo.Camera) float64 {
	heightM, gsdCm := r.number("height_m", 0), r.number("gsd_cm", 0)
	switch {
	case heightM != 0 && gsdCm != 0:
		r.fail(Invalidf("gsd_cm", "cannot be asked for together with height_m: one follows from the other"))
	case gsdCm != 0 && c.WidthPx == 0:
		r.fail(Invalidf("gsd_cm", "needs a camera whose image_width_px is known"))
	case gsdCm != 0:
		return c.HeightM(gsdCm)
	case heightM == 0:
		r.fail(Invalidf("height_m", "must be given, or gsd_cm"))
	}
	return heightM
}

func (r *planReader) camera() (model string, c geo.Camera) {
	raw, ok := r.take("camera")
	if !ok {
		r.fail(Invalidf("camera", "must be given: %s, or your own", strings.Join(geo.CameraModels(), ", ")))
		return "", c
	}
	if json.Unmarshal(raw, &model) == nil {
		if c, ok = geo.CameraOf(model); !ok {
			r.fail(Invalidf("camera", "is %.40q, not one of %s, nor your own", model, strings.Join(geo.CameraModels(), ", ")))
		}
		return model, c
	}
	var own struct {
		HFovDeg  float64    `json:"hfov_deg"`
		VFovDeg  float64    `json:"vfov_deg"`
		SensorMM [2]float64 `json:"sensor_mm"`
		FocalMM  float64    `json:"focal_mm"`
		WidthPx  int        `json:"image_width_px"`
	}
	if json.Unmarshal(raw, &own) != nil || own.WidthPx < 0 {
		r.fail(Invalidf("camera", "must be a model's name, or hfov_deg and vfov_deg, or sensor_mm and focal_mm, and image_width_px"))
		return "", c
	}
	if own.FocalMM != 0 {
		c = geo.Lens(own.SensorMM[0], own.SensorMM[1], own.FocalMM, own.WidthPx)
	} else {
		c = geo.Camera{HFov: own.HFovDeg * math.Pi / 180, VFov: own.VFovDeg * math.Pi / 180, WidthPx: own.WidthPx}
	}
	if err := geo.CheckCamera(c); err != nil {
		r.fail(Invalidf("camera", "is none: %v", err))
	}
	return "", c
}
