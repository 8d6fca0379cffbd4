package main

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// star writes a star polygon whose every edge crosses most others.
func star(n int) string {
	var vertices []string
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i*(n/2)) / float64(n))
		vertices = append(vertices, fmt.Sprintf("[%.9f,%.9f]", 113.6+cos/100, 34.7+sin/100))
	}
	return ring(strings.Join(append(vertices, vertices[0]), ","))
}

// comb writes a comb of n teeth, standing, or lying on its side: two of them cross n² times.
func comb(n int, lying bool) string {
	var vertices []string
	put := func(x, y float64) {
		if lying {
			x, y = y, x
		}
		vertices = append(vertices, fmt.Sprintf("[%.9f,%.9f]", 113.6+x, 34.7+y))
	}
	for i := range n {
		x := float64(i) / float64(n) * .1
		w := .4 / float64(n) * .1
		put(x, 0)
		put(x, .1)
		put(x+w, .1)
		put(x+w, 0)
	}
	put(.1, 0)
	put(.1, -.01)
	put(0, -.01)
	put(0, 0)
	return ring(strings.Join(vertices, ","))
}

// A crash of any of PostgreSQL's processes cuts every connection: one that stands through
// all that can be sent says that there was none.
func TestNoInputBringsPostgreSQLDown(t *testing.T) {
	url := storetest.URL(t)
	ctx := t.Context()
	witness, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer witness.Close(ctx)
	started := func() (at string) {
		t.Helper()
		if err := witness.QueryRow(ctx, `SELECT pg_postmaster_start_time()::text || ' ' || pg_conf_load_time()::text`).Scan(&at); err != nil {
			t.Fatalf("PostgreSQL went down: %v", err)
		}
		return at
	}
	before := started()
	s := startConsole(t, func(c *Config) { c.DatabaseURL = url })
	admin := s.admin(t)
	feature := func(geometry string) string {
		return `{"type":"Feature","properties":{"name":"a","kind":"grid","level":"sealed"},"geometry":` + geometry + `}`
	}
	shapes := map[string]string{
		"a star of 1,501 points": star(1501), "a star of 9,999 points": star(9999),
		"a comb": comb(2400, false), "a comb across it": comb(2400, true),
		"two combs across each other": `{"type":"MultiPolygon","coordinates":[` + strings.TrimSuffix(strings.TrimPrefix(comb(1000, false), `{"type":"Polygon","coordinates":`), "}") + `,` + strings.TrimSuffix(strings.TrimPrefix(comb(1000, true), `{"type":"Polygon","coordinates":`), "}") + `]}`,
		"a million vertices":          circle(1_000_000), "nesting": `{"type":"Polygon","coordinates":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
		"not a number": ring(`[NaN,0],[1,0],[1,1],[NaN,0]`), "beyond numbers": ring(`[1e400,0],[1,0],[1,1],[1e400,0]`),
		"a longitude of 500": ring(`[500,0],[501,0],[501,1],[500,0]`), "latitude first": ring(`[34,113],[35,113],[35,114],[34,113]`),
		"the whole world": ring(`[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]`), "half of it": ring(`[0,-90],[180,-90],[180,90],[0,90],[0,-90]`),
		"a cap at the pole": ring(`[0,89],[90,89],[90,90],[0,90],[0,89]`), "a sliver": ring(`[0,0],[180,0],[180,1e-15],[0,0]`),
		"a hair along 180": ring(`[180,0],[180,1],[179.9999999,1],[180,0]`), "nothing": `null`, "empty": `{"type":"Polygon","coordinates":[]}`,
		"points of one place": ring(`[1,1],[1,1],[1,1],[1,1]`), "a spike": ring(`[0,0],[4,0],[4,4],[6,4],[4,4],[0,4],[0,0]`),
	}
	for name, geometry := range shapes {
		for _, datum := range []geo.Datum{geo.WGS84, geo.BD09} {
			admin.importFile("kind=areas&parent=around&datum="+string(datum), collection(feature(geometry)))
		}
		admin.importFile("kind=zones&datum=wgs84", collection(feature(geometry)))
		if len(geometry) > 7<<20 {
			continue // more than a body may be
		}
		posted := admin.post("/ogc/collections/zones/items", `{"type":"Feature","properties":{"name":"a","level":"sealed"},"geometry":`+geometry+`}`)
		if posted.status != http.StatusCreated && posted.status != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered %d: %.200s", name, posted.status, posted.body)
		}
		_ = started()
	}
	for _, pattern := range []string{"vectors/geojson/*/*", "vectors/*", "boundaries/*", "geolife-beijing/*.geojson", "plans/*", "sealed-zones-shanghai2022/*", "dji-srt/*", "gpx/*"} {
		names, err := filepath.Glob(filepath.Join(testData(t), pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			file, err := os.ReadFile(name)
			if err != nil {
				continue // a folder
			}
			admin.importFile("kind=areas&parent=around&datum=gcj02", file)
		}
	}
	for _, c := range patrol.Tiled {
		for zoom := 0; zoom <= geo.MaxTileZ; zoom += 2 {
			for _, at := range []orb.Point{{113.65, 34.75}, {0, 0}, {179.9999999, 0.5}, {45, 85}, {90, -85}} {
				admin.get(tileAt(c, zoom, at)).want(t, http.StatusOK)
			}
		}
		for _, ending := range []string{"geojson", "kml", "gpx", "csv"} {
			admin.get("/api/export/"+c+"."+ending).want(t, http.StatusOK)
		}
		for _, bbox := range []string{"-180,-90,180,90", "0,0,0,0", "113.6,34.7,113.6,34.8", "180,90,180,90", "1e-300,0,1e-299,1"} {
			admin.get("/ogc/collections/"+c+"/items?limit=1&bbox="+bbox).want(t, http.StatusOK)
		}
	}
	// Somebody's part of the deployment is a comb, and across it lies a comb.
	area, _ := admin.create("areas", comb(2400, false), `{"name":"梳","kind":"district"}`)
	planner := s.person(t, "王芳", patrol.Grant{Role: patrol.Planner, Area: uuid.MustParse(area)})
	planner.post("/ogc/collections/zones/items", `{"type":"Feature","properties":{"name":"a","level":"sealed"},"geometry":`+comb(2400, true)+`}`).want(t, http.StatusUnprocessableEntity)
	planner.get("/ogc/collections/zones/items").want(t, http.StatusOK)
	if after := started(); after != before {
		t.Errorf("PostgreSQL was started %s, and again %s", before, after)
	}
}
