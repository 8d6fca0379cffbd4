package flight

import (
	"bytes"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Route is a plan that another program made, as far as it is shown.
type Route struct {
	Program   string // whose format it is
	Home      *orb.Point
	Waypoints []Waypoint
	Areas     []orb.Ring // that surveys are flown over
}

// Waypoint is a place that a route leads by. What its height is above depends on the
// file: ground, take-off or sea.
type Waypoint struct {
	At         orb.Point
	HeightM    float64
	HeightKind string // "ground", "takeoff" or "sea"
}

// maxWaypoints bounds a route that is read.
const maxWaypoints = 50_000

// Read reads a .plan of QGroundControl or a .kmz of DJI, by what it holds. Its errors are
// sentences that say what is wrong and where.
func Read(file []byte) (*Route, error) {
	read := readQGC
	if bytes.HasPrefix(file, []byte("PK")) {
		read = readWPML
	}
	route, err := read(file)
	if err != nil {
		return nil, err
	}
	if len(route.Waypoints) == 0 {
		return nil, fmt.Errorf("the plan leads to no place")
	}
	return route, nil
}

// add appends a waypoint, unless it is on no earth or one too many.
func (r *Route) add(w Waypoint) error {
	if !onEarth(w.At) {
		return fmt.Errorf("waypoint %d (%g, %g) is not on the earth", len(r.Waypoints)+1, w.At[0], w.At[1])
	}
	if math.IsNaN(w.HeightM) || math.IsInf(w.HeightM, 0) {
		return fmt.Errorf("the height of waypoint %d is no number", len(r.Waypoints)+1)
	}
	if len(r.Waypoints) == maxWaypoints {
		return fmt.Errorf("the plan has more than %d waypoints", maxWaypoints)
	}
	r.Waypoints = append(r.Waypoints, w)
	return nil
}

func onEarth(p orb.Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}

// Collection returns the route as GeoJSON: home, the line, each waypoint with its
// height, and the areas.
func (r *Route) Collection() FeatureCollection {
	fc := FeatureCollection{Type: "FeatureCollection"}
	for _, ring := range r.Areas {
		fc.Features = append(fc.Features, newFeature(orb.Polygon{ring}, map[string]any{"kind": "area", "program": r.Program}))
	}
	if r.Home != nil {
		fc.Features = append(fc.Features, newFeature(*r.Home, map[string]any{"kind": "takeoff"}))
	}
	line := orb.LineString{}
	for _, w := range r.Waypoints {
		line = append(line, w.At)
	}
	if len(line) > 1 {
		fc.Features = append(fc.Features, newFeature(line, map[string]any{"kind": "route", "program": r.Program}))
	}
	for i, w := range r.Waypoints {
		fc.Features = append(fc.Features, newFeature(w.At, map[string]any{
			"kind": "waypoint", "index": i, "height_m": w.HeightM, "height_kind": w.HeightKind,
		}))
	}
	return fc
}
