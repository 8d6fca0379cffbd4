package geo

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// metresApart is good for short distances, anywhere but at the poles.
func metresApart(a, b orb.Point) float64 {
	return math.Hypot((a[0]-b[0])*math.Cos(a[1]*math.Pi/180), a[1]-b[1]) * 111_320
}

// gcoord's own positions of Chinese cities. Its GCJ-02 and BD-09 are what map services
// answer: the public formula is within 0.8 m of them (gcoord's tests allow 5 m), and
// between the two within a centimetre or so.
func TestDatumsAgreeWithGcoord(t *testing.T) {
	path := testdata(t, "vectors/gcoord_cities_dev.json")
	if path == "" {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cities []struct {
		Attrs  struct{ Name string }
		Coords struct{ WGS84, GCJ02, BD09 orb.Point }
	}
	if err := json.Unmarshal(text, &cities); err != nil {
		t.Fatal(err)
	}
	if len(cities) < 100 {
		t.Fatalf("only %d cities", len(cities))
	}
	for _, c := range cities {
		for _, pair := range []struct {
			what      string
			got, want orb.Point
			withinM   float64
		}{
			{"WGS 84 to GCJ-02", GCJ02.FromWGS84(c.Coords.WGS84), c.Coords.GCJ02, 0.8},
			{"GCJ-02 to WGS 84", GCJ02.ToWGS84(c.Coords.GCJ02), c.Coords.WGS84, 0.8},
			{"GCJ-02 to BD-09", BD09.FromWGS84(GCJ02.ToWGS84(c.Coords.GCJ02)), c.Coords.BD09, 0.015},
			{"BD-09 to GCJ-02", GCJ02.FromWGS84(BD09.ToWGS84(c.Coords.BD09)), c.Coords.GCJ02, 0.015},
			{"BD-09 to WGS 84", BD09.ToWGS84(c.Coords.BD09), c.Coords.WGS84, 0.8},
		} {
			if off := metresApart(pair.got, pair.want); off > pair.withinM {
				t.Errorf("%s, %s: %v is %.3f m off %v", c.Attrs.Name, pair.what, pair.got, off, pair.want)
			}
		}
	}
}

// What other implementations of the public formulas give, to their last digits.
func TestDatumsAreThePublicFormulas(t *testing.T) {
	at := orb.Point{116.404, 39.915}
	for _, c := range []struct {
		name      string
		got, want orb.Point
	}{
		{"WGS 84 to GCJ-02", GCJ02.FromWGS84(at), orb.Point{116.41024449916938, 39.91640428150164}},
		{"GCJ-02 to BD-09", toBD(at), orb.Point{116.41036949371029, 39.92133699351022}},
		{"WGS 84 to BD-09", BD09.FromWGS84(at), orb.Point{116.41662724378733, 39.922699552216216}},
	} {
		if math.Abs(c.got[0]-c.want[0]) > 1e-12 || math.Abs(c.got[1]-c.want[1]) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// There and back again is less than a millimetre off, everywhere in China.
func TestDatumsInvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := orb.Point{rapid.Float64Range(73, 136).Draw(t, "lon"), rapid.Float64Range(2, 55).Draw(t, "lat")}
		for _, d := range Datums {
			if off := metresApart(d.ToWGS84(d.FromWGS84(p)), p); off > 0.001 {
				t.Errorf("%s of %v comes back %g m off", d, p, off)
			}
			if off := metresApart(d.FromWGS84(d.ToWGS84(p)), p); off > 0.001 {
				t.Errorf("%s to %v goes back %g m off", d, p, off)
			}
		}
	})
}

func TestDatumsShiftWhatTheySay(t *testing.T) {
	for _, c := range []struct {
		name         string
		datum        Datum
		at           orb.Point
		leastM, most float64
	}{
		{"GCJ-02 in Beijing", GCJ02, orb.Point{116.4, 39.9}, 500, 600},
		{"GCJ-02 in Zhengzhou", GCJ02, orb.Point{113.6, 34.7}, 400, 700},
		{"BD-09 in Beijing", BD09, orb.Point{116.4, 39.9}, 1000, 1600},
		{"GCJ-02 in Hamburg", GCJ02, orb.Point{10, 53.5}, 0, 0},
		{"GCJ-02 in Melbourne", GCJ02, orb.Point{145, -37.8}, 0, 0},
		{"GCJ-02 at no place", GCJ02, orb.Point{math.Inf(1), 30}, math.NaN(), math.NaN()},
		{"CGCS2000 in Beijing", CGCS2000, orb.Point{116.4, 39.9}, 0, 0},
		{"WGS 84", WGS84, orb.Point{116.4, 39.9}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m := metresApart(c.datum.FromWGS84(c.at), c.at); m < c.leastM || m > c.most {
				t.Errorf("shifts by %g m", m)
			}
		})
	}
}
