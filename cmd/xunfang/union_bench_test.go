package main

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/geo"
	"xunfang/store/storetest"
)

// stroll is legs of 10 m through a square, by walkers who each make 100 of them, with the
// same in metres for PostGIS.
type stroll struct {
	ground *geo.Ground
	legs   []geo.Brush
	x, y   []float64 // of each leg: from, to
}

func newStroll(b *testing.B, legs int, sideM float64) stroll {
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0)
	area, err := geo.ParseArea(orb.Polygon{{plane.LonLat(0, 0), plane.LonLat(sideM, 0), plane.LonLat(sideM, sideM), plane.LonLat(0, sideM), plane.LonLat(0, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	s := stroll{ground: geo.NewGround(area, 12)}
	r := rand.New(rand.NewPCG(1, 2))
	for len(s.legs) < legs {
		x, y, heading := sideM*r.Float64(), sideM*r.Float64(), 2*math.Pi*r.Float64()
		for i := 0; i < 100 && len(s.legs) < legs; i++ {
			heading += r.Float64() - 0.5
			toX, toY := x+10*math.Cos(heading), y+10*math.Sin(heading)
			s.legs = append(s.legs, geo.Brush{From: plane.LonLat(x, y), At: plane.LonLat(toX, toY), Leg: true, RadiusM: 15, Stamp: geo.Stamp(len(s.legs) + 1)})
			s.x, s.y = append(s.x, x, toX), append(s.y, y, toY)
			x, y = toX, toY
		}
	}
	return s
}

// buffersSQL turns legs, $1 and $2 the metres of their ends in turn, into strips.
const buffersSQL = `
	SELECT n, ST_Buffer(ST_MakeLine(ST_Point(x[2*n-1], y[2*n-1]), ST_Point(x[2*n], y[2*n])), 15) AS strip
	  FROM (SELECT $1::float8[] AS x, $2::float8[] AS y) legs, generate_series(1, cardinality(x) / 2) n`

// BenchmarkPaintAgainstUnion paints one more leg onto cells of 1 m, and adds the same
// leg's strip to PostGIS's union of 5,000, in 16 km².
func BenchmarkPaintAgainstUnion(b *testing.B) {
	const legs = 5_000
	conn := postGIS(b)
	s := newStroll(b, legs+64, 4000)
	raster := geo.NewRaster(s.ground)
	for _, leg := range s.legs[:legs] {
		raster.Paint(leg, nil)
	}
	execute(b, conn, `CREATE TEMP TABLE strips AS `+buffersSQL, s.x, s.y)
	execute(b, conn, `CREATE TEMP TABLE seen AS SELECT ST_Union(strip) AS shape FROM strips WHERE n <= 5000`)
	const add = `SELECT ST_NPoints(ST_Union(shape, strip)) FROM seen, strips WHERE n = $1`
	const paints = 1000 // one alone is quicker than a clock reads
	var painting, adding time.Duration
	i := 0
	for b.Loop() {
		n := i % 64
		i++
		begin := time.Now()
		for range paints {
			raster.Paint(s.legs[legs+n], nil)
		}
		painting += time.Since(begin) / paints
		begin = time.Now()
		execute(b, conn, add, legs+n+1)
		adding += time.Since(begin)
	}
	b.ReportMetric(adding.Seconds()/painting.Seconds(), "union/paint")
	b.ReportMetric(float64(painting.Nanoseconds())/float64(b.N), "ns/paint")
}

// BenchmarkRebuildAgainstUnion paints 20,000 legs onto an empty raster with cells of 1 m,
// and has PostGIS unite their strips, in 4 km².
func BenchmarkRebuildAgainstUnion(b *testing.B) {
	conn := postGIS(b)
	s := newStroll(b, 20_000, 2000)
	execute(b, conn, `CREATE TEMP TABLE strips AS `+buffersSQL, s.x, s.y)
	var painting, uniting time.Duration
	for b.Loop() {
		begin := time.Now()
		raster := geo.NewRaster(s.ground)
		for _, leg := range s.legs {
			raster.Paint(leg, nil)
		}
		painting += time.Since(begin)
		begin = time.Now()
		execute(b, conn, `SELECT ST_Area(ST_Union(strip)) FROM strips`)
		uniting += time.Since(begin)
	}
	b.ReportMetric(uniting.Seconds()/painting.Seconds(), "union/rebuild")
	b.ReportMetric(float64(painting.Milliseconds())/float64(b.N), "ms/rebuild")
}

// postGIS returns a connection to a database of its own.
func postGIS(b *testing.B) *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), storetest.URL(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(b.Context()) })
	execute(b, conn, `CREATE EXTENSION IF NOT EXISTS postgis`)
	return conn
}

func execute(b *testing.B, conn *pgx.Conn, sql string, args ...any) {
	b.Helper()
	if _, err := conn.Exec(b.Context(), sql, args...); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFootprintsAgainstUnion paints 100,000 footprints onto an empty raster with cells
// of 2 m and traces what they leave, and has PostGIS unite them and take them away, in
// 4 km².
func BenchmarkFootprintsAgainstUnion(b *testing.B) {
	const images, sideM = 100_000, 2000
	conn := postGIS(b)
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0)
	area, err := geo.ParseArea(orb.Polygon{{plane.LonLat(0, 0), plane.LonLat(sideM, 0), plane.LonLat(sideM, sideM), plane.LonLat(0, sideM), plane.LonLat(0, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	camera, _ := geo.CameraOf("M3E")
	r := rand.New(rand.NewPCG(1, 2))
	patches, shapes := make([]geo.Patch, images), make([]string, images)
	for i := range patches {
		at, look := plane.LonLat(sideM*r.Float64(), 0.9*sideM*r.Float64()), geo.Attitude{Yaw: 2 * math.Pi * r.Float64(), Pitch: -80 * math.Pi / 180}
		patches[i] = geo.Patch{Ring: geo.Footprint(at, 100, look, camera), Stamp: geo.Stamp(images - i)} // the newest first
		flat := make(orb.Ring, len(patches[i].Ring))
		for j, p := range patches[i].Ring {
			flat[j][0], flat[j][1] = plane.XY(p)
		}
		shapes[i] = wkt.MarshalString(orb.Polygon{flat})
	}
	execute(b, conn, `CREATE TEMP TABLE footprints AS SELECT ST_GeomFromText(unnest($1::text[])) AS shape`, shapes)
	ground := geo.NewGround(area, 24)
	var painting, uniting time.Duration
	for b.Loop() {
		begin := time.Now()
		raster := geo.NewRaster(ground)
		for _, p := range patches {
			raster.Paint(p, nil)
		}
		parts, _ := raster.Parts(0, 1)
		for _, part := range parts {
			ground.Outline(part)
		}
		painting += time.Since(begin)
		begin = time.Now()
		execute(b, conn, `SELECT ST_Area(ST_Difference(ST_MakeEnvelope(0, 0, 2000, 2000), ST_Union(shape))) FROM footprints`)
		uniting += time.Since(begin)
	}
	b.ReportMetric(uniting.Seconds()/painting.Seconds(), "union/paint")
	b.ReportMetric(float64(painting.Milliseconds())/float64(b.N), "ms/paint")
}
