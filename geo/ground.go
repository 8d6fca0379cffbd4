package geo

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	blockSide  = 64 // cells
	blockCells = blockSide * blockSide
	// maxBlocks bounds a ground's grid: 2^20 blocks are 107,000 km² at 5 m.
	maxBlocks = 1 << 20
	// maxEdgeCells bounds the cells along an area's edge: 2^21 are 10,000 km at 5 m.
	maxEdgeCells = 1 << 21
	// finestCellM is the smallest cell: below it a fix means nothing.
	finestCellM = 0.25
)

// goldenTurn turns a grid's axes against the subject's, by the angle whose tangent is
// 1/φ: streets and edges that run with the subject then cross the cells at every
// offset alike, and the cells counted along a straight edge err by a few cells in
// all, not by half a cell along its whole length.
var goldenTurn = math.Atan(2 / (1 + math.Sqrt(5)))

// Ground is an area cut into square cells, in a Plane centred on it: how much of each
// cell belongs to the area. It is immutable, and shared by the rasters laid over it.
type Ground struct {
	Plane
	CellM  float64 // side of a cell, metres
	Coarse bool    // CellM is coarser than asked, because of the area's size
	AreaM2 float64 // on the ellipsoid

	x0, y0     float64 // plane metres of the grid's corner
	cols, rows int     // in cells, multiples of blockSide
	blockCols  int
	inside     []bool             // per block: every cell belongs to the area whole
	edges      map[int]*edgeBlock // the blocks that hold part of the area's edge
	border     border
	total      uint64      // of all cells' shares, 1/255
	unitM2     float64     // square metres of a whole cell
	bounds     []orb.Bound // lon/lat boxes of the area's parts
	sides      []float64   // of the antimeridian, see sidesOf180
}

// edgeBlock is a block that the area's edge crosses.
type edgeBlock struct {
	share  [blockCells]uint8 // of each cell, 1/255
	cells  []edgeCell        // those that belong to the area in part, by index
	unseen *labels           // as long as none of it was ever seen
}

// edgeCell is a cell that belongs to the area in part. It is seen when the centroid of
// that part is, as a whole cell is when its centre is: so neither too much nor too
// little is counted along the edge.
type edgeCell struct {
	index int     // in the block
	x, y  float64 // the centroid, in cells of the grid
}

// whole is the share of a cell that belongs to the area entirely.
const whole = 255

// NewGround cuts area into cells for strips of sweepM metres: the cell is the smallest
// of 5 m, sweepM/12 and √area/128, not under 0.25 m, and coarser only where more than
// maxBlocks blocks would be needed or maxEdgeCells cells along the edge. CheckReach has
// found the area small enough.
func NewGround(area Area, sweepM float64) *Ground {
	centre := middleOf(area)
	turn := dominantDirection(area, NewPlane(centre, 0)) + goldenTurn
	g := &Ground{Plane: NewPlane(centre, turn), AreaM2: AreaM2(area), sides: sidesOf180(area)}
	for _, poly := range area.shape {
		g.bounds = append(g.bounds, poly.Bound())
	}
	rings := make([][][2]float64, 0, len(area.shape))
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	edgeM := 0.0
	for _, poly := range area.shape {
		for _, ring := range poly {
			flat := make([][2]float64, len(ring))
			for i, p := range ring {
				x, y := g.XY(p)
				flat[i] = [2]float64{x, y}
				if i > 0 {
					edgeM += math.Hypot(x-flat[i-1][0], y-flat[i-1][1])
				}
				lo = [2]float64{min(lo[0], x), min(lo[1], y)}
				hi = [2]float64{max(hi[0], x), max(hi[1], y)}
			}
			rings = append(rings, flat)
		}
	}
	g.lay(lo, hi, edgeM, max(finestCellM, min(5, sweepM/12, math.Sqrt(g.AreaM2)/128)))
	g.fill(rings)
	g.border = newBorder(g, rings)
	return g
}

// dominantDirection returns the direction, modulo a right angle, that most of the
// area's outline runs in: the length-weighted mean of four times each edge's angle.
func dominantDirection(area Area, p Plane) float64 {
	sin, cos := 0.0, 0.0
	for _, poly := range area.shape {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				x0, y0 := p.XY(ring[i-1])
				x1, y1 := p.XY(ring[i])
				s, c := math.Sincos(4 * math.Atan2(y1-y0, x1-x0))
				l := math.Hypot(x1-x0, y1-y0)
				sin, cos = sin+l*s, cos+l*c
			}
		}
	}
	return math.Atan2(sin, cos) / 4
}

// lay sets the grid over the box lo..hi (plane metres), in which the area's edge is
// edgeM long.
func (g *Ground) lay(lo, hi [2]float64, edgeM, cellM float64) {
	blocks := func(m float64) int { return int(math.Ceil(m/(cellM*blockSide) + 1e-9)) }
	for max(1, blocks(hi[0]-lo[0]))*max(1, blocks(hi[1]-lo[1])) > maxBlocks || edgeM > maxEdgeCells*cellM {
		cellM *= math.Sqrt2
		g.Coarse = true
	}
	g.CellM, g.x0, g.y0 = cellM, lo[0], lo[1]
	g.blockCols = max(1, blocks(hi[0]-lo[0]))
	g.cols, g.rows = g.blockCols*blockSide, max(1, blocks(hi[1]-lo[1]))*blockSide
}

// fill computes every cell's share of the area exactly, from the signed trapezoids
// between each edge and the row's end (as the scan converters of font rasterizers do),
// and rounds it to 1/255, never to none.
func (g *Ground) fill(rings [][][2]float64) {
	pieces := g.scan(rings)
	g.inside = make([]bool, g.blockCols*g.rows/blockSide)
	g.edges = map[int]*edgeBlock{}
	for from := 0; from < len(pieces); {
		blockRow := pieces[from].row / blockSide
		to := from
		for to < len(pieces) && pieces[to].row/blockSide == blockRow {
			to++
		}
		g.total += g.fillBlockRow(blockRow, spansOf(pieces[from:to]))
		from = to
	}
	g.unitM2 = g.AreaM2 / float64(g.total) * whole
	for _, e := range g.edges {
		e.unseen = newLabels(e.held(), nil, &e.share)
	}
}

// fillBlockRow sorts the spans of one row of blocks into whole blocks and edge blocks,
// and returns what the shares add up to.
func (g *Ground) fillBlockRow(blockRow int, spans []span) uint64 {
	count := make([]int, g.blockCols) // whole cells
	for _, s := range spans {
		if s.share == whole {
			for c := s.c0; c <= s.c1; {
				b := c / blockSide
				end := min(s.c1, (b+1)*blockSide-1)
				count[b] += end - c + 1
				c = end + 1
			}
		}
	}
	total := uint64(0)
	base := blockRow * g.blockCols
	for b, n := range count {
		if n == blockCells {
			g.inside[base+b] = true
			total += blockCells * whole
		}
	}
	for _, s := range spans {
		for c := s.c0; c <= s.c1; c++ {
			b := c / blockSide
			if g.inside[base+b] {
				c = (b+1)*blockSide - 1
				continue
			}
			e := g.edges[base+b]
			if e == nil {
				e = new(edgeBlock)
				g.edges[base+b] = e
			}
			i := s.row%blockSide*blockSide + c%blockSide
			e.share[i] = s.share
			if s.share != whole {
				e.cells = append(e.cells, edgeCell{index: i, x: s.x, y: s.y})
			}
			total += uint64(s.share)
		}
	}
	return total
}

// holds reports whether any cell of the block belongs to the area.
func (g *Ground) holds(block int) bool { return g.inside[block] || g.edges[block] != nil }

// shares returns each cell's share of the area, nil where all are whole.
func (g *Ground) shares(block int) *[blockCells]uint8 {
	if e := g.edges[block]; e != nil {
		return &e.share
	}
	return nil
}

// held returns, of each row, which cells belong to the area.
func (e *edgeBlock) held() *[blockSide]uint64 {
	out := new([blockSide]uint64)
	for i, share := range e.share {
		if share > 0 {
			out[i/blockSide] |= 1 << (i % blockSide)
		}
	}
	return out
}

// wholeUnseen are the labels of a block inside an area that was never seen.
var wholeUnseen = func() *labels {
	var all [blockSide]uint64
	for row := range all {
		all[row] = ^uint64(0)
	}
	return newLabels(&all, nil, nil)
}()

// unseen returns the labels of a block as long as none of it was seen, nil where it
// holds nothing of the area.
func (g *Ground) unseen(block int) *labels {
	if g.inside[block] {
		return wholeUnseen
	}
	if e := g.edges[block]; e != nil {
		return e.unseen
	}
	return nil
}
