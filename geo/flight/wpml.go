package flight

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// DJI's WPML (developer.dji.com, Cloud API, "DJI WPML"): a KMZ of what the pilot edits,
// template.kml, and of what the drone flies, waylines.wpml.
const (
	wpmlTemplate = "wpmz/template.kml"
	wpmlWaylines = "wpmz/waylines.wpml"
	wpmlNS       = "http://www.dji.com/wpmz/1.0.6"
)

// djiDrone is what DJI numbers a drone and its camera.
type djiDrone struct {
	models             []string
	drone, sub, camera int // camera -1 = not named: a consumer drone
}

// djiDrones are from DJI's "Common Elements"; the consumers' number from the files that
// DJI Fly keeps.
var djiDrones = []djiDrone{
	{[]string{"M3E", "Mavic 3 Enterprise"}, 77, 0, 66},
	{[]string{"M3T", "Mavic 3 Thermal"}, 77, 1, 67},
	{[]string{"M30", "Matrice 30"}, 67, 0, 52},
	{[]string{"M30T"}, 67, 1, 53},
	{[]string{"Mini 3", "Mini 3 Pro", "Mini 4 Pro", "Air 3"}, 68, 0, -1},
}

func djiDroneOf(model string) (djiDrone, error) {
	var known []string
	for _, d := range djiDrones {
		for _, m := range d.models {
			if strings.EqualFold(m, strings.TrimSpace(model)) {
				return d, nil
			}
			known = append(known, m)
		}
	}
	return djiDrone{}, fmt.Errorf("a .kmz is for one of DJI's %s: plan with its camera", strings.Join(known, ", "))
}

// wpmlFile is either file. encoding/xml writes the prefixes as they stand.
type wpmlFile struct {
	XMLName  xml.Name     `xml:"kml"`
	NS       string       `xml:"xmlns,attr"`
	WPML     string       `xml:"xmlns:wpml,attr"`
	Document wpmlDocument `xml:"Document"`
}

type wpmlDocument struct {
	Author  string      `xml:"wpml:author,omitempty"`
	Created int64       `xml:"wpml:createTime,omitempty"` // Unix ms
	Updated int64       `xml:"wpml:updateTime,omitempty"`
	Mission wpmlMission `xml:"wpml:missionConfig"`
	Folder  wpmlFolder  `xml:"Folder"`
}

type wpmlMission struct {
	FlyTo         string       `xml:"wpml:flyToWaylineMode"`
	Finish        string       `xml:"wpml:finishAction"`
	ExitOnLost    string       `xml:"wpml:exitOnRCLost"`
	LostAction    string       `xml:"wpml:executeRCLostAction"`
	SecurityM     float64      `xml:"wpml:takeOffSecurityHeight"`
	TransitionMPS float64      `xml:"wpml:globalTransitionalSpeed"`
	ReturnM       float64      `xml:"wpml:globalRTHHeight"`
	Drone         int          `xml:"wpml:droneInfo>wpml:droneEnumValue"`
	DroneSub      int          `xml:"wpml:droneInfo>wpml:droneSubEnumValue"`
	Payload       *wpmlPayload `xml:"wpml:payloadInfo,omitempty"`
}

type wpmlPayload struct {
	Camera   int `xml:"wpml:payloadEnumValue"`
	Sub      int `xml:"wpml:payloadSubEnumValue"`
	Position int `xml:"wpml:payloadPositionIndex"`
}

type wpmlFolder struct {
	*wpmlTemplateFolder
	TemplateID int `xml:"wpml:templateId"`
	*wpmlWaylineFolder
	SpeedMPS   float64         `xml:"wpml:autoFlightSpeed"`
	GlobalM    *float64        `xml:"wpml:globalHeight,omitempty"`
	Placemarks []wpmlPlacemark `xml:"Placemark"`
	Images     *wpmlImages     `xml:"wpml:payloadParam,omitempty"`
}

type wpmlTemplateFolder struct {
	Type        string      `xml:"wpml:templateType"`
	Coordinates string      `xml:"wpml:waylineCoordinateSysParam>wpml:coordinateMode"`
	Heights     string      `xml:"wpml:waylineCoordinateSysParam>wpml:heightMode"`
	Gimbal      string      `xml:"wpml:gimbalPitchMode"`
	Heading     wpmlHeading `xml:"wpml:globalWaypointHeadingParam"`
	Turn        string      `xml:"wpml:globalWaypointTurnMode"`
	Straight    int         `xml:"wpml:globalUseStraightLine"`
}

type wpmlWaylineFolder struct {
	Heights   string  `xml:"wpml:executeHeightMode"`
	WaylineID int     `xml:"wpml:waylineId"`
	LengthM   float64 `xml:"wpml:distance"`
	TimeS     float64 `xml:"wpml:duration"`
}

type wpmlImages struct {
	Position int    `xml:"wpml:payloadPositionIndex"`
	Formats  string `xml:"wpml:imageFormat"`
}

type wpmlHeading struct {
	Mode     string `xml:"wpml:waypointHeadingMode"`
	Degrees  int    `xml:"wpml:waypointHeadingAngle"`
	PathMode string `xml:"wpml:waypointHeadingPathMode"`
}

type wpmlPlacemark struct {
	Coordinates string `xml:"Point>coordinates"`
	Index       int    `xml:"wpml:index"`
	*wpmlTemplatePoint
	*wpmlWaylinePoint
	Heading  wpmlHeading       `xml:"wpml:waypointHeadingParam"`
	Turn     wpmlTurn          `xml:"wpml:waypointTurnParam"`
	Straight int               `xml:"wpml:useStraightLine"`
	Groups   []wpmlActionGroup `xml:"wpml:actionGroup"`
}

type wpmlTemplatePoint struct {
	HeightM          float64 `xml:"wpml:height"`
	UseGlobalHeight  int     `xml:"wpml:useGlobalHeight"`
	UseGlobalSpeed   int     `xml:"wpml:useGlobalSpeed"`
	UseGlobalHeading int     `xml:"wpml:useGlobalHeadingParam"`
	UseGlobalTurn    int     `xml:"wpml:useGlobalTurnParam"`
	PitchDeg         float64 `xml:"wpml:gimbalPitchAngle"`
}

type wpmlWaylinePoint struct {
	HeightM  float64 `xml:"wpml:executeHeight"`
	SpeedMPS float64 `xml:"wpml:waypointSpeed"`
}

type wpmlTurn struct {
	Mode     string  `xml:"wpml:waypointTurnMode"`
	DampingM float64 `xml:"wpml:waypointTurnDampingDist"`
}

type wpmlActionGroup struct {
	ID      int          `xml:"wpml:actionGroupId"`
	First   int          `xml:"wpml:actionGroupStartIndex"`
	Last    int          `xml:"wpml:actionGroupEndIndex"`
	Mode    string       `xml:"wpml:actionGroupMode"`
	Trigger string       `xml:"wpml:actionTrigger>wpml:actionTriggerType"`
	EveryM  float64      `xml:"wpml:actionTrigger>wpml:actionTriggerParam,omitempty"`
	Actions []wpmlAction `xml:"wpml:action"`
}

type wpmlAction struct {
	ID    int    `xml:"wpml:actionId"`
	Do    string `xml:"wpml:actionActuatorFunc"`
	Param any    `xml:"wpml:actionActuatorFuncParam"` // *wpmlGimbal or *wpmlPhoto
}

type wpmlGimbal struct {
	Mode        string  `xml:"wpml:gimbalRotateMode"`
	PitchEnable int     `xml:"wpml:gimbalPitchRotateEnable"`
	PitchDeg    float64 `xml:"wpml:gimbalPitchRotateAngle"`
	RollEnable  int     `xml:"wpml:gimbalRollRotateEnable"`
	RollDeg     float64 `xml:"wpml:gimbalRollRotateAngle"`
	YawEnable   int     `xml:"wpml:gimbalYawRotateEnable"`
	YawDeg      float64 `xml:"wpml:gimbalYawRotateAngle"`
	TimeEnable  int     `xml:"wpml:gimbalRotateTimeEnable"`
	TimeS       float64 `xml:"wpml:gimbalRotateTime"`
	Position    int     `xml:"wpml:payloadPositionIndex"`
}

type wpmlPhoto struct {
	Suffix     string `xml:"wpml:fileSuffix"`
	Position   int    `xml:"wpml:payloadPositionIndex"`
	GlobalLens int    `xml:"wpml:useGlobalPayloadLensIndex"`
}

// writeWPML writes a sortie for DJI Pilot 2, or for DJI Fly on a consumer drone. Heights
// are above take-off.
func writeWPML(p *Plan, sortie int, made time.Time) ([]byte, error) {
	drone, err := djiDroneOf(p.Model)
	if err != nil {
		return nil, err
	}
	s, heightM := p.Sorties[sortie], hundredths(p.HeightM)
	mission := wpmlMission{
		FlyTo: "safely", Finish: "goHome", ExitOnLost: "executeLostAction", LostAction: "goBack",
		SecurityM: max(2, min(20, p.HeightM)), TransitionMPS: min(15, p.SpeedMPS), ReturnM: heightM,
		Drone: drone.drone, DroneSub: drone.sub,
	}
	if drone.camera >= 0 {
		mission.Payload = &wpmlPayload{Camera: drone.camera}
	}
	marks := p.wpmlPlacemarks(s)
	template := wpmlDocument{Author: "Xunfang", Created: made.UnixMilli(), Updated: made.UnixMilli(), Mission: mission, Folder: wpmlFolder{
		wpmlTemplateFolder: &wpmlTemplateFolder{
			Type: "waypoint", Coordinates: "WGS84", Heights: "relativeToStartPoint", Gimbal: "usePointSetting",
			Heading: p.wpmlHeading(math.NaN()), Turn: wpmlStop, Straight: 1,
		},
		SpeedMPS: p.SpeedMPS, GlobalM: &heightM, Images: &wpmlImages{Formats: "wide"},
	}}
	wayline := wpmlDocument{Mission: mission, Folder: wpmlFolder{
		wpmlWaylineFolder: &wpmlWaylineFolder{Heights: "relativeToStartPoint", LengthM: tenths(s.LengthM), TimeS: tenths(s.TimeS)},
		SpeedMPS:          p.SpeedMPS,
	}}
	for _, m := range marks {
		m.wpmlTemplatePoint = &wpmlTemplatePoint{HeightM: heightM, UseGlobalHeight: 1, UseGlobalSpeed: 1, PitchDeg: p.Pitch * 180 / math.Pi}
		template.Folder.Placemarks = append(template.Folder.Placemarks, m)
		m.wpmlTemplatePoint, m.wpmlWaylinePoint = nil, &wpmlWaylinePoint{heightM, p.SpeedMPS}
		wayline.Folder.Placemarks = append(wayline.Folder.Placemarks, m)
	}
	return zipped(made, template, wayline)
}

func zipped(made time.Time, template, wayline wpmlDocument) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, f := range []struct {
		name     string
		document wpmlDocument
	}{{wpmlTemplate, template}, {wpmlWaylines, wayline}} {
		body, err := marshalXML(wpmlFile{NS: "http://www.opengis.net/kml/2.2", WPML: wpmlNS, Document: f.document})
		if err != nil {
			return nil, err
		}
		w, err := archive.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: made.UTC()})
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("close the archive: %w", err)
	}
	return out.Bytes(), nil
}

// wpmlStop flies straight and stops at the point: so a plan's times count.
const wpmlStop = "toPointAndStopWithDiscontinuityCurvature"

// wpmlHeading looks along the course, or towards a direction when it is a number.
func (p *Plan) wpmlHeading(deg float64) wpmlHeading {
	if math.IsNaN(deg) {
		return wpmlHeading{Mode: "followWayline", PathMode: "followBadArc"}
	}
	return wpmlHeading{Mode: "smoothTransition", Degrees: int(math.Round(math.Remainder(deg, 360))), PathMode: "followBadArc"}
}

// wpmlPlacemarks are a sortie's waypoints. The gimbal is turned at the first; along a
// lane the camera takes an image every so many metres, and one where the lane ends.
func (p *Plan) wpmlPlacemarks(s Sortie) (marks []wpmlPlacemark) {
	group := 0
	var last orb.Point
	act := func(first, to int, trigger string, everyM float64, action wpmlAction) {
		g := wpmlActionGroup{ID: group, First: first, Last: to, Mode: "sequence", Trigger: trigger, EveryM: everyM, Actions: []wpmlAction{action}}
		marks[first].Groups = append(marks[first].Groups, g)
		group++
	}
	down := wpmlAction{Do: "gimbalRotate", Param: &wpmlGimbal{
		Mode: "absoluteAngle", PitchEnable: 1, PitchDeg: p.Pitch * 180 / math.Pi,
	}}
	photo := wpmlAction{Do: "takePhoto", Param: &wpmlPhoto{GlobalLens: 1}}
	for _, leg := range s.Legs {
		first := 0
		for i, at := range leg.Line {
			if len(marks) == 0 || at != last {
				marks = append(marks, wpmlPlacemark{
					Coordinates: degrees(at[0]) + "," + degrees(at[1]), Index: len(marks),
					Turn: wpmlTurn{Mode: wpmlStop}, Straight: 1,
				})
				last = at
				if len(marks) == 1 {
					act(0, 0, "reachPoint", 0, down)
				}
			}
			m := &marks[len(marks)-1]
			m.Heading = p.wpmlHeading(p.yawDeg(leg, i))
			if i == 0 {
				first = len(marks) - 1
			}
		}
		end := len(marks) - 1
		if leg.Photos > 1 {
			act(first, end, "multipleDistance", hundredths(leg.PhotoM), photo)
		}
		if leg.Photos > 0 {
			act(end, end, "reachPoint", 0, photo)
		}
	}
	return marks
}
