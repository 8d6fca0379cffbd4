package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/patrol"
)

// oracle computes ground coverage in PostGIS, from rules 2, 3 and 5 written anew in
// SQL: buffers and unions on geometry that PostGIS projects, nothing of ours.
type oracle struct {
	conn *pgx.Conn
}

func newOracle(t *testing.T, url string) *oracle {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return &oracle{conn}
}

const oraclePaint = `
CREATE TEMP TABLE usable AS
SELECT f.tracker, f.t, f.g,
       lag(f.t) OVER track AS from_t, lag(f.g) OVER track AS from_g
  FROM fix f
  LEFT JOIN LATERAL (
       SELECT r.t, r.g FROM fix r
        WHERE r.tracker = f.tracker AND r.t BETWEEN f.t - 600000 AND f.t - 1000
        ORDER BY r.t DESC LIMIT 1) ref ON true
 WHERE ref.t IS NULL
    OR ST_Distance(f.g::geography, ref.g::geography) <= 12 * (f.t - ref.t) / 1000.0
WINDOW track AS (PARTITION BY f.tracker ORDER BY f.t)`

// What was painted in (at-revisit, at], in the UTM zone of the area.
const oracleUnion = `
WITH area AS (SELECT ST_Transform(ST_GeomFromText($1, 4326), $5::int) AS g),
     mark AS (
       SELECT ST_Transform(g, $5::int) AS b,
              CASE WHEN t - from_t <= 60000 AND ST_Distance(g::geography, from_g::geography) <= 100
                   THEN ST_Transform(from_g, $5::int) END AS a
         FROM usable
        WHERE ceil(t / 1000.0) > $2::bigint AND ceil(t / 1000.0) <= $3::bigint),
     near AS (SELECT a, b FROM mark, area WHERE ST_DWithin(coalesce(ST_MakeLine(a, b), b), area.g, $4::float8)),
     seen AS (
       SELECT ST_UnaryUnion(ST_Collect(s)) AS g
         FROM (SELECT ST_Buffer(b, $4::float8, 'quad_segs=32') AS s FROM near
               UNION ALL
               SELECT ST_Buffer(ST_MakeLine(a, b), $4::float8, 'endcap=flat') FROM near WHERE a IS NOT NULL AND NOT ST_Equals(a, b)) shapes)
SELECT area.g AS area, coalesce(ST_Intersection(area.g, seen.g), ST_GeomFromText('POLYGON EMPTY', $5::int)) AS seen,
       ST_Difference(area.g, coalesce(seen.g, ST_GeomFromText('POLYGON EMPTY', $5::int))) AS unseen
  FROM area, seen`

// load gives the oracle every fix that was replayed; accuracy is unknown in all of them.
func (o *oracle) load(t *testing.T, tracks map[int][]patrol.Fix) {
	t.Helper()
	ctx := context.Background()
	if _, err := o.conn.Exec(ctx, `CREATE TEMP TABLE fix (tracker int, t bigint, lon float8, lat float8, g geometry, PRIMARY KEY (tracker, t))`); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for tracker, fixes := range tracks {
		best := map[int64]patrol.Fix{}
		for _, f := range fixes {
			if old, ok := best[f.TMs]; !ok || f.Lon < old.Lon || f.Lon == old.Lon && f.Lat < old.Lat {
				best[f.TMs] = f
			}
		}
		for _, f := range best {
			rows = append(rows, []any{tracker, f.TMs, f.Lon, f.Lat})
		}
	}
	if _, err := o.conn.CopyFrom(ctx, pgx.Identifier{"fix"}, []string{"tracker", "t", "lon", "lat"}, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`UPDATE fix SET g = ST_SetSRID(ST_MakePoint(lon, lat), 4326)`, `ANALYZE fix`, oraclePaint} {
		if _, err := o.conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
}

// verdict is what PostGIS finds for one area and time.
type verdict struct {
	share, areaM2 float64
}

// cover paints the area as of at and keeps the shapes in the table truth.
func (o *oracle) cover(t *testing.T, area orb.Geometry, utm int, at time.Time, revisit time.Duration) verdict {
	t.Helper()
	ctx := context.Background()
	if _, err := o.conn.Exec(ctx, `DROP TABLE IF EXISTS truth`); err != nil {
		t.Fatal(err)
	}
	sql := fmt.Sprintf(`CREATE TEMP TABLE truth AS %s`, oracleUnion)
	if _, err := o.conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol, wkt.MarshalString(area), at.Add(-revisit).Unix(), at.Unix(), 15.0, utm); err != nil {
		t.Fatal(err)
	}
	var v verdict
	err := o.conn.QueryRow(ctx, `
SELECT ST_Area(ST_Transform(seen, 4326)::geography) / ST_Area(ST_Transform(area, 4326)::geography),
       ST_Area(ST_Transform(area, 4326)::geography) FROM truth`).Scan(&v.share, &v.areaM2)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// furthest returns how far, in metres, any point of our gap outlines lies from the
// edge of what PostGIS finds unseen, and any point of that edge from our outlines.
// The edge is taken where the unseen ground is wider than a cell's diagonal, since a
// thinner neck may break between cells. Outlines that are cut along 180° are sewn
// together first.
func (o *oracle) furthest(t *testing.T, gaps orb.MultiPolygon, utm int, diagonalM float64) (ours, theirs float64) {
	t.Helper()
	sewM := 0.0
	if b := gaps.Bound(); b.Max[0]-b.Min[0] > 180 {
		sewM = diagonalM / 2
	}
	err := o.conn.QueryRow(context.Background(), `
WITH gap AS (SELECT ST_Boundary(ST_Buffer(ST_Buffer(ST_Transform(ST_GeomFromText($1, 4326), $2::int), $4::float8), -$4::float8)) AS g),
     edge AS (SELECT ST_Boundary(unseen) AS g,
                     ST_Boundary(ST_Buffer(ST_Buffer(unseen, -$3::float8 / 2), $3::float8 / 2)) AS wide FROM truth),
     mine AS (SELECT (ST_DumpPoints(ST_Segmentize(g, 5))).geom AS p FROM gap),
     exact AS (SELECT (ST_DumpPoints(ST_Segmentize(wide, 5))).geom AS p FROM edge)
SELECT (SELECT coalesce(max(ST_Distance(p, edge.g)), 0) FROM mine, edge),
       (SELECT coalesce(max(ST_Distance(p, gap.g)), 0) FROM exact, gap)`,
		pgx.QueryExecModeSimpleProtocol, wkt.MarshalString(gaps), utm, diagonalM, sewM).Scan(&ours, &theirs)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}
