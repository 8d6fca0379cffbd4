package main

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// altonaWalk returns a real walk of forty minutes: 2,179 points, up to 9 s apart.
func altonaWalk(t *testing.T) []patrol.Fix {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(testData(t), "street-coverage-hamburg", "altona_walk.json"))
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
	fixes := make([]patrol.Fix, len(walk.Times))
	for i, s := range walk.Times {
		fixes[i] = bareFix(walk.Start.UnixMilli()+s*1000, walk.LatLon[i][1], walk.LatLon[i][0])
	}
	return fixes
}

// quartersOf returns the quarters of Hamburg that a walk crosses.
func quartersOf(t *testing.T, walk []patrol.Fix) map[string]orb.Geometry {
	t.Helper()
	areas := readShapes(t, filepath.Join(testData(t), "street-coverage-hamburg", "hamburg_districts.geojson"), "Stadtteil")
	maps.DeleteFunc(areas, func(_ string, g orb.Geometry) bool {
		return !slices.ContainsFunc(walk, func(f patrol.Fix) bool {
			return planar.MultiPolygonContains(g.(orb.MultiPolygon), orb.Point{f.Lon, f.Lat})
		})
	})
	return areas
}

// A real walk over the quarters of Hamburg that it crosses: share and outlines are those
// that PostGIS computes under the same rules.
func TestAltonaWalkAgainstPostGIS(t *testing.T) {
	walk := altonaWalk(t)
	areas := quartersOf(t, walk)
	if len(areas) < 2 {
		t.Fatalf("the walk crosses %d quarters", len(areas))
	}
	start, end := time.UnixMilli(walk[0].TMs), time.UnixMilli(walk[len(walk)-1].TMs)
	holdAgainstPostGIS(t, areas, map[int][]patrol.Fix{1: walk}, 32632, time.Hour, []time.Time{
		end.Add(time.Second),
		start.Add(20 * time.Minute),
		start.Add(80 * time.Minute), // half of it has gone stale
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

// The walk comes in pieces, out of order, late and twice: coverage is the same as when
// it came in one piece, and live is the same as from the store.
func TestRealWalkInAnyOrder(t *testing.T) {
	ctx := t.Context()
	walk := altonaWalk(t)
	shiftMs := time.Now().Add(-time.Minute).UnixMilli() - walk[len(walk)-1].TMs
	for i := range walk {
		walk[i].TMs += shiftMs
		walk[i].AccuracyM = float32(3 + i%11*2) // some too poor to count
	}
	var shape orb.Geometry
	for _, g := range quartersOf(t, walk) {
		shape = g
		if len(g.(orb.MultiPolygon)[0][0]) > 300 {
			break
		}
	}
	pieces := slices.Collect(slices.Chunk(walk, 37))
	r := rand.New(rand.NewPCG(20240118, 1))
	shuffled := append(slices.Clone(pieces), pieces[5], pieces[17], pieces[17])
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })

	at := time.UnixMilli(walk[len(walk)-1].TMs).Add(10 * time.Second)
	var straight client.Coverage
	for i, order := range [][][]patrol.Fix{{walk}, shuffled} {
		admin := clientOf(t, startConsole(t, nil))
		watch := newWatch(t, admin, shape, map[string]any{"revisit_s": 1800, "sources": []string{"person"}})
		_, token := newTracker(t, admin, "walker")
		for n, piece := range order {
			if _, err := admin.SendFixes(ctx, token, piece); err != nil {
				t.Fatal(err)
			}
			if n%20 == 0 { // live must follow, not only arrive
				if _, err := admin.Coverage(ctx, watch, time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		liveIsAsOfT(ctx, t, admin, watch, "at the end")
		got, err := admin.Coverage(ctx, watch, at)
		if err != nil {
			t.Fatal(err)
		}
		got.Watch, got.Seq = uuid.Nil, 0 // another deployment's
		if i == 0 {
			straight = got
		} else if diff := cmp.Diff(straight, got); diff != "" {
			t.Errorf("the order of arrival shows: %s", diff)
		}
	}
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
			allowed := 0.002
			if got.SubjectM2 < 10_000 {
				allowed = 0.01
			}
			if math.Abs(got.Share-want.share) > allowed {
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

func outlines(t *testing.T, gaps []client.Item) (out orb.MultiPolygon) {
	t.Helper()
	for _, gap := range gaps {
		out = append(out, shapeOf(t, gap.Geometry)...)
	}
	return out
}
