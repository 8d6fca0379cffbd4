package geo

import (
	"github.com/paulmach/orb"
	boxclip "github.com/paulmach/orb/clip"
)

// Within returns the cells of the ground's area that another area takes part of, by more
// than what shares are rounded by: areas that only share an edge have no cell in common.
// The part has no figures.
func (g *Ground) Within(other Area) Part {
	grid := orb.Bound{Min: orb.Point{g.x0, g.y0}}
	grid.Max = orb.Point{g.x0 + float64(g.cols)*g.CellM, g.y0 + float64(g.rows)*g.CellM}
	var rings [][][2]float64
	for _, poly := range other.shape {
		for _, ring := range poly {
			flat := make(orb.Ring, len(ring))
			for i, p := range ring {
				flat[i][0], flat[i][1] = g.XY(p)
			}
			var clipped [][2]float64
			for _, p := range boxclip.Ring(grid, flat) {
				clipped = append(clipped, p)
			}
			rings = append(rings, clipped)
		}
	}
	var runs []Run
	for _, s := range spansOf(g.scan(rings)) {
		for c := s.c0; c <= s.c1; {
			end, share := g.shareAt(s.row, c)
			end = min(end, s.c1)
			if int(s.share)+int(share) > whole+2 {
				runs = append(runs, Run{s.row, c, end})
			}
			c = end + 1
		}
	}
	return g.partOf(runs)
}

// shareAt returns the share of a cell that belongs to the area, in 1/255, and the column
// up to which it is the same without looking again.
func (g *Ground) shareAt(row, col int) (end int, share uint8) {
	id := row/blockSide*g.blockCols + col/blockSide
	if g.inside[id] {
		return (col/blockSide+1)*blockSide - 1, whole
	}
	if e := g.edges[id]; e != nil {
		return col, e.share[row%blockSide*blockSide+col%blockSide]
	}
	return (col/blockSide+1)*blockSide - 1, 0
}
