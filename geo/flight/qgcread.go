package flight

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Commands of MAVLink that name a place, beside those that are written.
var placeCommands = []int{
	navWaypoint, navTakeoff,
	17, 18, 19, // NAV_LOITER_UNLIM, _TURNS, _TIME
	21,     // NAV_LAND
	31,     // NAV_LOITER_TO_ALT
	82,     // NAV_SPLINE_WAYPOINT
	84, 85, // NAV_VTOL_TAKEOFF, _LAND
}

// qgcRead is what is read of a plan file; what older and newer versions have besides is
// passed over.
type qgcRead struct {
	FileType string `json:"fileType"`
	Version  int    `json:"version"`
	Mission  *struct {
		Version int               `json:"version"`
		Home    []*float64        `json:"plannedHomePosition"`
		Items   []json.RawMessage `json:"items"`
	} `json:"mission"`
}

type qgcReadItem struct {
	Type        string         `json:"type"`
	Command     int            `json:"command"`
	Frame       int            `json:"frame"`
	Params      []*float64     `json:"params"`
	ComplexType string         `json:"complexItemType"`
	Version     int            `json:"version"`
	Angle       float64        `json:"angle"`
	Entry       int            `json:"entryLocation"`
	Polygon     [][2]float64   `json:"polygon"` // lat, lon
	Transects   *qgcReadSurvey `json:"TransectStyleComplexItem"`
}

type qgcReadSurvey struct {
	Version int `json:"version"`
	Camera  struct {
		SideM     float64 `json:"AdjustedFootprintSide"`
		DistanceM float64 `json:"DistanceToSurface"`
	} `json:"CameraCalc"`
	Items       []json.RawMessage `json:"Items"`
	TurnAroundM float64           `json:"TurnAroundDistance"`
}

// readQGC reads a mission's places in order. Of a survey those that it lists; where it
// lists none, as some programs write them, those that QGroundControl would fly.
func readQGC(file []byte) (*Route, error) {
	var plan qgcRead
	if err := json.Unmarshal(file, &plan); err != nil {
		return nil, fmt.Errorf("the plan is not JSON as QGroundControl writes it: %w", err)
	}
	switch {
	case plan.FileType != "Plan":
		return nil, fmt.Errorf("fileType is %q, not \"Plan\"", plan.FileType)
	case plan.Version != 1:
		return nil, fmt.Errorf("the plan is of version %d; version 1 is read", plan.Version)
	case plan.Mission == nil:
		return nil, errors.New("the plan has no mission")
	case plan.Mission.Version != 2:
		return nil, fmt.Errorf("the mission is of version %d; version 2 is read", plan.Mission.Version)
	}
	r := &Route{Program: "QGroundControl"}
	if h := plan.Mission.Home; len(h) >= 2 && h[0] != nil && h[1] != nil {
		if home := (orb.Point{*h[1], *h[0]}); onEarth(home) {
			r.Home = &home
		}
	}
	for i, raw := range plan.Mission.Items {
		if err := r.addQGC(raw); err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	return r, nil
}

func (r *Route) addQGC(raw json.RawMessage) error {
	var item qgcReadItem
	if err := json.Unmarshal(raw, &item); err != nil {
		return err
	}
	switch {
	case item.Type == "SimpleItem":
		return r.addQGCSimple(item)
	case item.Type != "ComplexItem":
		return fmt.Errorf("its type is %q, neither SimpleItem nor ComplexItem", item.Type)
	case item.Transects == nil:
		return fmt.Errorf("a %q without transects is not read", item.ComplexType)
	case item.ComplexType == "survey" && (item.Version < 4 || item.Version > 5):
		return fmt.Errorf("the survey is of version %d; 4 and 5 are read", item.Version)
	case item.Transects.Version < 0 || item.Transects.Version > 2:
		return fmt.Errorf("the transects are of version %d; up to 2 is read", item.Transects.Version)
	}
	if len(item.Polygon) > 2 {
		var ring orb.Ring
		for _, p := range append(item.Polygon, item.Polygon[0]) {
			at := orb.Point{p[1], p[0]}
			if !onEarth(at) {
				return fmt.Errorf("a corner of its polygon (%g, %g) is not on the earth", at[0], at[1])
			}
			ring = append(ring, at)
		}
		r.Areas = append(r.Areas, ring)
	}
	for _, raw := range item.Transects.Items {
		var simple qgcReadItem
		if err := json.Unmarshal(raw, &simple); err != nil {
			return err
		}
		if err := r.addQGCSimple(simple); err != nil {
			return err
		}
	}
	if len(item.Transects.Items) == 0 && item.ComplexType == "survey" && len(item.Polygon) > 2 {
		points, err := qgcTransectPoints(item.Polygon, item.Angle, item.Transects.Camera.SideM, item.Transects.TurnAroundM, item.Entry)
		if err != nil {
			return err
		}
		for _, at := range points {
			if err := r.add(Waypoint{at, item.Transects.Camera.DistanceM, "takeoff"}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Route) addQGCSimple(item qgcReadItem) error {
	if !slices.Contains(placeCommands, item.Command) || len(item.Params) < 7 {
		return nil
	}
	lat, lon, height := item.Params[4], item.Params[5], item.Params[6]
	if lat == nil || lon == nil || *lat == 0 && *lon == 0 {
		return nil // where the vehicle is
	}
	w := Waypoint{At: orb.Point{*lon, *lat}, HeightKind: "takeoff"}
	if height != nil {
		w.HeightM = *height
	}
	switch item.Frame {
	case 0, 5: // GLOBAL
		w.HeightKind = "sea"
	case 10, 11: // GLOBAL_TERRAIN_ALT
		w.HeightKind = "ground"
	}
	return r.add(w)
}
