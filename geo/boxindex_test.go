package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Whatever meets a box is found, at every size and beside 180°.
func TestBoxIndexAgainstEveryBox(t *testing.T) {
	box := func(t *rapid.T, what string) orb.Bound {
		size := math.Exp(rapid.Float64Range(-12, 4).Draw(t, what+" size"))
		lon := rapid.SampledFrom([]float64{113.6, 179.99, -179.99, 0}).Draw(t, what+" lon") + rapid.Float64Range(-0.02, 0.02).Draw(t, what+" x")
		lat := rapid.Float64Range(-0.02, 0.02).Draw(t, what+" y")
		return orb.Bound{Min: orb.Point{lon, lat}, Max: orb.Point{lon + size, lat + size/2}}
	}
	rapid.Check(t, func(t *rapid.T) {
		var x BoxIndex
		var boxes []orb.Bound
		for i := range rapid.IntRange(0, 20).Draw(t, "boxes") {
			boxes = append(boxes, box(t, "box"))
			x.Add(boxes[i], i)
		}
		b, found := box(t, "query"), map[int]bool{}
		x.Near(b, func(item int) { found[item] = true })
		for i := range boxes {
			if AnyMeets(boxes[i:i+1], b) && !found[i] {
				t.Fatalf("%v meets %v and was not found", boxes[i], b)
			}
		}
	})
}

// Far from everything there is nothing to look at.
func TestBoxIndexLooksNearby(t *testing.T) {
	var x BoxIndex
	for i := range 1000 {
		at := orb.Point{float64(i % 40), float64(i / 40)}
		x.Add(Grow(at.Bound(), 300), i)
	}
	looked := 0
	x.Near(Grow(orb.Point{20.5, 10.5}.Bound(), 100), func(int) { looked++ })
	x.Near(Grow(orb.Point{20, 10}.Bound(), 100), func(int) { looked++ })
	if looked == 0 || looked > 4 {
		t.Errorf("looked at %d boxes to find one", looked)
	}
}
