package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// readShape is what a file gave: its features, and for each what is wrong with it alone.
type readShape struct {
	given patrol.Given
	flaw  *patrol.Invalid
}

func shapesOf(file []byte) (shapes []readShape, err error) {
	err = ReadShapes(bytes.NewReader(file), int64(len(file)), func(given patrol.Given, flaw *patrol.Invalid) error {
		shapes = append(shapes, readShape{given, flaw})
		return nil
	})
	return shapes, err
}

// archive zips texts by name.
func archive(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const kmlSquare = `<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0,5 4,0,5 4,4,5
	0,4,5 0,0,5</coordinates></LinearRing></outerBoundaryIs></Polygon>`

func TestReadShapes(t *testing.T) {
	square := orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}}
	for _, c := range []struct {
		name, file string
		want       orb.Geometry
		properties string
	}{
		{"a collection of GeoJSON", `{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"名":"甲"}}],"type":"FeatureCollection"}`, orb.Point{1, 2}, `{"名":"甲"}`},
		{"a feature of GeoJSON after a mark", "\xef\xbb\xbf" + `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]},"properties":null}`, orb.Point{1, 2}, ``},
		{"a geometry of GeoJSON", ` {"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}`, square, ``},
		{"KML", `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>D</name><Folder><Placemark id="p"><name> 甲 </name>
			<ExtendedData><Data name="level"><value>sealed</value></Data><SchemaData><SimpleData name="n">1</SimpleData></SchemaData></ExtendedData>` + kmlSquare + `</Placemark></Folder></Document></kml>`, square, `{"level":"sealed","n":"1","name":"甲"}`},
		{"KML of several parts", `<kml><Placemark><MultiGeometry>` + kmlSquare + kmlSquare + `</MultiGeometry></Placemark></kml>`, orb.MultiPolygon{square, square}, `{}`},
		{"KML in GBK", "<?xml version=\"1.0\" encoding=\"GBK\"?><kml><Placemark><name>\xbc\xd7</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>", orb.Point{1, 2}, `{"name":"甲"}`},
		{"CSV with two columns", "name,Lon,Lat\n甲,1,2\n", orb.Point{1, 2}, `{"name":"甲"}`},
		{"CSV with Chinese headers in GBK", "\xc3\xfb\xb3\xc6;\xbe\xad\xb6\xc8;\xce\xb3\xb6\xc8\n\xbc\xd7;1;2\n", orb.Point{1, 2}, `{"名称":"甲"}`},
		{"CSV with well-known text", "name\twkt\n甲\tPOLYGON Z ((0 0 9, 4 0 9,4 4 9 , 0 4 9,0 0 9))\n", square, `{"name":"甲"}`},
		{"CSV with text of several parts", "wkt\n\"SRID=4326;MultiPolygon(((0 0,4 0,4 4,0 4,0 0)),((0 0,4 0,4 4,0 4,0 0)))\"\n", orb.MultiPolygon{square, square}, `{}`},
		{"CSV with lines", "wkt\n\"MULTILINESTRING((0 0,4 0),(1 1,2 2))\"\n", orb.MultiLineString{{{0, 0}, {4, 0}}, {{1, 1}, {2, 2}}}, `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			shapes, err := shapesOf([]byte(c.file))
			if err != nil || len(shapes) != 1 {
				t.Fatalf("read %d features, %v", len(shapes), err)
			}
			got := shapes[0]
			if got.flaw != nil || !orb.Equal(got.given.Geometry, c.want) || string(got.given.Properties) != c.properties {
				t.Errorf("read %v, %s, %v", got.given.Geometry, got.given.Properties, got.flaw)
			}
		})
	}
}

func TestReadShapesFindsTheFlawed(t *testing.T) {
	feature := `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}`
	for _, c := range []struct{ name, file, want string }{
		{"GeoJSON beyond numbers", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1e400,2]}},` + feature + `]}`, "finite"},
		{"GeoJSON nested deep", `{"type":"FeatureCollection","features":[{"a":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `},` + feature + `]}`, "deeper"},
		{"GeoJSON of a million vertices", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[` + strings.Repeat("[1,2],", 1_000_000) + `[3,4]]}},` + feature + `]}`, "10000"},
		{"GeoJSON that is null", `{"type":"FeatureCollection","features":[null,` + feature + `]}`, "object"},
		{"KML with a word for a number", `<kml><Placemark><Point><coordinates>NaNa,2</coordinates></Point></Placemark><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>`, "finite"},
		{"KML of a million vertices", `<kml><Placemark><LineString><coordinates>` + strings.Repeat("1,2 ", 1_000_000) + `</coordinates></LineString></Placemark><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>`, "10000"},
		{"KML of two sorts", `<kml><Placemark><MultiGeometry>` + kmlSquare + `<Point><coordinates>1,2</coordinates></Point></MultiGeometry></Placemark><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>`, "together"},
		{"CSV without a number", "lon,lat\nx,2\n1,2\n", "finite"},
		{"CSV with half a text", "wkt\n\"POLYGON((0 0,1 1\"\nPOINT(1 2)\n", "well-known text"},
		{"CSV on another system", "wkt\nSRID=3857;POINT(1 2)\nPOINT(1 2)\n", "SRID"},
		{"CSV of a million vertices", "wkt\n\"LINESTRING(" + strings.Repeat("1 2,", 1_000_000) + "1 2)\"\nPOINT(1 2)\n", "10000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shapes, err := shapesOf([]byte(c.file))
			if err != nil || len(shapes) != 2 {
				t.Fatalf("read %d features, %v", len(shapes), err)
			}
			if shapes[0].flaw == nil || !strings.Contains(shapes[0].flaw.Error(), c.want) {
				t.Errorf("the first is refused for %v", shapes[0].flaw)
			}
			if !orb.Equal(shapes[1].given.Geometry, orb.Point{1, 2}) && c.name[:7] != "GeoJSON" || shapes[1].flaw != nil {
				t.Errorf("the second is %v, refused for %v", shapes[1].given.Geometry, shapes[1].flaw)
			}
		})
	}
}

func TestReadShapesRefusesFiles(t *testing.T) {
	kml := `<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>`
	many := map[string]string{}
	for i := range maxArchived + 1 {
		many[strings.Repeat("a", i%50)+string(rune('a'+i%26))+strings.Repeat("b", i/26)] = ""
	}
	bomb := archive(t, map[string]string{"doc.kml": `<kml><Placemark><name>` + strings.Repeat(" ", MaxFileBytes) + `</name></Placemark></kml>`})
	lies := bytes.Clone(archive(t, map[string]string{"doc.kml": kml}))
	if i := bytes.Index(lies, []byte("PK\x01\x02")); i >= 0 {
		copy(lies[i+42:], "\xff\xff\xff\x7f") // where the entry lies
	}
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"nothing", "empty", nil},
		{"white space", "empty", []byte("  \n")},
		{"null", "not a GeoJSON object", []byte("null")},
		{"a list", "not a GeoJSON object", []byte("[1]")},
		{"no type", "type", []byte(`{"features":[]}`)},
		{"another type", "FeatureCollection", []byte(`{"type":"featurecollection","features":[]}`)},
		{"no features", "features", []byte(`{"type":"FeatureCollection"}`)},
		{"features twice", "twice", []byte(`{"type":"FeatureCollection","features":[],"features":[]}`)},
		{"half of it", "byte", []byte(`{"type":"FeatureCollection","features":[`)},
		{"more after it", "goes on", []byte(`{"type":"FeatureCollection","features":[]} {}`)},
		{"another system, said after the features", "EPSG:32649", []byte(`{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"EPSG:32649"}}}`)},
		{"a nest of arrays", "JSON", []byte(`{"a":` + strings.Repeat("[", 20_000))},
		{"one feature of more than it may be", "larger than 8 MiB", []byte(`{"type":"FeatureCollection","features":[{"a":"` + strings.Repeat("a", 9<<20) + `"}]}`)},
		{"a web page", "root is <html>", []byte(`<html><body/></html>`)},
		{"half of KML", "XML", []byte(kml[:40])},
		{"KML with entities of its own", "XML", []byte(`<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>`)},
		{"KML nested deep", "deeper", []byte(strings.Repeat("<kml>", 10_000))},
		{"an archive of something else", "neither", archive(t, map[string]string{"../../etc/passwd": "root", "a.zip": "PK"})},
		{"an archive in an archive", "neither", archive(t, map[string]string{"a.kmz": string(archive(t, map[string]string{"doc.kml": kml}))})},
		{"an archive of too many files", "more than 1000 files", archive(t, many)},
		{"an archive that swells", "larger than", bomb},
		{"an archive whose directory lies", "unpacked", lies},
		{"half an archive", "ZIP", archive(t, map[string]string{"doc.kml": kml})[:60]},
		{"two Shapefiles", "2 Shapefiles", archive(t, map[string]string{"a.shp": "", "b.shp": ""})},
		{"a Shapefile of letters", "begin like", archive(t, map[string]string{"a.shp": strings.Repeat("a", 200)})},
		{"a projected Shapefile", "not longitude and latitude", archive(t, map[string]string{"a.shp": "", "a.prj": `PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]]`})},
		{"a Shapefile on Beijing 1954", "Beijing", archive(t, map[string]string{"a.shp": "", "A.PRJ": `GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954"]]`})},
		{"a table without places", "columns for a place", []byte("name,kind\na,b\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := shapesOf(c.file)
			if invalid := (*patrol.Invalid)(nil); !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a refusal that says %q", err, c.want)
			}
		})
	}
}

// What GDAL writes of the districts of Zhengzhou, in every format, says the same as the
// file that it read.
func TestReadShapesOfGDAL(t *testing.T) {
	source := filepath.Join(testData(t), "boundaries/zhengzhou_410100_gcj02.json")
	file, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	want, err := shapesOf(file)
	if err != nil || len(want) != 12 {
		t.Fatalf("read %d districts, %v", len(want), err)
	}
	for _, c := range []struct {
		name, out string
		args      []string
	}{
		{"KML", "out.kml", nil},
		{"KMZ", "out.kmz", []string{"-f", "LIBKML"}},
		{"CSV", "out.csv", []string{"-lco", "GEOMETRY=AS_WKT"}},
		{"a Shapefile", "out.shz", []string{"-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8"}},
		{"a Shapefile in GBK", "gbk.shz", []string{"-f", "ESRI Shapefile", "-lco", "ENCODING=GBK"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), c.out)
			args := append(c.args, "-select", "name,adcode", "-lco", "COORDINATE_PRECISION=15", out, source)
			if said, err := exec.CommandContext(t.Context(), "ogr2ogr", args...).CombinedOutput(); err != nil {
				t.Fatalf("ogr2ogr: %v\n%s", err, said)
			}
			file, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			got, err := shapesOf(file)
			if err != nil || len(got) != len(want) {
				t.Fatalf("read %d districts, %v", len(got), err)
			}
			for i := range want {
				if got[i].flaw != nil || !sameArea(got[i].given.Geometry, want[i].given.Geometry) {
					t.Errorf("district %d is another, refused for %v", i, got[i].flaw)
				}
				if name := nameOf(want[i]); name == "" || nameOf(got[i]) != name {
					t.Errorf("district %d is named %q, want %q", i, nameOf(got[i]), name)
				}
			}
		})
	}
}

func nameOf(s readShape) string {
	var p struct{ Name string }
	_ = json.Unmarshal(s.given.Properties, &p) // none when it cannot be read
	return p.Name
}

// sameArea reports whether both are valid and enclose the same, to what files round.
func sameArea(a, b orb.Geometry) bool {
	x, errX := geo.ParseArea(a)
	y, errY := geo.ParseArea(b)
	if errX != nil || errY != nil {
		return false
	}
	near := func(p, q orb.Point) bool { return math.Hypot(p[0]-q[0], p[1]-q[1]) < 1e-8 }
	return near(x.Bound().Min, y.Bound().Min) && near(x.Bound().Max, y.Bound().Max) &&
		math.Abs(geo.AreaM2(x)-geo.AreaM2(y)) < 1e-7*geo.AreaM2(x)
}

// FuzzReadShapes: whatever the file, it is read or refused, with nothing gathered.
func FuzzReadShapes(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{}}]}`))
	f.Add([]byte(`<kml><Placemark><name>a</name>` + kmlSquare + `</Placemark></kml>`))
	f.Add([]byte("name,wkt\na,\"POLYGON((0 0,1 0,1 1,0 0))\"\n"))
	f.Add([]byte("lon;lat\n1;2\n"))
	f.Add(archive(f, map[string]string{"doc.kml": `<kml><Placemark/></kml>`}))
	f.Add(archive(f, map[string]string{"a.shp": "\x00\x00\x27\x0a" + strings.Repeat("\x00", 96) + "\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x00", "a.dbf": strings.Repeat("\x21", 99)}))
	f.Fuzz(func(t *testing.T, file []byte) {
		err := ReadShapes(bytes.NewReader(file), int64(len(file)), func(patrol.Given, *patrol.Invalid) error { return nil })
		if invalid := (*patrol.Invalid)(nil); err != nil && !errors.As(err, &invalid) {
			t.Fatalf("refused with %v, want a *patrol.Invalid", err)
		}
	})
}

func FuzzParseShape(f *testing.F) {
	f.Add([]byte("\x05\x00\x00\x00" + strings.Repeat("\x00", 60)))
	f.Add([]byte("\x01\x00\x00\x00" + strings.Repeat("\x00", 16)))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) >= 4 {
			_, _ = parseShape(content)
		}
	})
}
