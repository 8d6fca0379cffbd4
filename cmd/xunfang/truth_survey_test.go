package main

import (
	"encoding/json"
	"math"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/client"
	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// surveyWatch makes an area and a survey of it.
func surveyWatch(t *testing.T, c *client.Client, area orb.Polygon, minImages int) uuid.UUID {
	t.Helper()
	id, _, err := c.CreateFeature(t.Context(), "areas", area, map[string]any{"name": "测区", "kind": "district"})
	if err != nil {
		t.Fatal(err)
	}
	watch, _, err := c.CreateFeature(t.Context(), "watches", nil, map[string]any{
		"name": "航拍普查", "kind": "survey", "subject": "areas/" + id.String(), "min_images": minImages, "revisit_s": 10 * 86400,
	})
	if err != nil {
		t.Fatal(err)
	}
	return watch
}

// countedShares is what shares of an area PostGIS finds under at least 1, 2, … n of the
// footprints that the server serves, at points 10 m apart. All were taken further than
// 0.05 times their height from each other, or they would not all count.
func countedShares(t *testing.T, s *server, database string, tracker uuid.UUID, area orb.Polygon, utm, n int) []float64 {
	t.Helper()
	items, err := clientOf(t, s).Items(t.Context(), "footprints", url.Values{
		"tracker": {tracker.String()}, "datetime": {"2025-04-10T00:00:00Z/2025-04-30T00:00:00Z"}, "limit": {"1000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var rings []string
	for _, item := range items {
		var g struct{ Coordinates orb.Polygon }
		if err := json.Unmarshal(item.Geometry, &g); err != nil {
			t.Fatal(err)
		}
		rings = append(rings, wkt.MarshalString(g.Coordinates))
	}
	rows, _ := newOracle(t, database).conn.Query(t.Context(), `
WITH area AS MATERIALIZED (SELECT ST_Transform(ST_GeomFromText($1, 4326), $3::int) AS g),
     seen AS MATERIALIZED (SELECT ST_Transform(ST_GeomFromText(unnest($2::text[]), 4326), $3::int) AS g),
     spot AS MATERIALIZED (SELECT ST_Centroid(square.geom) AS g FROM area, ST_SquareGrid(10, area.g) AS square
                            WHERE ST_Contains(area.g, ST_Centroid(square.geom)))
SELECT (SELECT count(*) FROM seen WHERE seen.g ~ spot.g AND ST_Contains(seen.g, spot.g)) FROM spot`,
		pgx.QueryExecModeExec, wkt.MarshalString(area), rings, utm)
	counts, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	shares := make([]float64, n)
	for _, count := range counts {
		for k := range min(count, n) {
			shares[k] += 1 / float64(len(counts))
		}
	}
	return shares
}

// How often the photos of a real survey show its ground, as PostGIS counts them.
func TestSurveyCountsImages(t *testing.T) {
	folder := filepath.Join(testData(t), "drone-survey-freetown")
	area := polygonOf(t, filepath.Join(folder, "aoi.geojson"))
	photos := withoutBand(t, filepath.Join(folder, "image_metadata.csv"), area.Bound().Center().Lat(), -90, 150)
	database := storetest.URL(t)
	s := startConsole(t, func(cfg *Config) { cfg.DatabaseURL = database })
	door := clientOf(t, s)
	const most = 8
	watch := surveyWatch(t, door, area, most)
	got := importSurvey(t, s, "--name", "Freetown", "--height-m", "110", "--height-kind", "ground", "--hfov-deg", "73.7", "--vfov-deg", "58.7", photos)
	coverage, err := door.Coverage(t.Context(), watch, time.Date(2025, 4, 25, 14, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	want := countedShares(t, s, database, got.Tracker, area, 32628, most)
	t.Logf("shares %.4f, PostGIS %.4f", coverage.Images.Shares, want)
	for k := range want {
		if math.Abs(coverage.Images.Shares[k]-want[k]) > 0.005 {
			t.Errorf("%d images: %.4f of the ground, PostGIS %.4f", k+1, coverage.Images.Shares[k], want[k])
		}
	}
	if coverage.Share != coverage.Images.Shares[most-1] {
		t.Errorf("the share is %v, that of %d images %v", coverage.Share, most, coverage.Images.Shares[most-1])
	}
	causes := map[any]int{}
	for _, gap := range coverage.Gaps.Features {
		causes[gap.Properties["cause"]]++
	}
	if causes["never"] == 0 || causes["thin"] == 0 {
		t.Errorf("causes %v: the band was never seen, and some ground around it too seldom", causes)
	}
	front, side := coverage.Images.FrontOverlap, coverage.Images.SideOverlap
	t.Logf("overlaps %.3f and %.3f", *front, *side)
	if front == nil || side == nil || !(*front > 0.3 && *front < 1) || math.Abs(*side-(1-59.0/165)) > 0.1 {
		t.Errorf("overlaps %v; the lines are about 59 m apart, the photos 165 m wide", coverage.Images)
	}
}

// A survey as its images come: those of one drone that were taken too close together are
// one, and live is as of T.
func TestSurveyLive(t *testing.T) {
	s := startConsole(t, nil)
	c := clientOf(t, s)
	area := orb.Polygon{{{113.62, 34.75}, {113.6201, 34.75}, {113.6201, 34.7501}, {113.62, 34.7501}, {113.62, 34.75}}}
	watch := surveyWatch(t, c, area, 2)
	_, first, err := c.CreateTracker(t.Context(), map[string]any{"name": "无人机 1", "kind": "drone"})
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := c.CreateTracker(t.Context(), map[string]any{"name": "无人机 2", "kind": "drone"})
	if err != nil {
		t.Fatal(err)
	}
	camera, _ := geo.CameraOf("M3E")
	begin := time.Now().Add(-time.Minute).UnixMilli()
	shoot := func(token string, second int, northM float64) {
		t.Helper()
		at := area.Bound().Center()
		at[1] += northM / 110_900
		receipt, err := c.SendImages(t.Context(), token, []patrol.Image{{
			TMs: begin + 1000*int64(second), At: at, HeightM: 60, HeightKind: patrol.AboveGround, Look: geo.Attitude{Pitch: -math.Pi / 2}, Camera: camera,
		}})
		if err != nil || receipt.Stored != 1 {
			t.Fatal(receipt, err)
		}
	}
	for _, step := range []struct {
		name  string
		shoot func()
		share float64
		cause any
	}{
		{"nothing", func() {}, 0, "never"},
		{"one image", func() { shoot(first, 0, 0) }, 0, "thin"},
		{"another from the same place", func() { shoot(first, 10, 2) }, 0, "thin"},
		{"another from 4 m away", func() { shoot(first, 5, -2) }, 1, nil},
	} {
		step.shoot()
		live, err := c.Coverage(t.Context(), watch, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var cause any
		if len(live.Gaps.Features) > 0 {
			cause = live.Gaps.Features[0].Properties["cause"]
		}
		if math.Abs(live.Share-step.share) > 1e-9 || cause != step.cause {
			t.Errorf("%s: share %v, cause %v; want %v, %v", step.name, live.Share, cause, step.share, step.cause)
		}
		stored, err := c.Coverage(t.Context(), watch, live.At)
		if err != nil || stored.RasterSHA256 != live.RasterSHA256 || stored.Share != live.Share {
			t.Errorf("%s: live %v %s, stored %v %s (%v)", step.name, live.Share, live.RasterSHA256, stored.Share, stored.RasterSHA256, err)
		}
	}
	other := surveyWatch(t, c, area, 3)
	shoot(second, 20, 2) // another drone's counts wherever it was taken
	live, err := c.Coverage(t.Context(), other, time.Time{})
	if err != nil || live.Share < 0.9999 || live.Images.MinImages != 3 {
		t.Errorf("share %v (%v) of two drones", live.Share, err)
	}
}
