package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// legs are 1,000 steps of 10 m through a square kilometre.
func legs(g *Ground) []Brush {
	r := rand.New(rand.NewPCG(1, 2))
	x, y := 500.0, 500.0
	out := make([]Brush, 0, 1000)
	from := g.LonLat(g.x0+x, g.y0+y)
	for i := range 1000 {
		x, y = min(900, max(100, x+20*(r.Float64()-0.5))), min(900, max(100, y+20*(r.Float64()-0.5)))
		at := g.LonLat(g.x0+x, g.y0+y)
		out = append(out, Brush{From: from, At: at, Leg: true, RadiusM: 15, Stamp: Stamp(i + 1)})
		from = at
	}
	return out
}

func BenchmarkPaintLeg(b *testing.B) {
	g := NewGround(rectangle(b, orb.Point{113.62, 34.75}, 1000, 1000, 0.2), 12)
	brushes := legs(g)
	r := NewRaster(g)
	cells := 0
	for _, brush := range brushes {
		g.cover(brush.on(g), func(_, from, to int) { cells += to - from + 1 })
	}
	for i := 0; b.Loop(); i++ {
		r.Paint(brushes[i%len(brushes)], nil)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(float64(cells)/float64(len(brushes))), "ns/cell")
}

func BenchmarkSurvey(b *testing.B) {
	g := NewGround(rectangle(b, orb.Point{113.62, 34.75}, 1000, 1000, 0.2), 30)
	r := NewRaster(g)
	for _, brush := range legs(g) {
		r.Paint(brush, nil)
	}
	for b.Loop() {
		r.Survey(0, 500, 1000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(g.cols*g.rows), "ns/cell")
}

func BenchmarkOutline(b *testing.B) {
	g := NewGround(rectangle(b, orb.Point{113.62, 34.75}, 1000, 1000, 0.2), 30)
	r := NewRaster(g)
	for _, brush := range legs(g) {
		r.Paint(brush, nil)
	}
	parts := r.Survey(0, 500, 1000).Parts
	for b.Loop() {
		for _, p := range parts {
			g.Outline(p)
		}
	}
}

func BenchmarkGround(b *testing.B) {
	area := rectangle(b, orb.Point{113.62, 34.75}, 70_000, 70_000, 0.2) // a county
	for b.Loop() {
		NewGround(area, 30)
	}
}

func BenchmarkParseAreaOf10000Vertices(b *testing.B) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0)
	ring := make(orb.Ring, 0, MaxVertices)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range MaxVertices - 1 {
		radius := 500 + 300*r.Float64() // a star with long spikes: every edge's box meets many
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(MaxVertices-1))
		x, y := radius*cos, radius*sin
		ring = append(ring, p.LonLat(x, y))
	}
	ring = append(ring, ring[0])
	for b.Loop() {
		if _, err := ParseArea(orb.Polygon{ring}); err != nil {
			b.Fatal(err)
		}
	}
}
