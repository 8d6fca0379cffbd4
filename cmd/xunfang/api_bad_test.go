package main

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ring writes a polygon's geometry from the coordinates of one ring.
func ring(coordinates string) string {
	return `{"type":"Polygon","coordinates":[[` + coordinates + `]]}`
}

// circle writes n vertices around a point, and the first again.
func circle(n int) string {
	var vertices []string
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		vertices = append(vertices, fmt.Sprintf("[%.9f,%.9f]", 113.6+cos/100, 34.7+sin/100))
	}
	return ring(strings.Join(append(vertices, vertices[0]), ","))
}

func TestBadPolygonsAreRefusedWithASentence(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	for _, c := range []struct {
		name, geometry string
		at             []float64
	}{
		{"a bow tie", ring(`[0,0],[4,4],[4,0],[0,4],[0,0]`), []float64{2, 2}},
		{"a ring that is not closed", ring(`[0,0],[4,0],[4,4],[0,4]`), nil},
		{"a ring without area", ring(`[0,0],[4,0],[0,0],[0,0]`), nil},
		{"a hole outside", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[5,5],[6,5],[6,6],[5,5]]]}`, nil},
		{"no rings", `{"type":"Polygon","coordinates":[]}`, nil},
		{"an empty ring", `{"type":"Polygon","coordinates":[[]]}`, nil},
		{"more than half the world", ring(`[-170,0],[170,0],[170,1],[-170,1],[-170,0]`), nil},
		{"a number beyond numbers", ring(`[0,0],[1e400,0],[4,4],[0,4],[0,0]`), nil},
		{"a longitude of 500", ring(`[0,0],[500,0],[4,4],[0,4],[0,0]`), nil},
		{"too many vertices", circle(10_001), nil},
		{"twice too many vertices", circle(25_000), nil},
		{"a text for a number", ring(`[0,0],["4",0],[4,4],[0,4],[0,0]`), nil},
		{"nothing", `null`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := asker{t, admin.url, admin.sign}.post("/ogc/collections/areas/items", `{"type":"Feature","geometry":`+c.geometry+`,"properties":{"name":"a","kind":"grid"}}`)
			p := got.wantProblem(t, http.StatusUnprocessableEntity)
			if p.Field != "geometry" || len(p.Detail) < 20 {
				t.Errorf("refused for %q with %q", p.Field, p.Detail)
			}
			if c.at != nil && !cmp.Equal(c.at, p.At) {
				t.Errorf("wrong at %v, want %v", p.At, c.at)
			}
		})
	}
	if got := admin.list("/ogc/collections/areas/items"); got.NumberMatched != 0 {
		t.Errorf("%d areas were stored all the same", got.NumberMatched)
	}
	admin.create("areas", circle(9_999), `{"name":"圆","kind":"grid"}`)
}

func TestBadBodies(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	const items = "/ogc/collections/areas/items"
	for _, c := range []struct {
		name, mediaType, body string
		status                int
	}{
		{"no media type", "", `{}`, http.StatusUnsupportedMediaType},
		{"a form", "application/x-www-form-urlencoded", `a=b`, http.StatusUnsupportedMediaType},
		{"nothing", "application/geo+json", ``, http.StatusUnprocessableEntity},
		{"half a body", "application/geo+json", `{"type":"Feature",`, http.StatusUnprocessableEntity},
		{"no UTF-8", "application/geo+json", "{\"type\":\"\xff\"}", http.StatusUnprocessableEntity},
		{"too deep", "application/geo+json", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), http.StatusUnprocessableEntity},
		{"too large", "application/geo+json", strings.Repeat(" ", 8<<20+1), http.StatusRequestEntityTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			asker{t, admin.url, admin.sign}.ask(http.MethodPost, items, c.mediaType, c.body).wantProblem(t, c.status)
		})
	}
	for _, made := range []string{"gaps", "fixes", "tracks"} {
		admin.post("/ogc/collections/"+made+"/items", `{"type":"Feature","geometry":null,"properties":{}}`).wantProblem(t, http.StatusMethodNotAllowed)
	}
	admin.post("/ogc/collections/dragons/items", `{"type":"Feature","geometry":null,"properties":{}}`).wantProblem(t, http.StatusNotFound)
}

func TestForeignBadGeoJSONIsRefused(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(testData(t), "vectors/geojson/bad/*.geojson"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases in %s: %v", testData(t), err)
	}
	admin := startConsole(t, nil).admin(t)
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, collection := range []string{"areas", "checkpoints", "streets"} {
			admin.ask(http.MethodPost, "/ogc/collections/"+collection+"/items", "application/geo+json", string(body)).wantProblem(t, http.StatusUnprocessableEntity)
		}
	}
}
