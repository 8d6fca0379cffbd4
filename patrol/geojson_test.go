package patrol

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func TestParseFeatureJSONReadsGeometries(t *testing.T) {
	for _, c := range []struct {
		name, geometry string
		want           orb.Geometry
	}{
		{"null", `null`, nil},
		{"a point", `{"type":"Point","coordinates":[113.5,34.25]}`, orb.Point{113.5, 34.25}},
		{"a point with a height, which is left out", `{"type":"Point","coordinates":[1,2,3]}`, orb.Point{1, 2}},
		{"a line", `{"type":"LineString","coordinates":[[1,2],[3,4]]}`, orb.LineString{{1, 2}, {3, 4}}},
		{"lines", `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`, orb.MultiLineString{{{1, 2}, {3, 4}}}},
		{"a polygon", `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`, orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		{"polygons", `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}`, orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseFeatureJSON([]byte(`{"type":"Feature","geometry":` + c.geometry + `,"properties":{"name":"x"}}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.Geometry); diff != "" {
				t.Errorf("geometry (-want +got):\n%s", diff)
			}
			if string(got.Properties) != `{"name":"x"}` {
				t.Errorf("properties %s", got.Properties)
			}
		})
	}
}

func TestParseFeatureJSONRefuses(t *testing.T) {
	point := func(coordinates string) string {
		return `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":` + coordinates + `}}`
	}
	for _, c := range []struct{ name, body string }{
		{"nothing", ``},
		{"no JSON", `{"type":`},
		{"two features", point(`[1,2]`) + point(`[1,2]`)},
		{"an array", `[]`},
		{"a bare geometry", `{"type":"Point","coordinates":[1,2]}`},
		{"a collection", `{"type":"FeatureCollection","features":[]}`},
		{"a member twice", `{"type":"Feature","type":"Feature","geometry":null,"properties":{}}`},
		{"another datum", `{"type":"Feature","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"geometry":null,"properties":{}}`},
		{"a coordinate beyond numbers", point(`[1e400,2]`)},
		{"a coordinate that is a text", point(`["1",2]`)},
		{"a coordinate that is null", point(`[null,2]`)},
		{"one coordinate", point(`[1]`)},
		{"four coordinates", point(`[1,2,3,4]`)},
		{"a box of texts", `{"type":"Feature","bbox":[1,2,3,"4"],"geometry":null,"properties":{}}`},
		{"a geometry with properties", `{"type":"Feature","properties":{},"geometry":{"type":"Point","properties":{},"coordinates":[1,2]}}`},
		{"an id that is an object", `{"type":"Feature","id":{},"properties":{},"geometry":null}`},
		{"positions with and without a height", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4,5]]}}`},
		{"a point like a line", point(`[[1,2],[3,4]]`)},
		{"a geometry that no collection holds", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}}`},
		{"more vertices than there may be", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[` + strings.Repeat("[1,2],", 20_000) + `[3,4]]}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseFeatureJSON([]byte(c.body))
			if invalid := (*Invalid)(nil); !errors.As(err, &invalid) {
				t.Errorf("got %v, want a *Invalid", err)
			}
		})
	}
}

// FuzzParseFeatureJSON: whatever is sent, it is refused with a *Invalid, or it is
// a geometry that says the same again when it is written and read once more.
func FuzzParseFeatureJSON(f *testing.F) {
	f.Add([]byte(`{"type":"Feature","geometry":null,"properties":null}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"name":"x"}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[0,1e400],null]]}}`))
	for _, body := range foreignGeoJSON(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		given, err := ParseFeatureJSON(body)
		if err != nil {
			if invalid := (*Invalid)(nil); !errors.As(err, &invalid) {
				t.Fatalf("refused with %v, want a *Invalid", err)
			}
			return
		}
		g := given.Geometry
		if g == nil {
			return
		}
		coordinates, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseFeatureJSON(fmt.Appendf(nil, `{"type":"Feature","geometry":{"type":%q,"coordinates":%s}}`, g.GeoJSONType(), coordinates))
		if err != nil || !orb.Equal(g, again.Geometry) {
			t.Fatalf("read %v, wrote %s, read %v, %v", g, coordinates, again.Geometry, err)
		}
	})
}

// foreignGeoJSON returns real files that others hold to be good or bad GeoJSON, when
// the test data is at hand; fuzzing goes on without.
func foreignGeoJSON(f *testing.F) (bodies [][]byte) {
	root := os.Getenv("XUNFANG_TESTDATA")
	if root == "" {
		root = "../../shared/data"
	}
	names, err := filepath.Glob(filepath.Join(root, "vectors/geojson/*/*.geojson"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}
