package geo

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// A survey's worth of footprints, 100,000, over 4 km² in cells of 2 m, and the parts that
// they leave.
func BenchmarkFootprints(b *testing.B) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0)
	area, err := ParseArea(orb.Polygon{{p.LonLat(0, 0), p.LonLat(2000, 0), p.LonLat(2000, 2000), p.LonLat(0, 2000), p.LonLat(0, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	g := NewGround(area, 24)
	r := rand.New(rand.NewPCG(1, 2))
	patches := make([]Patch, 100_000)
	for i := range patches {
		at := p.LonLat(r.Float64()*2000, r.Float64()*1800)
		patches[i] = Patch{Ring: Footprint(at, 100, degrees(r.Float64()*360, -80, 0), m3e), Stamp: Stamp(len(patches) - i)} // the newest first, as they are read
	}
	for b.Loop() {
		raster := NewRaster(g)
		for _, patch := range patches {
			raster.Paint(patch, nil)
		}
		for _, part := range raster.Survey(0, 1, 200_000).Parts {
			g.Outline(part)
		}
	}
}
