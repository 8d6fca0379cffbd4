package geo

import (
	"math"
	"runtime"
	"testing"

	"github.com/paulmach/orb"
)

const (
	countyM    = 71_000.0 // the side of 5,000 km²
	countyWays = 40       // straight across, 30 m of ground seen from each
)

// county is watched ground of 5,000 km², and what is seen of it from ways across it.
func county(t interface{ Fatal(...any) }) (*Ground, []Brush) {
	centre := orb.Point{113.62, 34.75}
	p := NewPlane(centre, 0.2)
	var ways []Brush
	for i := range countyWays {
		y := countyM * (float64(i) + 0.37) / countyWays
		for x := -200.0; x < countyM; x += 400 { // as a vehicle's legs
			ways = append(ways, Brush{
				From: p.LonLat(x-countyM/2, y-countyM/2), At: p.LonLat(x+400-countyM/2, y-countyM/2), Leg: true, RadiusM: 15, Stamp: Stamp(len(ways) + 1),
			})
		}
	}
	return NewGround(rectangle(t, centre, countyM, countyM, 0.2), 30), ways
}

// The share of a county that narrow strips cover is theirs, to a hundredth.
func TestShareOfACounty(t *testing.T) {
	g, ways := county(t)
	r := NewRaster(g)
	for _, b := range ways {
		r.Paint(b, nil)
	}
	s := r.Survey(0, 0, Stamp(len(ways)+1))
	want := 30 * countyWays / countyM
	if got := s.CoveredM2 / g.AreaM2; math.Abs(got-want) > want/100 {
		t.Errorf("share %.6f, want %.6f", got, want)
	}
	if g.CellM > 5 || g.Coarse || math.Abs(g.AreaM2/(countyM*countyM)-1) > 1e-4 {
		t.Errorf("cells of %.2f m, %.0f km²", g.CellM, g.AreaM2/1e6)
	}
	if len(s.Parts) != countyWays+1 {
		t.Errorf("%d parts between %d ways across", len(s.Parts), countyWays)
	}
}

// BenchmarkCounty looks at a county after each leg of somebody in it. MB is what its
// ground and the raster on it take.
func BenchmarkCounty(b *testing.B) {
	before := heapBytes()
	g, ways := county(b)
	r := NewRaster(g)
	for _, way := range ways {
		r.Paint(way, nil)
	}
	r.Parts(0, 1)
	i := 0
	for b.Loop() {
		way := ways[i%len(ways)]
		way.Stamp = Stamp(len(ways) + i)
		i++
		r.Paint(way, nil)
		r.Parts(0, 1)
	}
	b.ReportMetric(float64(heapBytes()-before)/1e6, "MB")
	runtime.KeepAlive(r)
}
