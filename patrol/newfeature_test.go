package patrol_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const someArea = "01939f5e-7c00-7000-8000-000000000000"

// 4 +--------+
//
//	|        |
//
// 0 +--------+
//
//	0        4
func square() orb.Polygon {
	return orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}}
}

func TestNewFeatureFillsInDefaults(t *testing.T) {
	for _, c := range []struct {
		name, collection string
		geometry         orb.Geometry
		given, kept      string
	}{
		{
			"a checkpoint is staffed by one", patrol.Checkpoints, orb.Point{113, 34},
			`{"name":"北门","radius_m":20}`,
			`{"name":"北门","radius_m":20,"min_staff":1}`,
		}, {
			"null is absent", patrol.Trackers, nil,
			`{"name":"巡查 01","kind":"person","team":null}`,
			`{"name":"巡查 01","kind":"person"}`,
		}, {
			"times are UTC with milliseconds", patrol.Zones, square(),
			`{"name":"3 号楼","level":"sealed","valid_from":"2026-11-22T08:00:00+08:00"}`,
			`{"name":"3 号楼","level":"sealed","valid_from":"2026-11-22T00:00:00.000Z"}`,
		}, {
			"a watch's settings follow from its sweep width", patrol.Watches, nil,
			`{"name":"w","kind":"ground","subject":"areas/` + someArea + `","revisit_s":600,"sweep_width_m":{"vehicle":60}}`,
			`{"name":"w","kind":"ground","subject":"areas/` + someArea + `","sources":["person","vehicle"],
			  "active_from":"2026-11-22T12:00:00.000Z","revisit_s":600,
			  "sweep_width_m":{"person":30,"vehicle":60,"drone":30},"join_s":60,
			  "join_m":{"person":100,"vehicle":400,"drone":300},
			  "max_accuracy_m":{"person":20,"vehicle":30,"drone":20},"priority":3,"min_gap_m2":3600}`,
		}, {
			"what is given stands", patrol.Watches, nil,
			`{"name":"w","kind":"ground","subject":"zones/` + someArea + `","revisit_s":60,"sources":["person"],
			  "sweep_width_m":10,"join_s":30,"max_accuracy_m":50,"priority":5,"min_gap_m2":0}`,
			`{"name":"w","kind":"ground","subject":"zones/` + someArea + `","sources":["person"],
			  "active_from":"2026-11-22T12:00:00.000Z","revisit_s":60,"sweep_width_m":10,"join_s":30,
			  "join_m":{"person":100,"vehicle":400,"drone":300},"max_accuracy_m":50,"priority":5,"min_gap_m2":0}`,
		}, {
			"a survey is seen by drones", patrol.Watches, nil,
			`{"name":"w","kind":"survey","subject":"areas/` + someArea + `","revisit_s":86400,"min_images":3}`,
			`{"name":"w","kind":"survey","subject":"areas/` + someArea + `","sources":["drone"],
			  "active_from":"2026-11-22T12:00:00.000Z","revisit_s":86400,"sweep_width_m":30,"join_s":60,
			  "join_m":{"person":100,"vehicle":400,"drone":300},"max_accuracy_m":20,"priority":3,"min_gap_m2":900,"min_images":3}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := patrol.NewFeature(c.collection, c.geometry, json.RawMessage(c.given), noon)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, c.kept), decoded(t, string(f.Properties))); diff != "" {
				t.Errorf("kept properties (-want +got):\n%s", diff)
			}
			if f.Version != 1 || f.ID.Version() != 7 {
				t.Errorf("version %d of id %v, want the first of a UUIDv7", f.Version, f.ID)
			}
		})
	}
}

func TestNewFeatureRefuses(t *testing.T) {
	long := strings.Repeat("长", 501)
	watch := func(rest string) string {
		return `{"name":"w","kind":"ground","subject":"areas/` + someArea + `","revisit_s":600` + rest + `}`
	}
	for _, c := range []struct {
		name, collection string
		geometry         orb.Geometry
		given, field     string
	}{
		{"a property nobody knows", patrol.Areas, square(), `{"name":"a","kind":"grid","colour":"red"}`, "colour"},
		{"a property that the server makes", patrol.Zones, square(), `{"name":"a","level":"sealed","version":7}`, "version"},
		{"a name given twice", patrol.Areas, square(), `{"name":"a","name":"b","kind":"grid"}`, "properties"},
		{"no name", patrol.Areas, square(), `{"kind":"grid"}`, "name"},
		{"an empty name", patrol.Areas, square(), `{"name":" ","kind":"grid"}`, "name"},
		{"a name over 500 characters", patrol.Areas, square(), `{"name":"` + long + `","kind":"grid"}`, "name"},
		{"a control character", patrol.Areas, square(), `{"name":"a\u0000","kind":"grid"}`, "name"},
		{"a kind there is not", patrol.Areas, square(), `{"name":"a","kind":"planet"}`, "kind"},
		{"a parent that is no id", patrol.Areas, square(), `{"name":"a","kind":"grid","parent":"up"}`, "parent"},
		{"a radius of nothing", patrol.Checkpoints, orb.Point{1, 1}, `{"name":"a","radius_m":0}`, "radius_m"},
		{"a radius beyond numbers", patrol.Checkpoints, orb.Point{1, 1}, `{"name":"a","radius_m":1e400}`, "radius_m"},
		{"half a guard", patrol.Checkpoints, orb.Point{1, 1}, `{"name":"a","radius_m":5,"min_staff":1.5}`, "min_staff"},
		{"a zone that ends before it starts", patrol.Zones, square(), `{"name":"a","level":"sealed","valid_from":"2026-11-22T08:00:00Z","valid_to":"2026-11-21T08:00:00Z"}`, "valid_to"},
		{"a level that the deployment has not", patrol.Zones, square(), `{"name":"a","level":"purple"}`, "level"},
		{"a post over an area", patrol.Watches, nil, `{"name":"w","kind":"post","subject":"areas/` + someArea + `","revisit_s":600}`, "subject"},
		{"a subject of another kind", patrol.Watches, nil, `{"name":"w","kind":"ground","subject":"streets/` + someArea + `","revisit_s":600}`, "subject"},
		{"a revisit shorter than joins", patrol.Watches, nil, `{"name":"w","kind":"ground","subject":"areas/` + someArea + `","revisit_s":59}`, "revisit_s"},
		{"a survey by people", patrol.Watches, nil, `{"name":"w","kind":"survey","subject":"areas/` + someArea + `","revisit_s":600,"sources":["person","drone"]}`, "sources"},
		{"a figure for a kind there is not", patrol.Watches, nil, watch(`,"join_m":{"horse":7}`), "join_m"},
		{"a source twice", patrol.Watches, nil, watch(`,"sources":["person","person"]`), "sources"},
		{"a watch with a place of its own", patrol.Watches, orb.Point{1, 1}, watch(``), "geometry"},
		{"an area without a place", patrol.Areas, nil, `{"name":"a","kind":"grid"}`, "geometry"},
		{"an area that is a point", patrol.Areas, orb.Point{1, 1}, `{"name":"a","kind":"grid"}`, "geometry"},
		{"a point off the earth", patrol.Checkpoints, orb.Point{500, 1}, `{"name":"a","radius_m":5}`, "geometry"},
		{"a street without length", patrol.Streets, orb.LineString{{1, 1}, {1, 1}}, `{"kind":"road"}`, "geometry"},
		{"a gap", patrol.Gaps, square(), `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := patrol.NewFeature(c.collection, c.geometry, json.RawMessage(c.given), noon)
			invalid := (*patrol.Invalid)(nil)
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v, want a *patrol.Invalid", err)
			}
			if invalid.Field != c.field || strings.HasSuffix(invalid.Reason, ".") {
				t.Errorf("got field %q with %q, want field %q", invalid.Field, invalid.Reason, c.field)
			}
		})
	}
}

// A bow tie crosses itself at (2, 2):
//
//	4 +  +
//	  |\/|
//	  |/\|
//	0 +  +
func TestNewFeatureSaysWhereAPolygonCrossesItself(t *testing.T) {
	bowTie := orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}
	_, err := patrol.NewFeature(patrol.Areas, bowTie, json.RawMessage(`{"name":"a","kind":"grid"}`), noon)
	invalid := (*patrol.Invalid)(nil)
	if !errors.As(err, &invalid) || invalid.At == nil || *invalid.At != (orb.Point{2, 2}) {
		t.Fatalf("got %#v, want a *patrol.Invalid at 2, 2", err)
	}
}

func TestZoneStates(t *testing.T) {
	const issued = `"name":"z","level":"sealed","order_no":"郑疫指〔2026〕1号","valid_from":"2026-11-22T12:00:00Z"`
	for _, c := range []struct {
		name, given string
		now         time.Time
		state       string
	}{
		{"without an order it is a draft", `{"name":"z","level":"sealed","valid_from":"2026-11-22T12:00:00Z","valid_to":"2026-11-29T12:00:00Z"}`, noon, patrol.ZoneDraft},
		{"without an end or review it is a draft", `{` + issued + `}`, noon, patrol.ZoneDraft},
		{"before its start", `{` + issued + `,"valid_to":"2026-11-29T12:00:00Z"}`, noon.Add(-time.Millisecond), patrol.ZoneScheduled},
		{"at its start", `{` + issued + `,"valid_to":"2026-11-29T12:00:00Z"}`, noon, patrol.ZoneInForce},
		{"at its end", `{` + issued + `,"valid_to":"2026-11-29T12:00:00Z"}`, noon.AddDate(0, 0, 7), patrol.ZoneEnded},
		{"after its review it still holds", `{` + issued + `,"review_at":"2026-11-29T12:00:00Z"}`, noon.AddDate(0, 0, 8), patrol.ZoneInForce},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := patrol.NewFeature(patrol.Zones, square(), json.RawMessage(c.given), noon)
			if err != nil {
				t.Fatal(err)
			}
			served, err := patrol.ServedProperties(f, c.now)
			if err != nil {
				t.Fatal(err)
			}
			got := decoded(t, string(served))
			if got["state"] != c.state || got["version"] != 1.0 {
				t.Errorf("got state %v of version %v, want %s of 1", got["state"], got["version"], c.state)
			}
		})
	}
}

func decoded(t *testing.T, s string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("decode %s: %v", s, err)
	}
	return v
}
