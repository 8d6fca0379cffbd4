package geo

import (
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// sidesOf180 returns where the area meets the antimeridian: 180 when it lies west of it
// there, -180 when it lies east of it, both when it has parts on both sides.
func sidesOf180(a Area) []float64 {
	var sides []float64
	for _, side := range [2]float64{180, -180} {
		for _, poly := range a.shape {
			if b := poly.Bound(); b.Min[0] == side || b.Max[0] == side {
				sides = append(sides, side)
				break
			}
		}
	}
	return sides
}

// partsOn cuts a part along the antimeridian and returns what lies on one side of it,
// cell by cell.
func (g *Ground) partsOn(side float64, p Part) []Part {
	var kept []Run
	for _, run := range g.Runs(p) {
		on := func(col int) bool { // the antimeridian crosses a row once
			at := g.LonLat(g.x0+(float64(col)+0.5)*g.CellM, g.y0+(float64(run.Row)+0.5)*g.CellM)
			return at[0] > 0 == (side > 0)
		}
		n := run.C1 - run.C0 + 1
		switch first, last := on(run.C0), on(run.C1); {
		case !first && !last:
			continue
		case !last:
			run.C1 = run.C0 + sort.Search(n, func(i int) bool { return !on(run.C0 + i) }) - 1
		case !first:
			run.C0 += sort.Search(n, func(i int) bool { return on(run.C0 + i) })
		}
		kept = append(kept, run)
	}
	return g.connect(g.labelsOf(kept))
}

// upTo returns a point, or, where it lies beyond the antimeridian seen from side, the
// point of the antimeridian at its latitude; side 0 is no side.
func upTo(side float64, p orb.Point) orb.Point {
	if side != 0 && math.Signbit(p[0]) != math.Signbit(side) {
		p[0] = side
	}
	return p
}

// heldBack draws a part of cells that all lie more than half beyond the antimeridian,
// seen from the area's side: moved back by what stands over.
func (g *Ground) heldBack(p Part, side float64) orb.MultiPolygon {
	out := g.polygon(loops(g.Runs(p)), chamfer, 0)
	over := 0.0 // degrees beyond, signed like side
	for _, ring := range out[0] {
		for i := range ring {
			beyond := math.Remainder(ring[i][0]-side, 360)
			ring[i][0] = side + beyond
			if beyond > 0 == (side > 0) && math.Abs(beyond) > math.Abs(over) {
				over = beyond
			}
		}
	}
	for _, ring := range out[0] {
		for i := range ring {
			ring[i][0] -= over
		}
	}
	return out
}
