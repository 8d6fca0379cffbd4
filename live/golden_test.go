package live

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

var update = flag.Bool("update", false, "write docs/golden anew")

// Golden messages: what this side writes, and the page's tests read.

var (
	goldenTracker = uuid.MustParse("01938f5a-0000-7000-8000-000000000007")
	goldenWatch   = uuid.MustParse("01938f5a-0000-7000-8000-000000000021")
	goldenArea    = uuid.MustParse("01938f5a-0000-7000-8000-000000000031")
	goldenGapID   = uuid.MustParse("01938f5a-0000-7000-8000-000000000041")
	goldenAtMs    = time.Date(2026, 11, 22, 8, 0, 0, 250e6, time.UTC).UnixMilli()
)

func goldenPositions() []position {
	return []position{
		{ref: 1, fix: patrol.Fix{TMs: goldenAtMs, Lon: 113.62, Lat: 34.75, AccuracyM: 4.5,
			SpeedMPS: 1.3, HeadingDeg: 90.25, Battery: 0.8}},
		{ref: 4294967295, fix: patrol.Fix{TMs: goldenAtMs - 1, Lon: -179.9999999, Lat: -85.0511288,
			SpeedMPS: patrol.Unknown, HeadingDeg: patrol.Unknown, Battery: patrol.Unknown}},
		{ref: 7, fix: patrol.Fix{TMs: 0, Lon: 180, Lat: 90, AccuracyM: 1e5, SpeedMPS: 700,
			HeadingDeg: 359.999, Battery: 1}},
	}
}

func goldenGap() patrol.Gap {
	return patrol.Gap{
		ID: goldenGapID, Watch: goldenWatch, WatchName: "和平小区巡查",
		PureGap: patrol.PureGap{
			Kind: patrol.Ground,
			Shape: orb.MultiPolygon{{{{113.62, 34.75}, {113.6201, 34.75}, {113.6201, 34.7501},
				{113.62, 34.7501}, {113.62, 34.75}}}},
			Label:   orb.Point{113.62005, 34.75005},
			Size:    101.6,
			SinceMs: goldenAtMs - 42*60_000,
			Why:     patrol.Why{Cause: patrol.Sparse, Setting: "join_s", Value: 75, Limit: 60},
		},
		Severity: patrol.Severity{Score: 12, Level: patrol.High},
		State:    patrol.GapOpen, OpenedMs: goldenAtMs - 12*60_000,
	}
}

// goldenArc is a gap of an outline, over the ring's start.
func goldenArc() patrol.Gap {
	g := goldenGap()
	g.Kind, g.Size = patrol.Perimeter, 27.5
	g.Shape, g.Label = orb.LineString{{113.6201, 34.75}, {113.62, 34.75}, {113.62, 34.7501}}, orb.Point{113.62, 34.75004}
	g.Arc = &patrol.Arc{Ring: 0, FromM: 412.75, ToM: 14.25}
	g.Why = patrol.Why{Cause: patrol.Never}
	return g
}

// goldenPost is a checkpoint where one of two is missing.
func goldenPost() patrol.Gap {
	g := goldenGap()
	g.Kind, g.Size, g.Shape, g.Label = patrol.AtPost, 1, orb.Point{113.62, 34.75}, orb.Point{113.62, 34.75}
	g.Short = &patrol.Shortfall{Present: 1, MinStaff: 2}
	g.Why = patrol.Why{Cause: patrol.Understaffed, Setting: "min_staff", Value: 1, Limit: 2}
	return g
}

func goldenMessages(t *testing.T) map[string]any {
	gap, err := patrol.GapFeature(goldenGap())
	if err != nil {
		t.Fatal(err)
	}
	post, err := patrol.GapFeature(goldenPost())
	if err != nil {
		t.Fatal(err)
	}
	arc, err := patrol.GapFeature(goldenArc())
	if err != nil {
		t.Fatal(err)
	}
	area, err := patrol.FeatureJSON(patrol.Feature{
		Collection: "areas", ID: goldenArea, Version: 1,
		Geometry:   orb.Polygon{{{113.62, 34.75}, {113.621, 34.75}, {113.621, 34.751}, {113.62, 34.75}}},
		Properties: json.RawMessage(`{"name":"和平小区","kind":"compound"}`),
	}, time.UnixMilli(goldenAtMs))
	if err != nil {
		t.Fatal(err)
	}
	tracker := trackerMessage{"tracker", 7, goldenTracker, "巡查 01", patrol.Person}
	at := patrol.FormatMs(goldenAtMs)
	return map[string]any{
		"hello":         helloMessage{"hello", "01938f5a-6b1c", 41, false, at, 250},
		"snapshot":      snapshotMessage{"snapshot", 41, []trackerMessage{tracker}, []json.RawMessage{gap}},
		"tracker":       tracker,
		"feature":       featureMessage{"feature", 42, "areas", "created", goldenArea, area},
		"gap":           gapMessage{"gap", 43, "opened", gap},
		"gap_perimeter": gapMessage{"gap", 44, "opened", arc},
		"gap_post":      gapMessage{"gap", 45, "opened", post},
		"warning": newWarning(patrol.Warning{
			Watch: goldenWatch, Checkpoint: goldenArea, AtMs: goldenAtMs,
			Lapse: patrol.Lapse{StaffedUntilMs: goldenAtMs + 300_000, Shortfall: patrol.Shortfall{Present: 2, MinStaff: 2}},
		}, 45),
		"store": storeMessage{"store", true, at},
		"beat":  beatMessage{"beat", at, 43},
	}
}

func TestGoldenMessages(t *testing.T) {
	for name, message := range goldenMessages(t) {
		got, err := json.MarshalIndent(message, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, name+".json", append(got, '\n'))
	}
}

// positions.json says what a reader of positions.bin must find; null is unknown.
func TestGoldenPositions(t *testing.T) {
	compareGolden(t, "positions.bin", encodePositions(goldenPositions()))
	compareGolden(t, "positions.json", []byte(`[
  {"t": `+jsonOf(goldenAtMs)+`, "ref": 1, "lon": 113.62, "lat": 34.75, "heading_deg": 90.25, "speed_mps": 1.3, "accuracy_m": 4.5, "battery": 0.8},
  {"t": `+jsonOf(goldenAtMs-1)+`, "ref": 4294967295, "lon": -179.9999999, "lat": -85.0511288, "heading_deg": null, "speed_mps": null, "accuracy_m": null, "battery": null},
  {"t": 0, "ref": 7, "lon": 180, "lat": 90, "heading_deg": 0, "speed_mps": 655.34, "accuracy_m": 6553.4, "battery": 1}
]
`))
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("..", "docs", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: we write\n%s\nthe golden file has\n%s", name, got, want)
	}
}
