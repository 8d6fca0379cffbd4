package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xunfang/geo/flight"
)

// planSurvey runs survey plan and returns what it prints.
func planSurvey(t *testing.T, args ...string) (s flight.Summary, err error) {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"survey", "plan"}, args...), &out); err != nil {
		return s, err
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return s, nil
}

// A box of about 450 × 280 m: across 280 m, lanes at 100 m with an M3E are 42.2 m apart.
const planArea = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
	{"type":"Polygon","coordinates":[[[113.62,34.75],[113.625,34.75],[113.625,34.7525],[113.62,34.7525],[113.62,34.75]]]}}]}`

// A flight is planned from files and flags alone, and written in every format; what is
// written to a ground station's file can be shown again.
func TestSurveyPlan(t *testing.T) {
	folder := t.TempDir()
	area := filepath.Join(folder, "area.geojson")
	if err := os.WriteFile(area, []byte(planArea), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{"plan", "kmz", "gpx", "kml", "geojson"} {
		file := filepath.Join(folder, "flight."+ending)
		s, err := planSurvey(t, "--area", area, "--camera", "M3E", "--height-m", "100", "--front", "0.8", "--side", "0.7", "--out", file)
		if err != nil || s.Lanes != 7 || s.Sorties != 1 || s.Photos != 7*23 || s.Batteries != nil || *s.GSDCm != 2.67 || s.SeenShare < 0.9999 {
			t.Fatalf("%s: %+v (%v)", ending, s, err)
		}
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s is not written: %v", ending, err)
		}
		if ending != "plan" && ending != "kmz" {
			continue
		}
		var shown bytes.Buffer
		if err := run(t.Context(), []string{"survey", "show", file}, &shown); err != nil || !strings.Contains(shown.String(), `"kind":"route"`) {
			t.Errorf("%s: %v shows %.100s", ending, err, shown.String())
		}
	}
	// Several batteries make several files, an own camera one like a table's.
	file := filepath.Join(folder, "long.plan")
	s, err := planSurvey(t, "--area", area, "--sensor-mm", "17.3x13", "--focal-mm", "12.29", "--image-px", "5280", "--gsd-cm", "1",
		"--takeoff", "113.6195,34.7495", "--battery-min", "10", "--out", file)
	if err != nil || s.Sorties < 2 || *s.Batteries != s.Sorties || s.HeightM != 37.51 {
		t.Fatalf("%+v (%v)", s, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "long-2.plan")); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		says string
		args []string
	}{
		{"camera", []string{"--height-m", "100"}},
		{"height_m", []string{"--camera", "M3E"}},
		{"together", []string{"--camera", "M3E", "--height-m", "100", "--gsd-cm", "2"}},
		{"image_width_px", []string{"--hfov-deg", "70", "--vfov-deg", "55", "--gsd-cm", "2"}},
		{"no-fly zones leave nothing", []string{"--camera", "M3E", "--height-m", "100", "--no-fly", area}},
		{"two numbers", []string{"--camera", "M3E", "--height-m", "100", "--takeoff", "113.6"}},
		{"this pattern", []string{"--camera", "M3E", "--height-m", "100", "--pattern", "gap", "--front", "0.5"}},
		{"whole number", []string{"--camera", "M3E", "--height-m", "100", "--pattern", "gap", "--images", "1.5"}},
		{"pattern", []string{"--camera", "M3E", "--height-m", "100", "--pattern", "spiral"}},
	} {
		if _, err := planSurvey(t, append([]string{"--area", area, "--out", file}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, want %q", c.args, err, c.says)
		}
	}
}
