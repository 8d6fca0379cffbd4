package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/ingest"
	"xunfang/patrol"
)

// What a height is measured from, and what the ground below does to it: it rises by 10 m a
// thousandth of a degree eastward, from 100 m at 113°.
func TestHeights(t *testing.T) {
	slope := geo.Elevation{West: 113, North: 35, StepLon: 1, StepLat: 1, Cols: 2, Rows: 2, HeightM: []float32{100, 10_100, 100, 10_100}}
	photo := func(lon, groundM, takeoffM float64, seaM float32) ingest.Photo {
		return ingest.Photo{Fix: patrol.Fix{Lon: lon, Lat: 34.5, AltitudeM: seaM}, GroundM: groundM, TakeoffM: takeoffM}
	}
	unknown := math.NaN()
	for _, c := range []struct {
		name    string
		heights heights
		photo   ingest.Photo
		m       float64
		kind    patrol.HeightKind
		assumed string
		err     error
	}{
		{"as given", heights{metres: 110, kind: "ground"}, photo(113, 90, 80, 200), 110, "ground", "", nil},
		{"the file's own above ground", heights{}, photo(113, 90, 80, 200), 90, "ground", "", nil},
		{"the file's own above take-off", heights{}, photo(113, unknown, 80, 200), 80, "takeoff", assumedLevel, nil},
		{"above take-off when so asked", heights{kind: "takeoff"}, photo(113, 90, 80, 200), 80, "takeoff", assumedLevel, nil},
		{"nothing known", heights{}, photo(113, unknown, unknown, 200), 0, "", "", errNoHeight},
		{"above sea", heights{kind: "sea", elevations: []geo.Elevation{slope}}, photo(113.001, unknown, unknown, 200), 90, "ground", assumedMeasured, nil},
		{"above sea, as given", heights{metres: 150, kind: "sea", elevations: []geo.Elevation{slope}}, photo(113.002, unknown, unknown, patrol.Unknown), 30, "ground", assumedMeasured, nil},
		{"above sea, unknown", heights{kind: "sea", elevations: []geo.Elevation{slope}}, photo(113, unknown, 80, patrol.Unknown), 0, "", "", errNoHeight},
		{"beside the raster", heights{kind: "sea", elevations: []geo.Elevation{slope}}, photo(112.9, unknown, unknown, 200), 0, "", "", errNoElevation},
		{"uphill from take-off", heights{elevations: []geo.Elevation{slope}, takeoff: &orb.Point{113.001, 34.5}}, photo(113.003, unknown, 80, 200), 60, "ground", assumedMeasured, nil},
		{"take-off unknown", heights{elevations: []geo.Elevation{slope}}, photo(113.003, unknown, 80, 200), 80, "takeoff", assumedLevel, nil},
	} {
		m, kind, assumed, err := c.heights.of(c.photo)
		if math.Abs(m-c.m) > 1e-6 || kind != c.kind || assumed != c.assumed || !errors.Is(err, c.err) {
			t.Errorf("%s: %v %s %q %v, want %v %s %q %v", c.name, m, kind, assumed, err, c.m, c.kind, c.assumed, c.err)
		}
	}
}

// Heights above sea level become heights above ground with the ground's elevation, and are
// refused without.
func TestSurveyAboveSea(t *testing.T) {
	s := startConsole(t, nil)
	folder := t.TempDir()
	photos := filepath.Join(folder, "photos.csv")
	table := "DateTimeOriginal,GPSLatitude,GPSLongitude,AbsoluteAltitude,GimbalPitchDegree,GimbalYawDegree\n" +
		time.Now().UTC().Add(-time.Hour).Format("2006:01:02 15:04:05") + ",34.75,113.62,+217.50,-90,0\n"
	if err := os.WriteFile(photos, []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	tile := filepath.Join(folder, "N34E113.hgt")
	if err := os.WriteFile(tile, bytes.Repeat(binary.BigEndian.AppendUint16(nil, 110), 1201*1201), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"survey", "import", "--server", s.url, "--name", "海拔", "--height-kind", "sea", "--camera", "M3E"}
	signIn(t)
	if err := run(t.Context(), append(args, photos), &bytes.Buffer{}); err == nil {
		t.Error("a height above sea level was taken without the ground's")
	}
	got := importSurvey(t, s, append(args[4:], "--elevation", tile, photos)...)
	if got.Footprints.Stored != 1 || got.Assumed[assumedMeasured] != 1 || got.HeightKind != "ground" {
		t.Fatalf("%+v", got)
	}
	items, err := clientOf(t, s).Items(t.Context(), "footprints", map[string][]string{
		"tracker": {got.Tracker.String()}, "datetime": {time.Now().Add(-2*time.Hour).UTC().Format(time.RFC3339) + "/" + time.Now().UTC().Format(time.RFC3339)},
	})
	if err != nil || len(items) != 1 || items[0].Properties["height_m"] != 107.5 {
		t.Errorf("%+v (%v)", items, err)
	}
}

// What a watch's share would be with other heights is what it is with them.
func TestWhatIfHeights(t *testing.T) {
	s := startConsole(t, nil)
	c := clientOf(t, s)
	shares := map[float64]shareRange{}
	for i, heightM := range []float64{60, 40, 80} {
		lon := 113.62 + 0.1*float64(i)
		area := orb.Polygon{{{lon, 34.75}, {lon + 0.001, 34.75}, {lon + 0.001, 34.751}, {lon, 34.751}, {lon, 34.75}}}
		watch := droneWatch(t, c, area)
		_, token, err := c.CreateTracker(t.Context(), map[string]any{"name": "无人机", "kind": "drone"})
		if err != nil {
			t.Fatal(err)
		}
		camera, _ := geo.CameraOf("M3E")
		at := time.Now().Add(-time.Minute)
		if before, err := c.Coverage(t.Context(), watch, time.Time{}); err != nil || before.WhatIf != nil {
			t.Fatalf("%+v (%v) before any image", before.WhatIf, err)
		}
		receipt, err := c.SendImages(t.Context(), token, []patrol.Image{
			{TMs: at.UnixMilli(), At: orb.Point{lon + 0.0004, 34.7503}, HeightM: heightM, HeightKind: patrol.AboveTakeoff, Look: geo.Attitude{Yaw: 0.4, Pitch: -1.3}, Camera: camera},
			{TMs: at.UnixMilli() + 1000, At: orb.Point{lon + 0.0006, 34.7506}, HeightM: heightM, HeightKind: patrol.AboveGround, Look: geo.Attitude{Pitch: -math.Pi / 2}, Camera: camera},
		})
		if err != nil || receipt.Stored != 2 {
			t.Fatalf("%+v (%v)", receipt, err)
		}
		coverage, err := c.Coverage(t.Context(), watch, time.Time{})
		if err != nil || coverage.WhatIf == nil {
			t.Fatal(coverage, err)
		}
		shares[heightM] = shareRange{coverage.Share, coverage.WhatIf.ShareLow, coverage.WhatIf.ShareHigh}
		if coverage.WhatIf.Images["takeoff"] != 1 || coverage.WhatIf.Images["ground"] != 1 || coverage.WhatIf.HeightM != 20 {
			t.Errorf("%+v", coverage.WhatIf)
		}
	}
	got := shares[60]
	if math.Abs(got.low-shares[40].share) > 0.002 || math.Abs(got.high-shares[80].share) > 0.002 || !(got.low < got.share && got.share < got.high) {
		t.Errorf("%.4f, from %.4f to %.4f; want %.4f to %.4f", got.share, got.low, got.high, shares[40].share, shares[80].share)
	}
}

// shareRange is a share with what it would be between.
type shareRange struct{ share, low, high float64 }
