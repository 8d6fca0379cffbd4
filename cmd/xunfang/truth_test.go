package main

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"xunfang/client"
	"xunfang/ingest"
	"xunfang/patrol"
)

// readShapes returns the shapes of a file of GeoJSON features, by their property name.
func readShapes(t *testing.T, path, name string) map[string]orb.Geometry {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Features []struct {
			Properties map[string]any  `json:"properties"`
			Geometry   json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]orb.Geometry{}
	for _, f := range file.Features {
		label, _ := f.Properties[name].(string)
		out[label] = shapeOf(t, f.Geometry)
	}
	return out
}

// shapeOf reads a GeoJSON Polygon or MultiPolygon.
func shapeOf(t *testing.T, raw json.RawMessage) orb.MultiPolygon {
	t.Helper()
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	if g.Type == "Polygon" {
		var p orb.Polygon
		if err := json.Unmarshal(g.Coordinates, &p); err != nil {
			t.Fatal(err)
		}
		return orb.MultiPolygon{p}
	}
	var mp orb.MultiPolygon
	if err := json.Unmarshal(g.Coordinates, &mp); err != nil {
		t.Fatal(err)
	}
	return mp
}

// A real walk of forty minutes over the quarters of Hamburg that it crosses: share and
// outlines are those that PostGIS computes under the same rules.
func TestAltonaWalkAgainstPostGIS(t *testing.T) {
	folder := filepath.Join(testData(t), "street-coverage-hamburg")
	raw, err := os.ReadFile(filepath.Join(folder, "altona_walk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var walk struct {
		Start  time.Time    `json:"start_time"`
		Times  []int64      `json:"times"`
		LatLon [][2]float64 `json:"latlon"`
	}
	if err := json.Unmarshal(raw, &walk); err != nil {
		t.Fatal(err)
	}
	var fixes []patrol.Fix
	var line orb.LineString
	for i, s := range walk.Times {
		p := walk.LatLon[i]
		fixes = append(fixes, bareFix(walk.Start.UnixMilli()+s*1000, p[1], p[0]))
		line = append(line, orb.Point{p[1], p[0]})
	}
	end := walk.Start.Add(time.Duration(walk.Times[len(walk.Times)-1]) * time.Second)
	areas := map[string]orb.Geometry{}
	for name, shape := range readShapes(t, filepath.Join(folder, "hamburg_districts.geojson"), "Stadtteil") {
		if crosses(shape, line) {
			areas[name] = shape
		}
	}
	if len(areas) < 2 {
		t.Fatalf("the walk crosses %d quarters", len(areas))
	}
	holdAgainstPostGIS(t, areas, map[int][]patrol.Fix{1: fixes}, 32632, time.Hour, []time.Time{
		end.Add(time.Second),
		walk.Start.Add(20 * time.Minute),
		walk.Start.Add(80 * time.Minute), // half of it has gone stale
	})
}

// Nine people over three days, up to three of them on one campus.
func TestGeoLifeAgainstPostGIS(t *testing.T) {
	folder := filepath.Join(testData(t), "geolife-beijing")
	files, err := filepath.Glob(filepath.Join(folder, "plt", "*", "*.plt"))
	if err != nil || len(files) < 9 {
		t.Fatal(err, files)
	}
	tracks := map[int][]patrol.Fix{}
	for i, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest.ReadFile(name, f, func(fix patrol.Fix) error {
			tracks[i] = append(tracks[i], fix)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	holdAgainstPostGIS(t, readShapes(t, filepath.Join(folder, "tsinghua_wgs84.geojson"), "name"), tracks, 32650, 12*time.Hour, []time.Time{
		time.Date(2008, 10, 25, 12, 0, 0, 0, time.UTC),
		time.Date(2008, 10, 26, 4, 0, 0, 0, time.UTC),
	})
}

// holdAgainstPostGIS sends the tracks through the public door, watches every area, and
// compares share and outlines at the times, live never included: all is long past.
func holdAgainstPostGIS(t *testing.T, areas map[string]orb.Geometry, tracks map[int][]patrol.Fix, utm int, revisit time.Duration, times []time.Time) {
	ctx := t.Context()
	var database string
	s := startConsole(t, func(cfg *Config) { database = cfg.DatabaseURL })
	admin := clientOf(t, s)
	for _, fixes := range tracks {
		_, token, err := admin.CreateTracker(ctx, map[string]any{"name": "walker", "kind": "person", "import": true})
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(fixes, 1000) {
			if r, err := admin.SendFixes(ctx, token, part); err != nil || len(r.Rejected) > 0 {
				t.Fatal(r, err)
			}
		}
	}
	o := newOracle(t, database)
	o.load(t, tracks)
	worst := 0.0
	for name, shape := range areas {
		watch := newWatch(t, admin, shape, map[string]any{"revisit_s": int(revisit.Seconds()), "sources": []string{"person"}, "sweep_width_m": 30})
		for _, at := range times {
			got, err := admin.Coverage(ctx, watch, at)
			if err != nil {
				t.Fatal(err)
			}
			want := o.cover(t, shape, utm, at, revisit)
			diagonal := got.CellM * math.Sqrt2
			ours, theirs := o.furthest(t, outlines(t, got.Gaps.Features), utm, diagonal)
			t.Logf("%-14s %s: share %.5f, PostGIS %.5f; outlines within %.2f and %.2f m of a %.2f m diagonal; %d gaps",
				name, at.Format("01-02 15:04:05"), got.Share, want.share, ours, theirs, diagonal, len(got.Gaps.Features))
			if math.Abs(got.Share-want.share) > 0.002 {
				t.Errorf("%s: share %.5f, PostGIS %.5f", name, got.Share, want.share)
			}
			if math.Abs(got.SubjectM2/want.areaM2-1) > 1e-4 {
				t.Errorf("%s: subject %.0f m², PostGIS %.0f", name, got.SubjectM2, want.areaM2)
			}
			if ours > diagonal || theirs > 1.25*diagonal {
				t.Errorf("%s: outlines %.2f and %.2f m off, a cell's diagonal is %.2f m", name, ours, theirs, diagonal)
			}
			worst = max(worst, want.share)
		}
	}
	if worst == 0 {
		t.Error("nothing was covered anywhere: nothing was compared")
	}
}

// newWatch makes an area of the shape and a ground watch over it, and returns the watch.
func newWatch(t testing.TB, c *client.Client, shape orb.Geometry, props map[string]any) uuid.UUID {
	t.Helper()
	area, _, err := c.CreateFeature(t.Context(), "areas", shape, map[string]any{"name": "watched", "kind": "grid"})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{"name": "a watch", "kind": "ground", "subject": "areas/" + area.String()}
	maps.Copy(all, props)
	watch, _, err := c.CreateFeature(t.Context(), "watches", nil, all)
	if err != nil {
		t.Fatal(err)
	}
	return watch
}

func bareFix(ms int64, lon, lat float64) patrol.Fix {
	return patrol.Fix{TMs: ms, Lon: lon, Lat: lat, AltitudeM: patrol.Unknown, SpeedMPS: patrol.Unknown, HeadingDeg: patrol.Unknown, Battery: patrol.Unknown}
}

// crosses reports whether a vertex of the line lies in the shape.
func crosses(g orb.Geometry, line orb.LineString) bool {
	return slices.ContainsFunc(line, func(p orb.Point) bool { return planar.MultiPolygonContains(g.(orb.MultiPolygon), p) })
}

func outlines(t *testing.T, gaps []client.Item) (out orb.MultiPolygon) {
	t.Helper()
	for _, gap := range gaps {
		out = append(out, shapeOf(t, gap.Geometry)...)
	}
	return out
}
