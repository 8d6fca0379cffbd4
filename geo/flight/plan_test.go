package flight

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"xunfang/geo"
)

// m3e at 100 m sees 140.8 × 105.8 m: at 70 % and 80 % lanes are 42.2 m apart, photos 21.2 m.
func m3e() geo.Camera {
	c, _ := geo.CameraOf("M3E")
	return c
}

// around makes an area of rings in metres about a place in Zhengzhou.
func around(t interface{ Fatal(...any) }, rings ...[]pt) geo.Area {
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0)
	var poly orb.Polygon
	for _, ring := range rings {
		var r orb.Ring
		for _, p := range append(ring, ring[0]) {
			r = append(r, plane.LonLat(p.x, p.y))
		}
		poly = append(poly, r)
	}
	area, err := geo.ParseArea(poly)
	if err != nil {
		t.Fatal(err)
	}
	return area
}

func box(x0, y0, x1, y1 float64) []pt { return []pt{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

func turnedBox(w, h, deg float64) []pt {
	return turnedRing(box(-w/2, -h/2, w/2, h/2), deg*math.Pi/180)
}

func planned(t *testing.T, s Spec) *Plan {
	t.Helper()
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func spec(area geo.Area) Spec {
	return Spec{Area: area, Camera: m3e(), HeightM: 100, Front: 0.8, Side: 0.7}
}

// A convex area is flown across its least width, in as few lanes as cover it.
//
//	 /\      width 300 m, lanes 42.2 m apart: 8 lanes
//	/  \     bearing 90° − 30°
//	\   \
//	 \  /
func TestConvexAreaIsFlownAcrossItsLeastWidth(t *testing.T) {
	for _, c := range []struct {
		name    string
		ring    []pt
		lanes   int
		bearing float64
	}{
		{"a box turned", turnedBox(800, 300, 30), 8, 60},
		{"a box lying", turnedBox(800, 300, 0), 8, 90},
		{"a box as wide as seven lanes", turnedBox(800, 7*42.22, 0), 7, 90},
		{"a hair wider", turnedBox(800, 7*42.24, 0), 8, 90},
		{"a strip narrower than a lane", turnedBox(500, 20, 90), 1, 0},
		{"a triangle", []pt{{0, 0}, {600, 0}, {300, 200}}, 5, 90},
	} {
		p := planned(t, spec(around(t, c.ring)))
		if p.Lanes != c.lanes || len(p.Cells) != 1 || math.Abs(math.Remainder(p.Cells[0].BearingDeg-c.bearing, 180)) > 0.01 {
			t.Errorf("%s: %d lanes in %d cells, bearing %.2f; want %d, 1, %.0f", c.name, p.Lanes, len(p.Cells), p.Cells[0].BearingDeg, c.lanes, c.bearing)
		}
		if seen := p.SeenShare(); seen < 0.9999 {
			t.Errorf("%s: %.4f seen", c.name, seen)
		}
	}
}

// Photos are no further apart than asked for, begin and end each lane, and look along it.
func TestPhotosOfALane(t *testing.T) {
	p := planned(t, spec(around(t, turnedBox(800, 300, 0))))
	f := p.Summary()
	perLane := int(math.Ceil(800/p.PhotoM)) + 1
	if f.Photos != 8*perLane || f.Sorties != 1 || math.Abs(p.PhotoM-21.16) > 0.01 || math.Abs(p.LaneM-42.23) > 0.01 {
		t.Errorf("%+v, %d photos a lane, photos %.2f m and lanes %.2f m apart", f, perLane, p.PhotoM, p.LaneM)
	}
	// 8 lanes of 800 m and 7 hops of 37.5 m; 15 stops of 4 s, 200 m up and down at 3 m/s.
	if want := 8*800 + 7*37.5; math.Abs(f.LengthM-want) > 1 || math.Abs(f.TimeS-(want/10+15*4+200/3.0)) > 0.2 {
		t.Errorf("%.1f m in %.1f s, want %.1f m", f.LengthM, f.TimeS, want)
	}
	photos := p.Photos(p.Sorties[0])
	if len(photos) != f.Photos {
		t.Fatalf("%d photos of %d", len(photos), f.Photos)
	}
	for i, photo := range photos {
		if i > 0 && i%perLane != 0 {
			if d := geo.DistanceM(photos[i-1].At, photo.At); d > p.PhotoM+0.01 {
				t.Fatalf("photo %d is %.2f m after the one before", i, d)
			}
		}
		if east := math.Abs(math.Abs(photo.Look.Yaw)-math.Pi/2) < 1e-3; !east || photo.Look.Pitch != -math.Pi/2 {
			t.Fatalf("photo %d looks %+v", i, photo.Look)
		}
		if i > 0 && photo.AfterS <= photos[i-1].AfterS {
			t.Fatalf("photo %d is taken before the one before", i)
		}
	}
}

// crosses reports whether a sortie enters a no-fly zone by more than a millimetre.
func crosses(p *Plan, s Sortie) bool {
	f, err := p.field()
	if err != nil {
		return true
	}
	for _, leg := range s.Legs {
		for i := 1; i < len(leg.Line); i++ {
			a, b := f.pt(leg.Line[i-1]), f.pt(leg.Line[i])
			for k := range 51 {
				for _, z := range f.bar.zones {
					if z.within(a.towards(b, float64(k)/50), 0.01) {
						return true
					}
				}
			}
		}
	}
	return false
}

// Whatever the outline, the holes and the zones, all that lies outside the zones is seen
// and nothing is flown inside them.
func TestEverythingIsSeenAndNoZoneIsEntered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		star := func(name string, x, y, least, most float64) []pt {
			n := rapid.IntRange(3, 9).Draw(t, name)
			var ring []pt
			for i := range n {
				r := rapid.Float64Range(least, most).Draw(t, name+" radius")
				sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
				ring = append(ring, pt{x + r*cos, y + r*sin})
			}
			return ring
		}
		s := spec(around(t, star("area", 0, 0, 150, 600)))
		s.Side, s.Front = rapid.Float64Range(0, 0.8).Draw(t, "side"), rapid.Float64Range(0, 0.8).Draw(t, "front")
		for range rapid.IntRange(0, 2).Draw(t, "zones") {
			x, y := rapid.Float64Range(-400, 400).Draw(t, "x"), rapid.Float64Range(-400, 400).Draw(t, "y")
			s.NoFly = append(s.NoFly, around(t, star("zone", x, y, 20, 150)))
		}
		p, err := New(s)
		var invalid *geo.Invalid
		if errors.As(err, &invalid) || err != nil && strings.Contains(err.Error(), "leave nothing") {
			return // zones may close a place in
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, sortie := range p.Sorties {
			if crosses(p, sortie) {
				t.Fatal("a zone is entered")
			}
		}
		if len(s.NoFly) == 0 {
			if seen := p.SeenShare(); seen < 0.9995 {
				t.Fatalf("%.5f seen, %d cells", seen, len(p.Cells))
			}
		}
	})
}

// The shortest flight that shows an area so often is shorter than a survey of it, and
// shows every place of it so often.
func TestAreaIsShownSoOften(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 7).Draw(t, "corners")
		var ring []pt
		for i := range n {
			r := rapid.Float64Range(20, 300).Draw(t, "radius")
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			ring = append(ring, pt{r * cos, r * sin})
		}
		s := spec(around(t, ring))
		s.Images, s.MarginM = rapid.IntRange(1, 3).Draw(t, "images"), rapid.SampledFrom([]float64{0, 5, 20}).Draw(t, "margin")
		p, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.field()
		if err != nil {
			t.Fatal(err)
		}
		var prints []shape
		for _, photo := range p.Photos(p.Sorties[0]) {
			var seen []pt
			for _, at := range geo.Footprint(photo.At, p.HeightM, photo.Look, p.Camera)[1:] {
				seen = append(seen, f.pt(at))
			}
			prints = append(prints, shape{seen})
		}
		for i := range 400 {
			q := pt{float64(i%20)*30 - 285, float64(i/20)*30 - 285}
			times := 0
			for _, print := range prints {
				if print.contains(q) {
					times++
				}
			}
			if f.area.contains(q) && times < s.Images {
				t.Fatalf("%v is shown %d times, want %d", q, times, s.Images)
			}
		}
		if s.Images > 1 || s.MarginM > 0 {
			return
		}
		s.Images, s.Front, s.Side = 0, p.Front, p.Side
		if whole, err := New(s); err != nil || whole.Summary().LengthM < p.Summary().LengthM {
			t.Fatalf("%.0f m, a survey %.0f m (%v)", p.Summary().LengthM, whole.Summary().LengthM, err)
		}
	})
}

// A gap narrower than an image is closed by one lane.
func TestNarrowGapTakesOneLane(t *testing.T) {
	s := spec(around(t, turnedBox(300, 60, 25)))
	s.Images, s.MarginM = 1, 5
	p := planned(t, s)
	// 310 m less the half image that the camera sees ahead at each end, and what it spares.
	if length := p.Summary().LengthM; p.Lanes != 1 || length > 310-105.8+2*12 {
		t.Errorf("%d lanes, %.0f m", p.Lanes, length)
	}
}

// A zone across the middle is flown around, by its corners.
//
//	┌─────┬──┬─────┐
//	│     │▒▒│     │
//	│     └──┘     │
//	└──────────────┘
func TestZoneIsFlownAround(t *testing.T) {
	s := spec(around(t, box(0, 0, 600, 300)))
	s.NoFly = []geo.Area{around(t, box(250, 100, 350, 400))}
	p := planned(t, s)
	if crosses(p, p.Sorties[0]) {
		t.Error("the zone is entered")
	}
	s.Takeoff = &orb.Point{113.62, 34.75}
	*s.Takeoff = geo.NewPlane(*s.Takeoff, 0).LonLat(300, 200)
	var invalid *geo.Invalid
	if _, err := New(s); !errors.As(err, &invalid) || invalid.At == nil {
		t.Errorf("a take-off point in the zone: %v", err)
	}
}

// Each sortie lasts no longer than its battery, begins and ends at the take-off point,
// and all photos of the plan are taken.
func TestSortiesLastABattery(t *testing.T) {
	s := spec(around(t, turnedBox(2000, 800, 20)))
	s.Takeoff = &orb.Point{113.61, 34.745}
	whole := planned(t, s)
	s.BatteryS = 1200
	p := planned(t, s)
	if len(p.Sorties) < 2 || p.Lanes != whole.Lanes {
		t.Fatalf("%d sorties, %d lanes of %d", len(p.Sorties), p.Lanes, whole.Lanes)
	}
	for i, sortie := range p.Sorties {
		first, last := sortie.Legs[0].Line[0], sortie.Legs[len(sortie.Legs)-1].Line
		if sortie.TimeS > s.BatteryS || geo.DistanceM(first, *s.Takeoff) > 0.01 || geo.DistanceM(last[len(last)-1], *s.Takeoff) > 0.01 {
			t.Errorf("sortie %d lasts %.0f s, from %v to %v", i, sortie.TimeS, first, last)
		}
	}
	// A lane that two sorties share has the photo at the cut twice.
	if extra := p.Summary().Photos - whole.Summary().Photos; extra < 0 || extra >= len(p.Sorties) {
		t.Errorf("%d photos more than in one sortie", extra)
	}
	if seen := p.SeenShare(); seen < 0.9999 {
		t.Errorf("%.4f seen", seen)
	}
	s.BatteryS = 120
	var invalid *geo.Invalid
	if _, err := New(s); !errors.As(err, &invalid) || !strings.Contains(err.Error(), "one battery does not last") {
		t.Errorf("a battery too small: %v", err)
	}
}

// An orbit goes once around, and its images show the outline.
func TestOrbitShowsTheOutline(t *testing.T) {
	s := spec(around(t, turnedBox(200, 120, 10)))
	s.Orbit, s.HeightM = true, 60
	p := planned(t, s)
	f, err := s.field()
	if err != nil {
		t.Fatal(err)
	}
	for _, leg := range p.Sorties[0].Legs {
		for _, at := range leg.Line {
			q, near := f.pt(at), math.Inf(1)
			f.area.sides(func(a, b pt) { near = min(near, toSegment(q, a, b)) })
			if math.Abs(near-60) > 0.1 || f.area.contains(q) {
				t.Fatalf("%.1f m from the outline, want 60 outside", near)
			}
		}
	}
	photos := p.Photos(p.Sorties[0])
	for _, edge := range s.Area.Shape()[0][0] {
		if !slices.ContainsFunc(photos, func(photo Photo) bool {
			ring := geo.Footprint(photo.At, p.HeightM, photo.Look, p.Camera)
			return ring != nil && orbContains(ring, edge)
		}) {
			t.Errorf("no image shows the corner %v", edge)
		}
	}
}

func orbContains(ring orb.Ring, p orb.Point) bool {
	var points []pt
	for _, q := range ring[1:] {
		points = append(points, pt{q[0], q[1]})
	}
	return shape{points}.contains(pt{p[0], p[1]})
}

// What cannot be flown is refused with a sentence.
func TestSpecIsChecked(t *testing.T) {
	good := spec(around(t, turnedBox(800, 300, 0)))
	for _, c := range []struct {
		says   string
		change func(*Spec)
	}{
		{"field of view", func(s *Spec) { s.Camera.HFov = 4 }},
		{"needs an area", func(s *Spec) { s.Area = geo.Area{} }},
		{"height", func(s *Spec) { s.HeightM = 0 }},
		{"height", func(s *Spec) { s.HeightM = math.NaN() }},
		{"overlaps", func(s *Spec) { s.Front = 1 }},
		{"overlaps", func(s *Spec) { s.Side = math.NaN() }},
		{"speed", func(s *Spec) { s.SpeedMPS = -1 }},
		{"battery", func(s *Spec) { s.BatteryS = math.Inf(1) }},
		{"photos", func(s *Spec) { s.HeightM = 1 }},
		{"take-off point", func(s *Spec) { s.Takeoff = &orb.Point{0, 0} }},
		{"leave nothing", func(s *Spec) { s.NoFly = []geo.Area{around(t, turnedBox(900, 400, 0))} }},
	} {
		s := good
		c.change(&s)
		if _, err := New(s); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
}
