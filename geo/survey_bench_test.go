package geo

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// crowd is 10,000 walkers who keep to a square in the middle of a ground, and see 12 m
// wide, so that at every moment much of it is stale and much is fresh.
type crowd struct {
	ground  *Ground
	rand    *rand.Rand
	sideM   float64
	walkers []walker
	stamp   Stamp
}

type walker struct{ x, y, heading float64 } // metres from the middle

func newCrowd(g *Ground, sideM float64) *crowd {
	c := &crowd{ground: g, rand: rand.New(rand.NewPCG(1, 2)), sideM: sideM, walkers: make([]walker, 10_000), stamp: 1_000_000}
	for i := range c.walkers {
		c.walkers[i] = walker{sideM * (c.rand.Float64() - 0.5), sideM * (c.rand.Float64() - 0.5), 2 * math.Pi * c.rand.Float64()}
	}
	return c
}

// walk lets everybody walk for one second and paints what they see.
func (c *crowd) walk(r *Raster) {
	c.stamp++
	midX, midY := float64(c.ground.cols)/2*c.ground.CellM, float64(c.ground.rows)/2*c.ground.CellM
	at := func(w walker) orb.Point { return c.ground.LonLat(c.ground.x0+midX+w.x, c.ground.y0+midY+w.y) }
	for i := range c.walkers {
		w := &c.walkers[i]
		from := at(*w)
		sin, cos := math.Sincos(w.heading)
		if x, y := w.x+1.3*cos, w.y+1.3*sin; max(math.Abs(x), math.Abs(y)) < c.sideM/2 {
			w.x, w.y = x, y
			w.heading += 0.2 * (c.rand.Float64() - 0.5)
		} else {
			w.heading += math.Pi / 2
		}
		r.Paint(Brush{From: from, At: at(*w), Leg: true, RadiusM: 6, Stamp: c.stamp}, nil)
	}
}

// Finding the stale parts after each second of a crowd's walk, held against labelling the
// whole raster, on 4096² cells of 1 m that were all seen once. bytes/cell is what the
// raster holds, by cell of the blocks that were touched.
func BenchmarkParts(b *testing.B) {
	g := NewGround(rectangle(b, orb.Point{113.62, 34.75}, 4096, 4096, 0.2), 12)
	for _, c := range []struct {
		name    string
		sideM   float64
		revisit Stamp
	}{{"4 %", 4096 * 0.2, 3}, {"everywhere", 4096, 75}} {
		b.Run(c.name, func(b *testing.B) {
			before := heapBytes()
			r, crowd := NewRaster(g), newCrowd(g, c.sideM)
			r.Paint(Brush{At: orb.Point{113.62, 34.75}, RadiusM: 4096, Stamp: 1}, nil)
			for range c.revisit {
				crowd.walk(r)
			}
			var looking, labelling time.Duration
			parts := 0
			r.Parts(0, crowd.stamp-c.revisit)
			for b.Loop() {
				crowd.walk(r)
				begin := time.Now()
				found, _ := r.Parts(0, crowd.stamp-c.revisit)
				looking += time.Since(begin)
				begin = time.Now()
				plain := plainParts(r, 0, crowd.stamp-c.revisit)
				labelling += time.Since(begin)
				if parts = len(found); parts != len(plain) {
					b.Fatalf("%d parts, labelling the whole finds %d", parts, len(plain))
				}
			}
			touched := 0
			for _, bl := range r.blocks {
				if bl != nil {
					touched++
				}
			}
			b.ReportMetric(float64(looking.Microseconds())/1000/float64(b.N), "ms/look")
			b.ReportMetric(labelling.Seconds()/looking.Seconds(), "whole/look")
			b.ReportMetric(float64(heapBytes()-before)/float64(touched*blockCells), "bytes/cell")
			b.ReportMetric(float64(touched), "blocks")
			b.ReportMetric(float64(parts), "parts")
			runtime.KeepAlive(r)
		})
	}
}

// heapBytes returns what is reachable on the heap.
func heapBytes() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
