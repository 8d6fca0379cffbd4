package geo

import (
	"cmp"
	"math"
	"slices"
)

// piece is what the area's edges add to one cell (area, with its first moments) and to
// every cell right of it (cover, with its moment), in cells from the cell's corner.
type piece struct {
	row, col      int
	cover, coverY float64
	area, mx, my  float64
}

// scan walks every edge of the rings (plane metres) through the cells and returns the
// sums of each cell, in order of row and column.
func (g *Ground) scan(rings [][][2]float64) []piece {
	var out []piece
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			x0, y0 := g.cells(ring[i-1][0], ring[i-1][1])
			x1, y1 := g.cells(ring[i][0], ring[i][1])
			out = g.walk(out, x0, y0, x1, y1)
		}
	}
	slices.SortFunc(out, func(a, b piece) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	merged := out[:0]
	for _, p := range out {
		if n := len(merged); n > 0 && merged[n-1].row == p.row && merged[n-1].col == p.col {
			m := &merged[n-1]
			m.cover, m.coverY = m.cover+p.cover, m.coverY+p.coverY
			m.area, m.mx, m.my = m.area+p.area, m.mx+p.mx, m.my+p.my
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// cells turns plane metres into cells of the grid.
func (g *Ground) cells(x, y float64) (float64, float64) {
	return (x - g.x0) / g.CellM, (y - g.y0) / g.CellM
}

// walk cuts one edge (in cells) at every cell border and adds the piece in each cell.
// An edge that goes up has the area on its left, so it takes away what lies right.
func (g *Ground) walk(out []piece, x0, y0, x1, y1 float64) []piece {
	if y0 == y1 {
		return out
	}
	direction := -1.0
	if y0 > y1 {
		x0, y0, x1, y1 = x1, y1, x0, y0
		direction = 1
	}
	slope := (x1 - x0) / (y1 - y0)
	for row := clamp(int(math.Floor(y0)), 0, g.rows-1); row < g.rows && float64(row) < y1; row++ {
		ya, yb := max(y0, float64(row)), min(y1, float64(row+1))
		if yb <= ya {
			continue
		}
		xa, xb := x0+(ya-y0)*slope, x0+(yb-y0)*slope
		lo, hi := min(xa, xb), max(xa, xb)
		for col := clamp(int(math.Floor(lo)), 0, g.cols-1); col < g.cols; col++ {
			pa, pb := ya, yb // the piece's heights within this column
			if hi > lo {
				l, r := max(lo, float64(col)), min(hi, float64(col+1))
				if r <= l {
					break
				}
				pa, pb = ya+(l-xa)/(xb-xa)*(yb-ya), ya+(r-xa)/(xb-xa)*(yb-ya)
			}
			if pa > pb {
				pa, pb = pb, pa
			}
			if pb > pa {
				out = append(out, pieceOf(row, col, direction, pa, x0+(pa-y0)*slope, pb, x0+(pb-y0)*slope))
			}
			if float64(col+1) >= hi {
				break
			}
		}
	}
	return out
}

// pieceOf integrates over the trapezoid between the edge piece (xa,ya)-(xb,yb) and the
// right side of its cell.
func pieceOf(row, col int, direction, ya, xa, yb, xb float64) piece {
	ya, yb = ya-float64(row), yb-float64(row)
	xa, xb = xa-float64(col), xb-float64(col)
	h := direction * (yb - ya)
	wa, wb := 1-xa, 1-xb
	return piece{
		row: row, col: col,
		cover: h, coverY: h * (ya + yb) / 2,
		area: h * (wa + wb) / 2,
		mx:   h * (1 - (xa*xa+xa*xb+xb*xb)/3) / 2,
		my:   h * (ya*(2*wa+wb) + yb*(wa+2*wb)) / 6,
	}
}

func clamp(v, lo, hi int) int { return max(lo, min(hi, v)) }

// span is a run of cells of one row, from c0 to c1 inclusive, that belong to the area
// by share/255; x, y is the centroid of the part that does, in cells, where the run is
// one cell.
type span struct {
	row, c0, c1 int
	share       uint8
	x, y        float64
}

// spansOf turns the sums of some rows into runs of cells with their share.
func spansOf(pieces []piece) []span {
	var out []span
	cover, coverY, row, col := 0.0, 0.0, -1, 0
	for _, p := range pieces {
		if p.row != row {
			cover, coverY, row, col = 0, 0, p.row, 0
		}
		if share := shareOf(cover); share > 0 && p.col > col {
			out = append(out, spansBetween(row, col, p.col-1, share, cover, coverY)...)
		}
		if area := cover + p.area; shareOf(area) > 0 {
			out = append(out, span{
				row: row, c0: p.col, c1: p.col, share: shareOf(area),
				x: float64(p.col) + unit((cover/2+p.mx)/area), y: float64(row) + unit((coverY+p.my)/area),
			})
		}
		cover, coverY, col = cover+p.cover, coverY+p.coverY, p.col+1
	}
	return out
}

// spansBetween returns the cells between two edges of one row: one run when they are
// whole, else cell by cell (an edge that runs along the row cuts them all alike).
func spansBetween(row, c0, c1 int, share uint8, cover, coverY float64) []span {
	if share == whole {
		return []span{{row: row, c0: c0, c1: c1, share: whole}}
	}
	out := make([]span, 0, c1-c0+1)
	for c := c0; c <= c1; c++ {
		out = append(out, span{row: row, c0: c, c1: c, share: share, x: float64(c) + 0.5, y: float64(row) + unit(coverY/cover)})
	}
	return out
}

// unit keeps a centroid within its cell, whatever rounding has done.
func unit(v float64) float64 { return max(0, min(1, v)) }

// shareOf rounds a fraction to 1/255; what is more than rounding noise is never none.
func shareOf(f float64) uint8 {
	if math.Abs(f) < 1e-7 {
		return 0
	}
	return uint8(clamp(int(math.Round(math.Abs(f)*whole)), 1, whole))
}
