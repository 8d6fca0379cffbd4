package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// UTM is this projection with scale 0.9996 and a false easting of 500 km. The figures
// are PROJ's (gdaltransform -s_srs OGC:CRS84 -t_srs EPSG:32632, 32650, 32660).
func TestPlaneAgreesWithUTM(t *testing.T) {
	for _, c := range []struct {
		name         string
		at           orb.Point
		lon0         float64
		easting, nor float64
	}{
		{"Hamburg, zone 32", orb.Point{9.93, 53.55}, 9, 561615.837853893, 5933858.5862881},
		{"Beijing, zone 50", orb.Point{116.32, 40.0}, 117, 441955.164637812, 4427978.62939959},
		{"beside 180°, zone 60", orb.Point{178.32, 68}, 177, 555178.826094673, 7543453.66206819},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPlane(orb.Point{c.lon0, 0}, 0)
			x, y := p.XY(c.at)
			if math.Abs(x*0.9996+500_000-c.easting) > 0.001 || math.Abs(y*0.9996-c.nor) > 0.001 {
				t.Errorf("got %.4f, %.4f, want %.4f, %.4f", x*0.9996+500_000, y*0.9996, c.easting, c.nor)
			}
		})
	}
}

func TestPlaneRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		centre := orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-70, 70).Draw(t, "lat")}
		p := NewPlane(centre, rapid.Float64Range(-4, 4).Draw(t, "turn"))
		x, y := rapid.Float64Range(-1e5, 1e5).Draw(t, "x"), rapid.Float64Range(-1e5, 1e5).Draw(t, "y")
		at := p.LonLat(x, y)
		x2, y2 := p.XY(at)
		if math.Abs(x-x2) > 1e-5 || math.Abs(y-y2) > 1e-5 {
			t.Fatalf("(%g, %g) came back as (%g, %g)", x, y, x2, y2)
		}
	})
}

func TestPlaneAgreesWithDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		centre := orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(0, 70).Draw(t, "lat")}
		p := NewPlane(centre, 0.6)
		x, y := rapid.Float64Range(-2000, 2000).Draw(t, "x"), rapid.Float64Range(-2000, 2000).Draw(t, "y")
		d := DistanceM(centre, p.LonLat(x, y))
		if want := math.Hypot(x, y); math.Abs(d-want) > 1e-6*want+1e-5 {
			t.Fatalf("DistanceM %.6f, plane %.6f", d, want)
		}
	})
}
