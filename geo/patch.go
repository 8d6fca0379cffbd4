package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Patch is a convex piece of ground that was seen at once, such as an image's footprint.
type Patch struct {
	Ring  orb.Ring // lon/lat, convex, closed
	Stamp Stamp
}

func (p Patch) seen() Stamp { return p.Stamp }

func (p Patch) on(g *Ground) figure {
	return p.convex(func(at orb.Point) (x, y float64) { return g.cells(g.XY(at)) })
}

// convex draws the patch where place says its corners lie.
func (p Patch) convex(place func(orb.Point) (x, y float64)) convex {
	out := convex{box: box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	for _, at := range p.Ring {
		x, y := place(at)
		out.corners = append(out.corners, [2]float64{x, y})
		out.box = box{min(out.left, x), min(out.bottom, y), max(out.right, x), max(out.top, y)}
	}
	return out
}

// convex is a patch on a grid, in cells.
type convex struct {
	box
	corners [][2]float64 // the last is the first
}

func (c convex) contains(x, y float64) bool {
	lo, hi := c.at(y)
	return x >= lo && x <= hi
}

func (c convex) eachRow(g *Ground, f func(row, c0, c1 int)) {
	first, last := g.rowsBetween(c.bottom, c.top)
	for row := first; row <= last; row++ {
		if c0, c1 := g.columns(c.at(float64(row) + 0.5)); c0 <= c1 {
			f(row, c0, c1)
		}
	}
}

// at returns the part lo..hi of the line at height yc inside the patch; lo > hi when none.
func (c convex) at(yc float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := 1; i < len(c.corners); i++ {
		a, b := c.corners[i-1], c.corners[i]
		if yc < min(a[1], b[1]) || yc > max(a[1], b[1]) || a[1] == b[1] {
			continue
		}
		x := a[0] + (yc-a[1])/(b[1]-a[1])*(b[0]-a[0])
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}
