package api

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

	"xunfang/patrol"
)

func TestParseFeatureReadsGeometries(t *testing.T) {
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
			got, properties, err := parseFeature([]byte(`{"type":"Feature","geometry":` + c.geometry + `,"properties":{"name":"x"}}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("geometry (-want +got):\n%s", diff)
			}
			if string(properties) != `{"name":"x"}` {
				t.Errorf("properties %s", properties)
			}
		})
	}
}

func TestParseFeatureRefuses(t *testing.T) {
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
		{"a point like a line", point(`[[1,2],[3,4]]`)},
		{"a geometry that no collection holds", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}}`},
		{"more vertices than there may be", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[` + strings.Repeat("[1,2],", 20_000) + `[3,4]]}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := parseFeature([]byte(c.body))
			if invalid := (*patrol.Invalid)(nil); !errors.As(err, &invalid) {
				t.Errorf("got %v, want a *patrol.Invalid", err)
			}
		})
	}
}

func TestCheckTextBoundsNesting(t *testing.T) {
	nested := func(depth int) []byte {
		return []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
	}
	if err := checkText(nested(maxDepth)); err != nil {
		t.Errorf("depth %d: %v", maxDepth, err)
	}
	if err := checkText(nested(maxDepth + 1)); err == nil {
		t.Errorf("depth %d passed", maxDepth+1)
	}
	if err := checkText([]byte(`{"name":"` + strings.Repeat(`[\"{`, 100) + `"}`)); err != nil {
		t.Errorf("brackets within a text: %v", err)
	}
	if err := checkText([]byte("\"\xff\"")); err == nil {
		t.Error("a body that is not UTF-8 passed")
	}
}

// FuzzParseFeature: whatever is sent, it is refused with a *patrol.Invalid, or it is
// a geometry that says the same again when it is written and read once more.
func FuzzParseFeature(f *testing.F) {
	f.Add([]byte(`{"type":"Feature","geometry":null,"properties":null}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"name":"x"}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[0,1e400],null]]}}`))
	for _, body := range foreignGeoJSON(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if checkText(body) != nil {
			return
		}
		g, _, err := parseFeature(body)
		if err != nil {
			if invalid := (*patrol.Invalid)(nil); !errors.As(err, &invalid) {
				t.Fatalf("refused with %v, want a *patrol.Invalid", err)
			}
			return
		}
		if g == nil {
			return
		}
		coordinates, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := parseFeature(fmt.Appendf(nil, `{"type":"Feature","geometry":{"type":%q,"coordinates":%s}}`, g.GeoJSONType(), coordinates))
		if err != nil || !orb.Equal(g, again) {
			t.Fatalf("read %v, wrote %s, read %v, %v", g, coordinates, again, err)
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
