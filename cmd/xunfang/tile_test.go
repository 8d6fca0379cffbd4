package main

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// tileWith is the tile in which a place lies.
func tileWith(at orb.Point, zoom int) geo.Tile {
	n := math.Exp2(float64(zoom))
	y := (1 - math.Asinh(math.Tan(at[1]*math.Pi/180))/math.Pi) / 2
	return geo.Tile{Z: zoom, X: int((at[0] + 180) / 360 * n), Y: int(y * n)}
}

// tileAt is the path of the tile of a collection in which a place lies.
func tileAt(collection string, zoom int, at orb.Point) string {
	t := tileWith(at, zoom)
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", collection, t.Z, t.X, t.Y)
}

// gdalReads returns what GDAL finds in a tile, as its ogrinfo says it.
func gdalReads(t *testing.T, path string, mvt []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tile.mvt")
	if err := os.WriteFile(file, mvt, 0o600); err != nil {
		t.Fatal(err)
	}
	var z, x, y int
	if _, err := fmt.Sscanf(path[strings.Index(path[7:], "/")+8:], "%d/%d/%d.mvt", &z, &x, &y); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-al", file, "-oo", fmt.Sprint("Z=", z), "-oo", fmt.Sprint("X=", x), "-oo", fmt.Sprint("Y=", y)).CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("GDAL cannot read %s: %v\n%s", path, err, out)
	}
	return string(out)
}

// A tile shows what lies in it, where it lies, and its name once.
func TestTilesShowAreas(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	id, _ := admin.create("areas", ring(`[113.60,34.70],[113.70,34.70],[113.70,34.80],[113.60,34.80],[113.60,34.70]`), `{"name":"金水区","kind":"district"}`)
	admin.create("areas", ring(`[113.60,34.70],[113.6001,34.70],[113.6001,34.7001],[113.60,34.7001],[113.60,34.70]`), `{"name":"1号楼","kind":"building"}`)
	names := 0
	for _, at := range []orb.Point{{113.61, 34.71}, {113.69, 34.71}, {113.61, 34.79}, {113.69, 34.79}, {113.65, 34.75}} {
		path := tileAt("areas", 13, at)
		got := admin.get(path)
		got.want(t, http.StatusOK)
		if kind := got.header.Get("Content-Type"); kind != "application/vnd.mapbox-vector-tile" {
			t.Errorf("a tile of type %q", kind)
		}
		said := gdalReads(t, path, got.body)
		if !strings.Contains(said, id) || !strings.Contains(said, "name (String) = 金水区") || !strings.Contains(said, "kind (String) = district") {
			t.Errorf("%s shows\n%s", path, said)
		}
		if at != (orb.Point{113.65, 34.75}) {
			names += strings.Count(said, "POINT (")
		}
	}
	if middle := gdalReads(t, tileAt("areas", 13, orb.Point{113.65, 34.75}), admin.get(tileAt("areas", 13, orb.Point{113.65, 34.75})).body); names+strings.Count(middle, "POINT (") < 1 {
		t.Error("no tile shows its name")
	}
	whole := tileAt("areas", 10, orb.Point{113.65, 34.75})
	said := gdalReads(t, whole, admin.get(whole).body)
	if strings.Count(said, "POINT (") != 1 || strings.Contains(said, "1号楼") {
		t.Errorf("from afar the tile shows\n%s", said)
	}
	var w, s, e, n float64
	extent := said[strings.Index(said, "Layer name: areas\n"):]
	if _, err := fmt.Sscanf(extent[strings.Index(extent, "Extent: "):], "Extent: (%f, %f) - (%f, %f)", &w, &s, &e, &n); err != nil {
		t.Fatal(err)
	}
	const radius = 6378137
	for _, c := range []struct{ got, deg float64 }{{w, 113.60}, {e, 113.70}} {
		if want := c.deg * math.Pi / 180 * radius; math.Abs(c.got-want) > 20 { // half a unit of 10 m and half a pixel
			t.Errorf("an edge at %g m, want %g", c.got, want)
		}
	}
}

// A tile is good until its collection changes, and says so.
func TestTilesAreCachedUntilSomethingChanges(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	path := tileAt("areas", 14, orb.Point{113.601, 34.701})
	empty := admin.get(path)
	empty.want(t, http.StatusOK)
	if len(empty.body) != 0 {
		t.Errorf("an empty tile of %d bytes", len(empty.body))
	}
	id, _ := admin.create("areas", kilometre, `{"name":"甲","kind":"grid"}`)
	first := admin.get(path)
	again := func(tag string) answer {
		r, err := http.NewRequest(http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("If-None-Match", tag)
		admin.sign(r)
		return admin.send(r)
	}
	tag := first.header.Get("ETag")
	if tag == empty.header.Get("ETag") || !strings.HasPrefix(first.header.Get("Cache-Control"), "private") {
		t.Errorf("headers %v", first.header)
	}
	again(tag).want(t, http.StatusNotModified)
	admin.create("checkpoints", `{"type":"Point","coordinates":[113.601,34.701]}`, `{"name":"门","radius_m":20}`)
	again(tag).want(t, http.StatusNotModified)
	admin.ask(http.MethodPatch, "/ogc/collections/areas/items/"+id, "application/merge-patch+json", `{"properties":{"name":"乙"}}`).want(t, http.StatusOK)
	changed := again(tag)
	changed.want(t, http.StatusOK)
	if !strings.Contains(string(changed.body), "乙") || strings.Contains(string(changed.body), "甲") {
		t.Error("the tile shows what was")
	}
	admin.importFile("kind=areas&datum=wgs84", collection(squareAt("丙", 113.601, 34.701, "")))
	if got := admin.get(path); !strings.Contains(string(got.body), "丙") {
		t.Error("the tile does not show what was imported")
	}
}

// Zones are shown while they are in force, or as of a time; drafts are not.
func TestTilesShowZonesInForce(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	path := tileAt("zones", 14, orb.Point{113.601, 34.701})
	from := time.Now().Add(-time.Hour).UTC()
	admin.create("zones", kilometre, `{"name":"草","level":"sealed"}`)
	id, _ := admin.create("zones", kilometre, `{"name":"封","level":"sealed","order_no":"1","valid_from":"`+from.Format(time.RFC3339)+`","review_at":"2099-01-01T00:00:00Z"}`)
	shows := func(query string) string { return string(admin.get(path + query).body) }
	if now := shows(""); !strings.Contains(now, "封") || strings.Contains(now, "草") {
		t.Error("now the tile shows others than what is in force")
	}
	if before := shows("?datetime=" + from.Add(-time.Minute).Format(time.RFC3339)); strings.Contains(before, "封") {
		t.Error("the tile shows a zone before it began")
	}
	admin.ask(http.MethodDelete, "/ogc/collections/zones/items/"+id, "", "").want(t, http.StatusOK)
	if now := shows(""); strings.Contains(now, "封") {
		t.Error("the tile shows a zone that was lifted")
	}
	if then := shows("?datetime=" + from.Add(time.Minute).Format(time.RFC3339)); !strings.Contains(then, "封") {
		t.Error("as of then the tile shows nothing")
	}
}

func TestTilesRefuseRequests(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	for _, path := range []string{"/tiles/trackers/0/0/0.mvt", "/tiles/areas/0/0/0", "/tiles/areas/23/0/0.mvt", "/tiles/areas/1/2/0.mvt", "/tiles/areas/1/0/-1.mvt", "/tiles/areas/1/0/0x0.mvt", "/tiles/areas/1/0/99999999999999999999.mvt"} {
		admin.get(path).wantProblem(t, http.StatusNotFound)
	}
	admin.get("/tiles/areas/0/0/0.mvt?datetime=2026-01-01T00:00:00Z").wantProblem(t, http.StatusBadRequest)
	admin.get("/tiles/zones/0/0/0.mvt?datetime=now").wantProblem(t, http.StatusBadRequest)
	s.nobody(t).get("/tiles/areas/0/0/0.mvt").wantProblem(t, http.StatusUnauthorized)
}

// Shapes that are valid and ugly: combs, poles, both sides of 180°.
func TestTilesOfUglyShapes(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	var comb []string
	for i := range 2_000 {
		x := 113.6 + float64(i)*2e-5
		comb = append(comb, fmt.Sprintf("[%.6f,34.7],[%.6f,34.8],[%.6f,34.8],[%.6f,34.7]", x, x, x+1e-5, x+1e-5))
	}
	comb = append(comb, "[113.7,34.7],[113.7,34.6],[113.6,34.6],[113.6,34.7]")
	admin.create("areas", ring(strings.Join(comb, ",")), `{"name":"梳","kind":"grid"}`)
	admin.create("areas", ring(`[0,80],[90,80],[90,90],[0,90],[0,80]`), `{"name":"极","kind":"grid"}`)
	admin.create("areas", ring(`[0,-90],[90,-90],[90,-89],[0,-89],[0,-90]`), `{"name":"南","kind":"grid"}`)
	admin.create("areas", `{"type":"MultiPolygon","coordinates":[[[[179.9,10],[180,10],[180,10.1],[179.9,10.1],[179.9,10]]],[[[-180,10],[-179.9,10],[-179.9,10.1],[-180,10.1],[-180,10]]]]}`, `{"name":"界","kind":"grid"}`)
	for zoom := range 19 {
		for _, at := range []orb.Point{{113.62, 34.75}, {45, 85}, {45, -85}, {180 - 1e-9, 10.05}, {-180, 10.05}} {
			admin.get(tileAt("areas", zoom, at)).want(t, http.StatusOK)
		}
	}
	near := gdalReads(t, tileAt("areas", 9, orb.Point{179.95, 10.05}), admin.get(tileAt("areas", 9, orb.Point{179.95, 10.05})).body)
	far := gdalReads(t, tileAt("areas", 9, orb.Point{-179.95, 10.05}), admin.get(tileAt("areas", 9, orb.Point{-179.95, 10.05})).body)
	if !strings.Contains(near, "界") || !strings.Contains(far, "界") {
		t.Error("an area on both sides of 180° is not on both")
	}
}
