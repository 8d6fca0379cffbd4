package geo

import (
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
)

func TestParseAreaRefusesWithThePlace(t *testing.T) {
	square := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}
	for _, c := range []struct {
		name, drawing string
		shape         orb.Geometry
		want          string
		at            *orb.Point
	}{
		{"bowtie", "><", orb.Polygon{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}, "crosses itself", &orb.Point{1, 1}},
		{"spike", "□-", orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {6, 4}, {4, 4}, {0, 4}, {0, 0}}}, "itself", nil},
		{"open", "⊏", orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {0, 4}}}, "not closed", &orb.Point{0, 4}},
		{"flat", "—", orb.Polygon{{{0, 0}, {2, 2}, {1, 1}, {0, 0}}}, "no area", &orb.Point{0, 0}},
		{"hole outside", "□ ▫", orb.Polygon{square, {{5, 5}, {5, 6}, {6, 6}, {6, 5}, {5, 5}}}, "hole lies outside", &orb.Point{5, 5}},
		{"hole across the edge", "□▫", orb.Polygon{square, {{3, 1}, {5, 1}, {5, 2}, {3, 2}, {3, 1}}}, "two rings cross", nil},
		{"part on a part", "▣", orb.MultiPolygon{{square}, {{{1, 1}, {2, 1}, {2, 2}, {1, 2}, {1, 1}}}}, "lies on another", nil},
		{"wrong way round the earth", "(—)", orb.Polygon{{{-179, 0}, {179, 0}, {179, 1}, {-179, 1}, {-179, 0}}}, "more than 180°", nil},
		{"off the earth", "", orb.Polygon{{{0, 0}, {500, 0}, {4, 4}, {0, 0}}}, "not on the earth", nil},
		{"interior cut in two", "□◇", orb.Polygon{square, {{2, 0}, {3, 2}, {2, 4}, {1, 2}, {2, 0}}}, "falls apart", nil},
		{"a line", "/", orb.LineString{{0, 0}, {1, 1}}, "must be a Polygon", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseArea(c.shape)
			var bad *Invalid
			if !errors.As(err, &bad) || !strings.Contains(bad.Reason, c.want) {
				t.Fatalf("%s: got %v, want %q", c.drawing, err, c.want)
			}
			if c.at != nil && (bad.At == nil || *bad.At != *c.at) {
				t.Errorf("%s: at %v, want %v", c.drawing, bad.At, *c.at)
			}
		})
	}
}

func TestParseAreaTakesBothSidesOf180(t *testing.T) {
	a, err := ParseArea(orb.MultiPolygon{
		{{{179.9, 10}, {180, 10}, {180, 10.1}, {179.9, 10.1}, {179.9, 10}}},
		{{{-180, 10}, {-179.9, 10}, {-179.9, 10.1}, {-180, 10.1}, {-180, 10}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if w, e := lonRange(a.Shape()); w != 179.9 || e < 180.0999 || e > 180.1001 {
		t.Errorf("range %v..%v", w, e)
	}
}

// testdata returns a file of the shared real data, or says plainly that it is absent.
func testdata(t *testing.T, name string) string {
	dir := os.Getenv("XUNFANG_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Logf("real data absent, nothing compared: %v (set XUNFANG_TESTDATA)", err)
		return ""
	}
	return path
}

// JTS's own cases say which shapes are valid. Their coordinates go to 400: an eighth
// of them is exact and lies on the earth.
func TestParseAreaAgreesWithJTS(t *testing.T) {
	path := testdata(t, "vectors/jts-TestValid.xml")
	if path == "" {
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var run struct {
		Cases []struct {
			Desc string `xml:"desc"`
			A    string `xml:"a"`
			Op   string `xml:"test>op"`
		} `xml:"case"`
	}
	if err := xml.Unmarshal(raw, &run); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range run.Cases {
		text := strings.ToUpper(strings.Join(strings.Fields(c.A), " "))
		if !strings.Contains(text, "POLYGON") || strings.Contains(text, "EMPTY") || strings.Contains(text, "COLLECTION") {
			continue
		}
		shape, err := wkt.Unmarshal(text)
		if err != nil {
			t.Logf("%s: not read: %v", c.Desc, err)
			continue
		}
		n++
		_, err = ParseArea(eighth(shape))
		if want := strings.TrimSpace(c.Op) == "true"; (err == nil) != want {
			t.Errorf("%s: valid %v, want %v (%v)\n%s", c.Desc, err == nil, want, err, text)
		}
	}
	if n < 30 {
		t.Errorf("only %d cases compared", n)
	}
}

func eighth(g orb.Geometry) orb.Geometry {
	scale := func(p orb.Polygon) orb.Polygon {
		for _, r := range p {
			for i := range r {
				r[i] = orb.Point{r[i][0] / 8, r[i][1] / 8}
			}
		}
		return p
	}
	switch g := g.(type) {
	case orb.Polygon:
		return scale(g)
	case orb.MultiPolygon:
		for _, p := range g {
			scale(p)
		}
		return g
	}
	return g
}
