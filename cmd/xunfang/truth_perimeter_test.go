package main

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/patrol"
)

// How much of an area's outline was seen in (at-revisit, at], on the ellipsoid, for strips
// of that half width; the rest as for oracleUnion.
const oracleOutline = `
WITH area AS (SELECT ST_Boundary(ST_GeomFromText($1, 4326)) AS ring),
     utm AS (SELECT ST_Transform(ring, $5::int) AS g FROM area),
     mark AS (
       SELECT ST_Transform(g, $5::int) AS b,
              CASE WHEN t - from_t <= 60000 AND ST_Distance(g::geography, from_g::geography) <= 100
                   THEN ST_Transform(from_g, $5::int) END AS a
         FROM usable
        WHERE ceil(t / 1000.0) > $2::bigint AND ceil(t / 1000.0) <= $3::bigint),
     near AS (SELECT a, b FROM mark, utm WHERE ST_DWithin(coalesce(ST_MakeLine(a, b), b), utm.g, $4::float8)),
     seen AS (
       SELECT ST_UnaryUnion(ST_Collect(s)) AS g
         FROM (SELECT ST_Buffer(b, $4::float8, 'quad_segs=64') AS s FROM near
               UNION ALL
               SELECT ST_Buffer(ST_MakeLine(a, b), $4::float8, 'endcap=flat') FROM near WHERE a IS NOT NULL AND NOT ST_Equals(a, b)) shapes)
SELECT coalesce(ST_Length(ST_Transform(ST_Intersection(utm.g, seen.g), 4326)::geography), 0), ST_Length(area.ring::geography)
  FROM area, utm, seen`

// outline returns what PostGIS finds seen of an area's outline, and how long that is.
func (o *oracle) outline(t *testing.T, area orb.Geometry, utm int, at time.Time, revisit time.Duration, radiusM float64) (seenM, lengthM float64) {
	t.Helper()
	err := o.conn.QueryRow(context.Background(), oracleOutline, pgx.QueryExecModeSimpleProtocol,
		wkt.MarshalString(area), at.Add(-revisit).Unix(), at.Unix(), radiusM, utm).Scan(&seenM, &lengthM)
	if err != nil {
		t.Fatal(err)
	}
	return seenM, lengthM
}

// A real walk along and across the outlines of quarters of Hamburg: what is seen of each
// lies between what PostGIS finds for strips 0.1 m narrower and wider on both sides.
func TestAltonaOutlinesAgainstPostGIS(t *testing.T) {
	ctx := t.Context()
	walk := altonaWalk(t)
	areas := quartersOf(t, walk)
	var database string
	admin := clientOf(t, startConsole(t, func(cfg *Config) { database = cfg.DatabaseURL }))
	_, token, err := admin.CreateTracker(ctx, map[string]any{"name": "walker", "kind": "person", "import": true})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(walk); i += 1000 {
		if _, err := admin.SendFixes(ctx, token, walk[i:min(i+1000, len(walk))]); err != nil {
			t.Fatal(err)
		}
	}
	o := newOracle(t, database)
	o.load(t, map[int][]patrol.Fix{1: walk})
	start, end := time.UnixMilli(walk[0].TMs), time.UnixMilli(walk[len(walk)-1].TMs)
	most := 0.0
	for name, shape := range areas {
		watch := newWatch(t, admin, shape, map[string]any{"kind": "perimeter", "revisit_s": 3600, "sources": []string{"person"}})
		for _, at := range []time.Time{end.Add(time.Second), start.Add(20 * time.Minute), start.Add(80 * time.Minute)} {
			got, err := admin.Coverage(ctx, watch, at)
			if err != nil {
				t.Fatal(err)
			}
			narrow, length := o.outline(t, shape, 32632, at, time.Hour, 14.9)
			wide, _ := o.outline(t, shape, 32632, at, time.Hour, 15.1)
			t.Logf("%-14s %s: %.2f m of %.1f seen, PostGIS %.2f to %.2f; %d gaps",
				name, at.Format("15:04:05"), got.CoveredM, got.SubjectM, narrow, wide, len(got.Gaps.Features))
			if got.CoveredM < narrow-0.01 || got.CoveredM > wide+0.01 {
				t.Errorf("%s: %.2f m seen, PostGIS %.2f to %.2f", name, got.CoveredM, narrow, wide)
			}
			if math.Abs(got.SubjectM/length-1) > 1e-6 {
				t.Errorf("%s: outline %.2f m, PostGIS %.2f", name, got.SubjectM, length)
			}
			gapM := 0.0
			for _, gap := range got.Gaps.Features {
				m, _ := gap.Properties["size_m"].(float64)
				gapM += m
			}
			if math.Abs(gapM+got.CoveredM-got.SubjectM) > 0.01 {
				t.Errorf("%s: gaps of %.2f m and %.2f m seen are not %.2f m", name, gapM, got.CoveredM, got.SubjectM)
			}
			most = max(most, wide)
		}
	}
	if most == 0 {
		t.Error("nothing was seen of any outline: nothing was compared")
	}
}
