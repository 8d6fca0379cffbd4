package flight

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

var made = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// holed is a plan of an area with a zone in it, in several sorties.
func holed(t *testing.T) *Plan {
	s := spec(around(t, box(0, 0, 900, 600), box(600, 100, 700, 200)))
	s.NoFly = []geo.Area{around(t, box(200, 150, 350, 300))}
	s.Takeoff = &orb.Point{113.618, 34.749}
	s.BatteryS, s.Model = 900, "M3E"
	return planned(t, s)
}

func written(t *testing.T, p *Plan, format string, sortie int) []byte {
	t.Helper()
	f, err := FormatOf(format)
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.Write(p, sortie, made)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// What is written to a ground station's file leads by the plan's places, at its height.
func TestWrittenPlansLeadWhereTheyShould(t *testing.T) {
	p := holed(t)
	if len(p.Sorties) < 2 {
		t.Fatalf("%d sorties", len(p.Sorties))
	}
	for _, format := range []string{"plan", "kmz"} {
		for i, s := range p.Sorties {
			route, err := Read(written(t, p, format, i))
			if err != nil {
				t.Fatal(err)
			}
			want := s.waypoints()
			if format == "plan" {
				if d := geo.DistanceM(*route.Home, s.Takeoff); d > 0.01 {
					t.Errorf("home is %.2f m off", d)
				}
				if len(route.Areas) == 0 {
					t.Error("no cell of the area")
				}
			}
			var got orb.LineString
			for _, w := range route.Waypoints {
				if w.HeightM != p.HeightM || w.HeightKind != "takeoff" {
					t.Fatalf("%s: %+v", format, w)
				}
				if len(got) == 0 || geo.DistanceM(got[len(got)-1], w.At) > 0.01 {
					got = append(got, w.At)
				}
			}
			near := cmp.Comparer(func(a, b orb.Point) bool { return geo.DistanceM(a, b) < 0.01 })
			if diff := cmp.Diff([]orb.Point(want), []orb.Point(got), near); diff != "" {
				t.Errorf("%s of sortie %d: %s", format, i+1, diff)
			}
		}
	}
}

// Every key that QGroundControl asks for when it loads a survey, of the kind that it asks
// for (SurveyComplexItem, TransectStyleComplexItem, CameraCalc, CameraSpec), and a
// numbered list of items.
func TestQGCPlanHasWhatItsReaderAsksFor(t *testing.T) {
	p := holed(t)
	var plan map[string]any
	if err := json.Unmarshal(written(t, p, "plan", 0), &plan); err != nil {
		t.Fatal(err)
	}
	const list, object, number = "[]interface {}", "map[string]interface {}", "float64"
	typed := func(where string, o map[string]any, keys map[string]string) {
		t.Helper()
		for name, kind := range keys {
			if got := fmt.Sprintf("%T", o[name]); got != kind {
				t.Errorf("%s: %s is %s, want %s", where, name, got, kind)
			}
		}
	}
	typed("plan", plan, map[string]string{
		"fileType": "string", "groundStation": "string", "version": number, "geoFence": object, "mission": object, "rallyPoints": object,
	})
	mission := plan["mission"].(map[string]any)
	typed("mission", mission, map[string]string{
		"cruiseSpeed": number, "hoverSpeed": number, "firmwareType": number, "vehicleType": number,
		"globalPlanAltitudeMode": number, "plannedHomePosition": list, "items": list, "version": number,
	})
	next, surveys := 1.0, 0
	simple := func(item map[string]any) {
		typed("item", item, map[string]string{"autoContinue": "bool", "command": number, "doJumpId": number, "frame": number, "params": list})
		if item["type"] != "SimpleItem" || item["doJumpId"] != next || len(item["params"].([]any)) != 7 {
			t.Fatalf("item %v is %v", next, item)
		}
		next++
	}
	for _, raw := range mission["items"].([]any) {
		item := raw.(map[string]any)
		if item["type"] == "SimpleItem" {
			simple(item)
			continue
		}
		surveys++
		typed("survey", item, map[string]string{
			"angle": number, "entryLocation": number, "flyAlternateTransects": "bool", "polygon": list, "splitConcavePolygons": "bool",
		})
		if item["complexItemType"] != "survey" || item["type"] != "ComplexItem" || item["version"] != 5.0 {
			t.Errorf("survey %v %v %v", item["complexItemType"], item["type"], item["version"])
		}
		transects := item["TransectStyleComplexItem"].(map[string]any)
		typed("transects", transects, map[string]string{
			"version": number, "TurnAroundDistance": number, "CameraTriggerInTurnAround": "bool", "HoverAndCapture": "bool",
			"Refly90Degrees": "bool", "CameraCalc": object, "VisualTransectPoints": list, "Items": list, "CameraShots": number, "FollowTerrain": "bool",
		})
		camera := transects["CameraCalc"].(map[string]any)
		typed("camera", camera, map[string]string{
			"version": number, "CameraName": "string", "DistanceToSurface": number, "DistanceToSurfaceRelative": "bool",
			"AdjustedFootprintFrontal": number, "AdjustedFootprintSide": number, "ImageDensity": number, "FrontalOverlap": number,
			"SideOverlap": number, "ValueSetIsDistance": "bool", "SensorWidth": number, "SensorHeight": number, "ImageWidth": number,
			"ImageHeight": number, "FocalLength": number, "Landscape": "bool", "FixedOrientation": "bool", "MinTriggerInterval": number,
		})
		// As CameraCalc works it out again when the operator touches anything.
		gsd := camera["DistanceToSurface"].(float64) * camera["SensorWidth"].(float64) * 100 / (camera["ImageWidth"].(float64) * camera["FocalLength"].(float64))
		side := camera["ImageWidth"].(float64) * gsd / 100 * (1 - camera["SideOverlap"].(float64)/100)
		front := camera["ImageHeight"].(float64) * gsd / 100 * (1 - camera["FrontalOverlap"].(float64)/100)
		if math.Abs(gsd-p.GSDCm) > 1e-3 || math.Abs(side-p.LaneM) > 0.01 || math.Abs(front-p.PhotoM) > 0.01 {
			t.Errorf("GSD %.3f cm, %.2f and %.2f m; planned %.3f, %.2f and %.2f", gsd, side, front, p.GSDCm, p.LaneM, p.PhotoM)
		}
		for _, inner := range transects["Items"].([]any) {
			simple(inner.(map[string]any))
		}
	}
	if surveys == 0 {
		t.Error("no survey")
	}
	p.Camera.WidthPx = 0
	if text := written(t, p, "plan", 0); !bytes.Contains(text, []byte(qgcManualCamera)) || bytes.Contains(text, []byte("SensorWidth")) {
		t.Error("a camera without pixels is not manual")
	}
}

// The camera is switched on and off along each lane as often as photos are planned.
func TestQGCPlanTakesThePhotos(t *testing.T) {
	speck := spec(around(t, box(0, 0, 30, 20)))
	speck.Images = 1
	for _, p := range []*Plan{holed(t), planned(t, speck)} {
		if got := qgcPhotos(t, p); got != p.Sorties[0].Photos {
			t.Errorf("%d photos, planned %d", got, p.Sorties[0].Photos)
		}
	}
}

// qgcPhotos counts what a camera takes on the first sortie's file.
func qgcPhotos(t *testing.T, p *Plan) (photos int) {
	t.Helper()
	var plan qgcRead
	if err := json.Unmarshal(written(t, p, "plan", 0), &plan); err != nil {
		t.Fatal(err)
	}
	var at orb.Point
	every, flown := 0.0, 0.0
	var fly func(raw json.RawMessage)
	fly = func(raw json.RawMessage) {
		var item qgcReadItem
		if err := json.Unmarshal(raw, &item); err != nil {
			t.Fatal(err)
		}
		if item.Transects != nil {
			for _, inner := range item.Transects.Items {
				fly(inner)
			}
		}
		switch item.Command {
		case navWaypoint:
			to := orb.Point{*item.Params[5], *item.Params[4]}
			if every > 0 {
				flown += geo.DistanceM(at, to)
			}
			at = to
		case doCameraDistance:
			if every > 0 { // those on the way, and the one at the end
				photos += int(math.Round(flown / every))
			} else {
				photos++
			}
			every, flown = *item.Params[0], 0
		}
	}
	for _, raw := range plan.Mission.Items {
		fly(raw)
	}
	return photos
}

// The plan of the recordings: QGroundControl's own transects from its own parameters.
func TestQGCTransectsAreReproduced(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(testData(t), "plans", "qgroundcontrol_sample_with_survey.plan"))
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Mission struct {
			Items []struct {
				qgcReadItem
				Drawn struct {
					VisualTransectPoints [][2]float64
				} `json:"TransectStyleComplexItem"`
			}
		}
	}
	var read qgcRead
	if err := json.Unmarshal(file, &plan); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &read); err != nil {
		t.Fatal(err)
	}
	var survey qgcReadItem
	if err := json.Unmarshal(read.Mission.Items[1], &survey); err != nil {
		t.Fatal(err)
	}
	want := plan.Mission.Items[1].Drawn.VisualTransectPoints
	got, err := qgcTransectPoints(survey.Polygon, survey.Angle, survey.Transects.Camera.SideM, survey.Transects.TurnAroundM, survey.Entry)
	if err != nil || len(got) != 8 || len(want) != 8 {
		t.Fatalf("%d points of %d (%v)", len(got), len(want), err)
	}
	for i, p := range got {
		if d := geo.DistanceM(p, orb.Point{want[i][1], want[i][0]}); d > 0.001 {
			t.Errorf("point %d is %.4f m off", i+1, d)
		}
	}
	// Without the list that QGroundControl wrote, the same places are shown.
	whole, err := Read(file)
	if err != nil || len(whole.Waypoints) != 8 || len(whole.Areas) != 1 {
		t.Fatalf("%+v (%v)", whole, err)
	}
	var anew map[string]any
	if err := json.Unmarshal(file, &anew); err != nil {
		t.Fatal(err)
	}
	anew["mission"].(map[string]any)["items"].([]any)[1].(map[string]any)["TransectStyleComplexItem"].(map[string]any)["Items"] = []any{}
	bare, err := json.Marshal(anew)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(bare)
	if err != nil {
		t.Fatal(err)
	}
	near := cmp.Comparer(func(a, b orb.Point) bool { return geo.DistanceM(a, b) < 0.001 })
	if diff := cmp.Diff(whole, again, near); diff != "" {
		t.Error(diff)
	}
}

// Files of other programs, as recorded.
func TestReadRecordedPlans(t *testing.T) {
	for _, c := range []struct {
		file, program string
		waypoints     int
		first         Waypoint
	}{
		{"qgroundcontrol_sample.plan", "QGroundControl", 4, Waypoint{orb.Point{8.5456075, 47.3977507}, 50, "takeoff"}},
		{"dji_pilot2_seed.kmz", "DJI", 2, Waypoint{orb.Point{-101.148371034063, 49.7155414935301}, 10, "takeoff"}},
	} {
		file, err := os.ReadFile(filepath.Join(testData(t), "plans", c.file))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(file)
		if err != nil || r.Program != c.program || len(r.Waypoints) != c.waypoints {
			t.Fatalf("%s: %+v (%v)", c.file, r, err)
		}
		if r.Waypoints[0] != c.first {
			t.Errorf("%s begins at %+v", c.file, r.Waypoints[0])
		}
		if len(r.Collection().Features) < c.waypoints {
			t.Errorf("%s is shown by %d features", c.file, len(r.Collection().Features))
		}
	}
}

// A file that is no plan, or of another version, is refused with a reason.
func TestBadPlansAreRefused(t *testing.T) {
	for _, c := range []struct{ file, says string }{
		{"QGC WPL 110", "not JSON"},
		{`{"fileType":"Mission","version":1}`, "fileType"},
		{`{"fileType":"Plan","version":2}`, "version 2"},
		{`{"fileType":"Plan","version":1}`, "no mission"},
		{`{"fileType":"Plan","version":1,"mission":{"version":3}}`, "version 3"},
		{`{"fileType":"Plan","version":1,"mission":{"version":2,"items":[]}}`, "no place"},
		{`{"fileType":"Plan","version":1,"mission":{"version":2,"items":[{"type":"SimpleItem","command":16,"params":[0,0,0,0,95,8,50]}]}}`, "not on the earth"},
		{`{"fileType":"Plan","version":1,"mission":{"version":2,"items":[{"type":"ComplexItem","complexItemType":"survey","version":9,"TransectStyleComplexItem":{}}]}}`, "version 9"},
		{"PK", "no archive"},
	} {
		if _, err := Read([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.40s: %v, want %q", c.file, err, c.says)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"fileType":"Plan","version":1,"mission":{"version":2,"items":[{"type":"ComplexItem","complexItemType":"survey","version":5,"angle":90,"polygon":[[47.1,8.1],[47.1,8.2],[47.2,8.2]],"TransectStyleComplexItem":{"version":1,"CameraCalc":{"AdjustedFootprintSide":25}}}]}}`))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if r, err := Read(file); err == nil {
			if _, err := json.Marshal(r.Collection()); err != nil {
				t.Error(err)
			}
		}
	})
}

// The other formats are well formed and hold every place.
func TestOtherFormatsHoldEveryPlace(t *testing.T) {
	p := holed(t)
	places := 0
	for _, s := range p.Sorties {
		places += len(s.waypoints())
	}
	var gpx gpxFile
	if err := xml.Unmarshal(written(t, p, "gpx", 0), &gpx); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range gpx.Routes {
		n += len(r.Points)
	}
	if len(gpx.Routes) != len(p.Sorties) || n != places {
		t.Errorf("GPX: %d routes, %d places of %d", len(gpx.Routes), n, places)
	}
	var kml kmlFile
	if err := xml.Unmarshal(written(t, p, "kml", 0), &kml); err != nil || len(kml.Folders) != len(p.Sorties) {
		t.Errorf("KML: %d folders (%v)", len(kml.Folders), err)
	}
	var fc FeatureCollection
	if err := json.Unmarshal(written(t, p, "geojson", 0), &fc); err != nil {
		t.Fatal(err)
	}
	lanes, photos := 0, 0.0
	for _, f := range fc.Features {
		if f.Properties["kind"] == "lane" {
			lanes++
			photos += f.Properties["photos"].(float64)
		}
	}
	if lanes < p.Lanes || int(photos) != p.Summary().Photos {
		t.Errorf("GeoJSON: %d lanes of %d, %g photos", lanes, p.Lanes, photos)
	}
	p.Model = "P4P"
	kmz, err := FormatOf(".KMZ")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kmz.Write(p, 0, made); err == nil || !strings.Contains(err.Error(), "M3E") {
		t.Errorf("a .kmz for a P4P: %v", err)
	}
	if _, err := FormatOf("shp"); err == nil {
		t.Error("a plan is written as a shapefile")
	}
	if _, err := kmz.Write(p, 99, made); err == nil {
		t.Error("a sortie that there is not is written")
	}
}
