package flight

import (
	"encoding/json"
	"math"
	"time"

	"github.com/paulmach/orb"
)

// The MAVLink commands and frames that plans are made of.
const (
	navWaypoint      = 16
	navReturn        = 20
	navTakeoff       = 22
	doChangeSpeed    = 178
	doMountControl   = 205
	doCameraDistance = 206 // MAV_CMD_DO_SET_CAM_TRIGG_DIST

	frameMission          = 2
	frameRelativeAltitude = 3
)

// QGroundControl's plan file (docs.qgroundcontrol.com, "Plan File Format"): file version
// 1, mission 2, survey item 5, its transects and camera 1, which every version since
// 3.4 reads.
type qgcPlan struct {
	FileType      string     `json:"fileType"`
	GeoFence      qgcFence   `json:"geoFence"`
	GroundStation string     `json:"groundStation"`
	Mission       qgcMission `json:"mission"`
	RallyPoints   qgcRally   `json:"rallyPoints"`
	Version       int        `json:"version"`
}

type qgcFence struct {
	Circles  []any `json:"circles"`
	Polygons []any `json:"polygons"`
	Version  int   `json:"version"`
}

type qgcRally struct {
	Points  []any `json:"points"`
	Version int   `json:"version"`
}

type qgcMission struct {
	CruiseSpeed  float64    `json:"cruiseSpeed"`
	FirmwareType int        `json:"firmwareType"` // MAV_AUTOPILOT; 12 is PX4
	AltitudeMode int        `json:"globalPlanAltitudeMode"`
	HoverSpeed   float64    `json:"hoverSpeed"`
	Items        []any      `json:"items"`
	Home         [3]float64 `json:"plannedHomePosition"` // lat, lon, above sea level
	VehicleType  int        `json:"vehicleType"`         // MAV_TYPE; 2 is a quadrotor
	Version      int        `json:"version"`
}

type qgcItem struct {
	AutoContinue bool        `json:"autoContinue"`
	Command      int         `json:"command"`
	DoJumpID     int         `json:"doJumpId"`
	Frame        int         `json:"frame"`
	Params       [7]*float64 `json:"params"` // null = as the vehicle likes
	Type         string      `json:"type"`
}

type qgcSurvey struct {
	Transects       qgcTransects `json:"TransectStyleComplexItem"`
	Angle           float64      `json:"angle"` // of the lanes, clockwise from north
	ComplexItemType string       `json:"complexItemType"`
	EntryLocation   int          `json:"entryLocation"`
	Alternate       bool         `json:"flyAlternateTransects"`
	Polygon         [][2]float64 `json:"polygon"` // lat, lon
	SplitConcave    bool         `json:"splitConcavePolygons"`
	Type            string       `json:"type"`
	Version         int          `json:"version"`
}

type qgcTransects struct {
	Camera          qgcCamera    `json:"CameraCalc"`
	CameraShots     int          `json:"CameraShots"`
	TriggerInTurn   bool         `json:"CameraTriggerInTurnAround"`
	FollowTerrain   bool         `json:"FollowTerrain"`
	HoverAndCapture bool         `json:"HoverAndCapture"`
	Items           []qgcItem    `json:"Items"`
	Refly90Degrees  bool         `json:"Refly90Degrees"`
	TurnAroundM     float64      `json:"TurnAroundDistance"`
	VisualTransects [][2]float64 `json:"VisualTransectPoints"`
	Version         int          `json:"version"`
}

type qgcCamera struct {
	FrontalM  float64 `json:"AdjustedFootprintFrontal"` // between photos
	SideM     float64 `json:"AdjustedFootprintSide"`    // between lanes
	Name      string  `json:"CameraName"`
	DistanceM float64 `json:"DistanceToSurface"`
	Relative  bool    `json:"DistanceToSurfaceRelative"`
	*qgcSpec
	Version int `json:"version"`
}

// qgcSpec is what the manual camera, of which only distances are known, has not.
type qgcSpec struct {
	FixedOrientation bool    `json:"FixedOrientation"`
	FocalMM          float64 `json:"FocalLength"`
	FrontalPercent   float64 `json:"FrontalOverlap"`
	GSDCm            float64 `json:"ImageDensity"`
	HeightPx         int     `json:"ImageHeight"`
	WidthPx          int     `json:"ImageWidth"`
	Landscape        bool    `json:"Landscape"`
	MinIntervalS     float64 `json:"MinTriggerInterval"`
	SensorHeightMM   float64 `json:"SensorHeight"`
	SensorWidthMM    float64 `json:"SensorWidth"`
	SidePercent      float64 `json:"SideOverlap"`
	ByDistance       bool    `json:"ValueSetIsDistance"`
}

const (
	qgcManualCamera = "Manual (no camera specs)"
	qgcCustomCamera = "Custom Camera"
	// qgcSensorMM is the width of the sensor written for a camera of which only the field
	// of view is known: any sensor with that field of view sees the same.
	qgcSensorMM = 36
)

func (p *Plan) qgcCamera() qgcCamera {
	c := qgcCamera{FrontalM: p.PhotoM, SideM: p.LaneM, Name: qgcManualCamera, DistanceM: p.HeightM, Relative: true, Version: 1}
	if p.Camera.WidthPx == 0 {
		return c
	}
	h, v := math.Tan(p.Camera.HFov/2), math.Tan(p.Camera.VFov/2)
	c.Name = qgcCustomCamera
	c.qgcSpec = &qgcSpec{
		FocalMM: qgcSensorMM / (2 * h), SensorWidthMM: qgcSensorMM, SensorHeightMM: qgcSensorMM * v / h,
		WidthPx: p.Camera.WidthPx, HeightPx: int(math.Round(float64(p.Camera.WidthPx) * v / h)),
		FrontalPercent: 100 * p.Front, SidePercent: 100 * p.Side, GSDCm: p.GSDCm,
		Landscape: true, ByDistance: true,
	}
	return c
}

// qgcWriter numbers a mission's items.
type qgcWriter struct {
	*Plan
	next int
}

func (w *qgcWriter) item(command, frame int, params ...float64) qgcItem {
	w.next++
	item := qgcItem{AutoContinue: true, Command: command, DoJumpID: w.next, Frame: frame, Type: "SimpleItem"}
	for i, v := range params {
		if !math.IsNaN(v) {
			item.Params[i] = &v
		}
	}
	return item
}

func (w *qgcWriter) waypoint(at orb.Point, yawDeg float64) qgcItem {
	return w.item(navWaypoint, frameRelativeAltitude, 0, 0, 0, yawDeg, at[1], at[0], w.HeightM)
}

// trigger has the camera take an image now and then every so many metres; with 0 now
// and no more.
func (w *qgcWriter) trigger(everyM float64) qgcItem {
	return w.item(doCameraDistance, frameMission, everyM, 0, 1, 0, 0, 0, 0)
}

// writeQGC writes a sortie for QGroundControl: one survey item for each cell, with the
// lanes as planned, and waypoints between them. Heights are above take-off.
func writeQGC(p *Plan, sortie int, _ time.Time) ([]byte, error) {
	s := p.Sorties[sortie]
	w := &qgcWriter{Plan: p}
	pitchDeg := p.Pitch * 180 / math.Pi
	mission := qgcMission{
		CruiseSpeed: p.SpeedMPS, HoverSpeed: p.SpeedMPS, FirmwareType: 12, AltitudeMode: 1, VehicleType: 2, Version: 2,
		Home: [3]float64{s.Takeoff[1], s.Takeoff[0], 0},
		Items: []any{
			w.item(navTakeoff, frameRelativeAltitude, 0, 0, 0, math.NaN(), s.Takeoff[1], s.Takeoff[0], p.HeightM),
			w.item(doChangeSpeed, frameMission, 1, p.SpeedMPS, -1, 0, 0, 0, 0),
			w.item(doMountControl, frameMission, pitchDeg, 0, 0, 0, 0, 0, 2),
		},
	}
	for i := 0; i < len(s.Legs); {
		if leg := s.Legs[i]; leg.Cell < 0 {
			for _, item := range w.leg(leg, w.at(s, i)) {
				mission.Items = append(mission.Items, item)
			}
			i++
			continue
		}
		end := i + 1
		for k := end; k < len(s.Legs) && (s.Legs[k].Cell == s.Legs[i].Cell || s.Legs[k].Cell < 0); k++ {
			if s.Legs[k].Cell >= 0 {
				end = k + 1
			}
		}
		mission.Items = append(mission.Items, w.survey(s, i, end))
		i = end
	}
	mission.Items = append(mission.Items, w.item(navReturn, frameMission, 0, 0, 0, 0, 0, 0, 0))
	return json.MarshalIndent(qgcPlan{
		FileType: "Plan", GroundStation: "QGroundControl", Version: 1, Mission: mission,
		GeoFence:    qgcFence{Circles: []any{}, Polygons: []any{}, Version: 2},
		RallyPoints: qgcRally{Points: []any{}, Version: 2},
	}, "", "    ")
}

// at is where the drone is before a leg: it need not be told to fly there again.
func (w *qgcWriter) at(s Sortie, leg int) orb.Point {
	if leg == 0 {
		return s.Takeoff
	}
	line := s.Legs[leg-1].Line
	return line[len(line)-1]
}

// leg writes the waypoints of a leg, from where the drone is at, with the camera on
// between the first and the last where photos are taken.
func (w *qgcWriter) leg(leg Leg, at orb.Point) (items []qgcItem) {
	for i, to := range leg.Line {
		if to != at || i == 0 && leg.Photos > 0 {
			items = append(items, w.waypoint(to, w.yawDeg(leg, i)))
		}
		if i == 0 && leg.Photos > 0 {
			items = append(items, w.trigger(leg.PhotoM))
		}
		at = to
	}
	if leg.Photos > 1 {
		items = append(items, w.trigger(0))
	}
	return items
}

// yawDeg is where the drone looks from a waypoint on; NaN along its course.
func (p *Plan) yawDeg(leg Leg, i int) float64 {
	if p.Yaw == 0 || leg.Photos == 0 {
		return math.NaN()
	}
	from := min(i, len(leg.Line)-2)
	deg := bearing(leg.Line[from], leg.Line[from+1]) + p.Yaw*180/math.Pi
	return math.Mod(deg+720, 360)
}

func (w *qgcWriter) survey(s Sortie, from, to int) qgcSurvey {
	cell := w.Cells[s.Legs[from].Cell]
	survey := qgcSurvey{
		Angle: cell.BearingDeg, ComplexItemType: "survey", Type: "ComplexItem", Version: 5,
		Transects: qgcTransects{Camera: w.qgcCamera(), Version: 1},
	}
	for _, at := range cell.Ring[:len(cell.Ring)-1] {
		survey.Polygon = append(survey.Polygon, [2]float64{at[1], at[0]})
	}
	t := &survey.Transects
	for i := from; i < to; i++ {
		leg := s.Legs[i]
		t.CameraShots += leg.Photos
		t.Items = append(t.Items, w.leg(leg, w.at(s, i))...)
		if leg.Photos > 0 {
			for _, at := range leg.Line {
				t.VisualTransects = append(t.VisualTransects, [2]float64{at[1], at[0]})
			}
		}
	}
	return survey
}
