package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var m3e, _ = CameraOf("M3E")

func degrees(yaw, pitch, roll float64) Attitude {
	return Attitude{yaw * radPerDeg, pitch * radPerDeg, roll * radPerDeg}
}

// corners returns where a footprint's corners lie, metres east and north of the camera.
func corners(at orb.Point, ring orb.Ring) (out [][2]float64) {
	p := NewPlane(at, 0)
	for _, c := range ring[:max(0, len(ring)-1)] {
		x, y := p.XY(c)
		out = append(out, [2]float64{x, y})
	}
	return out
}

// has reports whether a corner lies within 2 cm of a place.
func has(corners [][2]float64, east, north float64) bool {
	for _, c := range corners {
		if math.Hypot(c[0]-east, c[1]-north) < 0.02 {
			return true
		}
	}
	return false
}

// A Mavic 3E 100 m above ground:
//
//	     N            north is ahead of the camera at yaw 0
//	  ┌─────┐
//	W │  ×  │ E       70.38 m to each side, 52.89 m ahead and behind
//	  └─────┘
func TestFootprints(t *testing.T) {
	at := orb.Point{113.62, 34.75}
	nadir := [][2]float64{{70.38, 52.89}, {-70.38, 52.89}, {-70.38, -52.89}, {70.38, -52.89}}
	sideways := [][2]float64{{52.89, 70.38}, {52.89, -70.38}, {-52.89, 70.38}, {-52.89, -70.38}}
	for _, c := range []struct {
		name string
		look Attitude
		want [][2]float64
	}{
		{"straight down", degrees(0, -90, 0), nadir},
		{"straight down, facing east", degrees(90, -90, 0), sideways},
		{"DJI's other way to write straight down", degrees(180, -90, 180), nadir},
		{"60° down", degrees(0, -60, 0), [][2]float64{{117.00, 159.25}, {-117.00, 159.25}, {62.26, 3.71}, {-62.26, 3.71}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := corners(at, Footprint(at, 100, c.look, m3e))
			if len(got) != 4 {
				t.Fatalf("%d corners: %v", len(got), got)
			}
			for _, w := range c.want {
				if !has(got, w[0], w[1]) {
					t.Errorf("no corner at %v: %v", w, got)
				}
			}
		})
	}
}

// The check numbers of oblique views, of which the cone cuts the far corners off.
func TestCornerRays(t *testing.T) {
	h, v := math.Tan(m3e.HFov/2), math.Tan(m3e.VFov/2)
	for _, c := range []struct {
		pitchDeg    float64
		right, down float64
		north, east float64
	}{
		{-45, h, -v, 324.53, 211.28},
		{-45, -h, -v, 324.53, -211.28},
		{-45, h, v, 30.81, 65.10},
		{-45, -h, v, 30.81, -65.10},
	} {
		ray := degrees(0, c.pitchDeg, 0).turn([3]float64{1, c.right, c.down})
		if n, e := 100*ray[0]/ray[2], 100*ray[1]/ray[2]; math.Hypot(n-c.north, e-c.east) > 0.02 {
			t.Errorf("%v: at %.2f N %.2f E", c, n, e)
		}
	}
	if ray := degrees(0, -20, 0).turn([3]float64{1, h, -v}); ray[2] >= 0 {
		t.Errorf("an upper ray at 20° down falls: %v", ray)
	}
}

// What looks above 75° off straight down is cut off at the cone, not dropped with the
// image.
func TestFootprintEndsAtTheCone(t *testing.T) {
	at := orb.Point{113.62, 34.75}
	got := corners(at, Footprint(at, 100, degrees(0, -20, 0), m3e)) // upper rays above the horizon
	if len(got) < 5 {
		t.Fatalf("%d corners", len(got))
	}
	near, far := math.Inf(1), 0.0
	for _, c := range got {
		r := math.Hypot(c[0], c[1])
		near, far = min(near, r), max(far, r)
	}
	cone := 100 * math.Tan(MaxOffNadir)
	if far > cone+0.01 || far < cone*0.99 || near < 80 || near > 130 {
		t.Errorf("from %.2f to %.2f m, want up to the cone's %.2f", near, far, cone)
	}
	for _, look := range []Attitude{degrees(0, 40, 0), degrees(77, 90, 0)} {
		if ring := Footprint(at, 100, look, Camera{HFov: 0.5, VFov: 0.5}); ring != nil {
			t.Errorf("%v sees %v", look, ring)
		}
	}
}

func TestFootprintAcrossTheAntimeridian(t *testing.T) {
	ring := Footprint(orb.Point{179.9999, -17}, 100, degrees(0, -90, 0), m3e)
	b := ring.Bound()
	if b.Min[0] > 180 || b.Max[0] < 180 || b.Max[0]-b.Min[0] > 0.01 {
		t.Errorf("from %v to %v", b.Min, b.Max)
	}
}

// A place is in the footprint when, and only when, the ray to it falls into the image
// and into the cone.
func TestFootprintIsWhatRaysHit(t *testing.T) {
	at := orb.Point{113.62, 34.75}
	rapid.Check(t, func(t *rapid.T) {
		look := degrees(rapid.Float64Range(-180, 180).Draw(t, "yaw"), rapid.Float64Range(-120, 60).Draw(t, "pitch"), rapid.Float64Range(-180, 180).Draw(t, "roll"))
		c := Camera{HFov: rapid.Float64Range(0.1, 2).Draw(t, "hfov"), VFov: rapid.Float64Range(0.1, 2).Draw(t, "vfov")}
		heightM := rapid.Float64Range(5, 500).Draw(t, "height")
		polygon := corners(at, Footprint(at, heightM, look, c))
		for range 200 {
			e := rapid.Float64Range(-4*heightM, 4*heightM).Draw(t, "east")
			n := rapid.Float64Range(-4*heightM, 4*heightM).Draw(t, "north")
			margin := rayMargin(look, c, [3]float64{n, e, heightM})
			inside := len(polygon) > 2
			for i, q := range polygon {
				p := polygon[(i+len(polygon)-1)%len(polygon)]
				inside = inside && (q[0]-p[0])*(n-p[1])-(q[1]-p[1])*(e-p[0]) >= 0
			}
			if math.Abs(margin) > 2e-3 && inside != (margin > 0) {
				t.Fatalf("(%v, %v): inside is %v, the ray's margin %v", e, n, inside, margin)
			}
		}
	})
}

// rayMargin is how far inside the image and the cone the ray to a place is, in radians
// or so, negative outside. It turns the camera's axes one by one, as a gimbal does.
func rayMargin(look Attitude, c Camera, to [3]float64) float64 {
	dot := func(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
	about := func(v, axis [3]float64, angle float64) [3]float64 { // Rodrigues
		sin, cos := math.Sincos(angle)
		cross := [3]float64{axis[1]*v[2] - axis[2]*v[1], axis[2]*v[0] - axis[0]*v[2], axis[0]*v[1] - axis[1]*v[0]}
		k := dot(axis, v) * (1 - cos)
		return [3]float64{v[0]*cos + cross[0]*sin + axis[0]*k, v[1]*cos + cross[1]*sin + axis[1]*k, v[2]*cos + cross[2]*sin + axis[2]*k}
	}
	forward, right, down := [3]float64{1, 0, 0}, [3]float64{0, 1, 0}, [3]float64{0, 0, 1}
	forward, right = about(forward, down, look.Yaw), about(right, down, look.Yaw)
	forward, down = about(forward, right, look.Pitch), about(down, right, look.Pitch)
	right, down = about(right, forward, look.Roll), about(down, forward, look.Roll)
	length := math.Sqrt(dot(to, to))
	x, y, z := dot(to, forward)/length, dot(to, right)/length, dot(to, down)/length
	if x <= 0 {
		return -1
	}
	return min(c.HFov/2-math.Abs(math.Atan2(y, x)), c.VFov/2-math.Abs(math.Atan2(z, x)), MaxOffNadir-math.Acos(to[2]/length))
}

func TestCameras(t *testing.T) {
	for _, c := range []struct {
		model                       string
		hfovDeg, vfovDeg, gsdCm100M float64
	}{
		{"M3E", 70.3, 55.7, 2.67},
		{"p4rtk", 73.7, 53.1, 2.74},
		{"Mini 4 Pro", 71.6, 56.8, 3.58},
		{"M30T", 71.6, 56.8, 3.61},
		{"M3T", 71.6, 56.8, 1.80},
	} {
		got, ok := CameraOf(c.model)
		h, v, gsd := got.HFov/radPerDeg, got.VFov/radPerDeg, got.GSDCm(100)
		if !ok || math.Abs(h-c.hfovDeg) > 0.06 || math.Abs(v-c.vfovDeg) > 0.06 || math.Abs(gsd-c.gsdCm100M) > 0.01 {
			t.Errorf("%s: %.2f° × %.2f°, %.3f cm", c.model, h, v, gsd)
		}
	}
	if _, ok := CameraOf("Kodak"); ok {
		t.Error("an unknown camera is known")
	}
}

// A patch covers what a polygon of its corners covers: of 60,000 m² seen as one square
// of 100 m turned by 30°, the square.
func TestPatchCoversItsArea(t *testing.T) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0.2)
	area, err := ParseArea(orb.Polygon{{p.LonLat(0, 0), p.LonLat(300, 0), p.LonLat(300, 200), p.LonLat(0, 200), p.LonLat(0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	g := NewGround(area, 30)
	square := func(x, y float64) Patch {
		sin, cos := math.Sincos(math.Pi / 6)
		var ring orb.Ring
		for _, d := range [][2]float64{{-50, -50}, {50, -50}, {50, 50}, {-50, 50}, {-50, -50}} {
			ring = append(ring, p.LonLat(x+cos*d[0]-sin*d[1], y+sin*d[0]+cos*d[1]))
		}
		return Patch{Ring: ring, Stamp: 7}
	}
	for _, c := range []struct {
		name    string
		patches []Patch
		seenM2  float64
	}{
		{"inside", []Patch{square(150, 100)}, 10_000},
		{"half over the edge", []Patch{square(0, 100)}, 5_000},
		{"twice the same", []Patch{square(150, 100), square(150, 100)}, 10_000},
		{"outside", []Patch{square(900, 100), square(-900, -2000)}, 0},
	} {
		r := NewRaster(g)
		for _, patch := range c.patches {
			if touched := r.Paint(patch, nil); touched != (c.seenM2 > 0) {
				t.Errorf("%s: touched is %v", c.name, touched)
			}
		}
		if got := r.Survey(0, 1, 10).CoveredM2; math.Abs(got-c.seenM2) > 0.001*60_000 {
			t.Errorf("%s: %.0f m², want %.0f", c.name, got, c.seenM2)
		}
	}
}
