package geo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// courtyard is 300×200 m with a hole of 100×60 m, somewhere on the earth.
func courtyard(t interface{ Fatal(...any) }, centre orb.Point, turn float64) (Plane, Area) {
	p := NewPlane(centre, turn)
	ring := func(x0, y0, x1, y1 float64) orb.Ring {
		return orb.Ring{p.LonLat(x0, y0), p.LonLat(x1, y0), p.LonLat(x1, y1), p.LonLat(x0, y1), p.LonLat(x0, y0)}
	}
	area, err := ParseArea(orb.Polygon{ring(0, 0, 300, 200), ring(100, 70, 200, 130)})
	if err != nil {
		t.Fatal(err)
	}
	return p, area
}

func stretchesOf(tape *Tape) []Stretch { return tape.Survey(0, 0, 100).Parts }

// One disc at the middle of the south side; the rest is one stretch, over the ring's start.
//
//	┌───────────┐
//	│   ┌──┐    │
//	│   └──┘    │
//	*────   ────┘
func TestStretchesLeadOverTheRingsStart(t *testing.T) {
	plane, area := courtyard(t, orb.Point{113.62, 34.75}, 0.2)
	p := NewPerimeter(area)
	if got := float64(p.LengthMM) / 1000; math.Abs(got-1320) > 0.01 {
		t.Errorf("outline and hole are %.3f m long", got)
	}
	tape := NewTape(p)
	if parts := stretchesOf(tape); len(parts) != 2 || parts[0].FromMM != 0 || parts[0].ToMM != p.rings[0].lengthMM || parts[1].Ring != 1 {
		t.Fatalf("unseen: %+v", parts)
	}
	tape.Paint(Brush{At: plane.LonLat(150, 0), RadiusM: 15, Stamp: 50}, nil)
	parts := stretchesOf(tape)
	if len(parts) != 2 {
		t.Fatalf("%+v", parts)
	}
	s := parts[0]
	if math.Abs(float64(s.FromMM)-165_000) > 2 || math.Abs(float64(s.ToMM)-135_000) > 2 || s.LengthMM != p.rings[0].lengthMM-(s.FromMM-s.ToMM) {
		t.Errorf("%+v does not lead from 165 m over the start to 135 m", s)
	}
	line := p.Draw(s)
	if len(line) != 6 || line[4] != area.Shape()[0][0][0] {
		t.Errorf("drawn as %v", line)
	}
	length := 0.0
	for i := 1; i < len(line); i++ {
		length += DistanceM(line[i-1], line[i])
	}
	if math.Abs(length-float64(s.LengthMM)/1000) > 0.01 {
		t.Errorf("%.2f m are drawn of %.2f", length, float64(s.LengthMM)/1000)
	}
	x, y := plane.XY(p.Middle(s))
	if math.Abs(x-150) > 0.1 || math.Abs(y-200) > 0.1 {
		t.Errorf("its middle is at %.1f, %.1f", x, y)
	}
	var again int64
	for _, a := range p.Along(line) {
		again += OverlapMM(a, s)
	}
	if math.Abs(float64(again-s.LengthMM)) > 5000 {
		t.Errorf("%d of %d mm are found again", again, s.LengthMM)
	}
}

// A zone over the west of the courtyard holds what of its outlines lies there, the side
// that both share too.
func TestOutlinesWithinAZone(t *testing.T) {
	plane, area := courtyard(t, orb.Point{113.62, 34.75}, 0.2)
	west, err := ParseArea(orb.Polygon{{plane.LonLat(0, -50), plane.LonLat(150, -50), plane.LonLat(150, 250), plane.LonLat(0, 250), plane.LonLat(0, -50)}})
	if err != nil {
		t.Fatal(err)
	}
	var mm int64
	for _, s := range NewPerimeter(area).Within(west) {
		mm += s.LengthMM
	}
	if want := 200 + 2*150 + 60 + 2*50.0; math.Abs(float64(mm)/1000-want) > 4*withinM/2 {
		t.Errorf("%.1f m of the outlines lie in it, want %.0f", float64(mm)/1000, want)
	}
}

// someBrush is a disc or a leg near the courtyard.
func someBrush(r *rand.Rand, plane Plane, radiusM float64) Brush {
	at := func() orb.Point { return plane.LonLat(r.Float64()*400-50, r.Float64()*300-50) }
	b := Brush{At: at(), RadiusM: radiusM, Stamp: Stamp(1 + r.IntN(60))}
	if r.IntN(3) > 0 {
		b.From, b.Leg = at(), true
	}
	return b
}

// What is covered lies between what a strip 0.1 m wider and one 0.1 m narrower cover, by
// a count of places a decimetre apart, each tried by its distance on the ellipsoid.
func TestPerimeterAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		lat := rapid.Float64Range(-70, 70).Draw(t, "lat")
		plane, area := courtyard(t, orb.Point{r.Float64()*300 - 150, lat}, r.Float64()*6)
		p := NewPerimeter(area)
		radius := 2 + r.Float64()*40
		b := someBrush(r, plane, radius)
		tape := NewTape(p)
		tape.Paint(b, nil)
		var wide, narrow, stepMM int64 = 0, 0, 100
		for _, ring := range p.rings {
			for k := ring.first; k < ring.end; k++ {
				l := &p.links[k]
				for mm := l.fromMM; mm < l.toMM; mm += stepMM {
					d := distanceToLegM(l.at(mm), b)
					if d <= radius+0.1 {
						wide += stepMM
					}
					if d <= radius-0.1 {
						narrow += stepMM
					}
				}
			}
		}
		got := int64(math.Round(tape.Survey(0, 0, 100).CoveredM * 1000))
		if slack := int64(24 * stepMM); got > wide+slack || got < narrow-slack {
			t.Errorf("covered %d mm, between %d and %d by count", got, narrow, wide)
		}
	})
}

// distanceToLegM is how far a point lies from a brush's leg, whose start has no disc.
func distanceToLegM(at orb.Point, b Brush) float64 {
	d := DistanceM(at, b.At)
	if !b.Leg {
		return d
	}
	scale := math.Cos(b.At[1] * radPerDeg)
	sub := func(p, q orb.Point) (x, y float64) { return lonDiff(q[0], p[0]) * scale, (p[1] - q[1]) * radPerDeg }
	dx, dy := sub(b.At, b.From)
	ex, ey := sub(at, b.From)
	t := (ex*dx + ey*dy) / (dx*dx + dy*dy)
	if t < 0 || t > 1 {
		return d
	}
	foot := orb.Point{b.From[0] + t*math.Remainder(b.At[0]-b.From[0], 360), b.From[1] + t*(b.At[1]-b.From[1])}
	return min(d, DistanceM(at, foot))
}

// The order in which shapes come does not show; what is taken back and marked anew leaves
// nothing behind.
func TestTapeForgetsWhatIsTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		plane, area := courtyard(t, orb.Point{170, 52}, 0)
		p := NewPerimeter(area)
		var shapes []Shape
		for range 1 + r.IntN(30) {
			if r.IntN(4) == 0 {
				x, y, w := r.Float64()*300, r.Float64()*200, 5+r.Float64()*60
				shapes = append(shapes, Patch{Ring: orb.Ring{
					plane.LonLat(x-w, y), plane.LonLat(x, y-w/2), plane.LonLat(x+w, y), plane.LonLat(x, y+w), plane.LonLat(x-w, y),
				}, Stamp: Stamp(1 + r.IntN(60))})
				continue
			}
			shapes = append(shapes, someBrush(r, plane, 3+r.Float64()*25))
		}
		a, b := NewTape(p), NewTape(p)
		for _, s := range shapes {
			a.Paint(s, nil)
		}
		shuffled := slices.Clone(shapes)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for _, s := range shuffled {
			b.Paint(s, nil)
		}
		if a.Hash(10, 60) != b.Hash(10, 60) {
			t.Fatal("the order shows")
		}
		gone := r.IntN(len(shapes))
		dirty := Blocks{}
		a.Holding(shapes[gone], dirty)
		a.Clear(dirty)
		c := NewTape(p)
		for i, s := range shapes {
			if i != gone {
				a.Paint(s, dirty)
				c.Paint(s, nil)
			}
		}
		if a.Hash(0, 60) != c.Hash(0, 60) {
			t.Fatal("what was taken back is still there")
		}
	})
}

// An area across 180° comes in two polygons; the cut between them is no outline.
//
//	┌────╎────┐
//	│    ╎    │
//	└────╎────┘
func TestTheAntimeridianIsNoOutline(t *testing.T) {
	west := orb.Polygon{{{179.99, 10}, {180, 10}, {180, 10.01}, {179.99, 10.01}, {179.99, 10}}}
	east := orb.Polygon{{{-180, 10}, {-179.99, 10}, {-179.99, 10.01}, {-180, 10.01}, {-180, 10}}}
	area, err := ParseArea(orb.MultiPolygon{west, east})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := ParseArea(orb.Polygon{{{20.99, 10}, {21.01, 10}, {21.01, 10.01}, {20.99, 10.01}, {20.99, 10}}})
	if err != nil {
		t.Fatal(err)
	}
	p := NewPerimeter(area)
	if want := NewPerimeter(whole).LengthMM; math.Abs(float64(p.LengthMM-want)) > 5 {
		t.Errorf("%d mm long, the same elsewhere %d", p.LengthMM, want)
	}
	tape := NewTape(p)
	tape.Paint(Brush{From: orb.Point{179.999, 10}, At: orb.Point{-179.999, 10}, Leg: true, RadiusM: 15, Stamp: 9}, nil)
	if got, want := tape.Survey(0, 0, 9).CoveredM, DistanceM(orb.Point{20.999, 10}, orb.Point{21.001, 10})+15; math.Abs(got-want) > 0.1 {
		t.Errorf("a walk across covers %.2f m, want %.2f", got, want)
	}
	for _, s := range stretchesOf(NewTape(p)) {
		line := p.Draw(s)
		for i := 1; i < len(line); i++ {
			if line[i-1][0] == line[i][0] && math.Abs(line[i][0]) == 180 {
				t.Errorf("the cut is drawn: %v", line)
			}
		}
	}
}

func BenchmarkTapePaint(b *testing.B) {
	plane := NewPlane(orb.Point{113.62, 34.75}, 0)
	var ring orb.Ring
	for i := range 9_999 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 9_999)
		ring = append(ring, plane.LonLat(5000*cos*(1+0.01*float64(i%2)), 5000*sin*(1+0.01*float64(i%2))))
	}
	area, err := ParseArea(orb.Polygon{append(ring, ring[0])})
	if err != nil {
		b.Fatal(err)
	}
	tape := NewTape(NewPerimeter(area))
	i := 0
	for b.Loop() {
		sin, cos := math.Sincos(float64(i) * 0.0002)
		sin2, cos2 := math.Sincos(float64(i+1) * 0.0002)
		tape.Paint(Brush{From: plane.LonLat(5000*cos, 5000*sin), At: plane.LonLat(5000*cos2, 5000*sin2), Leg: true, RadiusM: 15, Stamp: Stamp(i)}, nil)
		i++
	}
}
