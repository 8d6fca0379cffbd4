package geo

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/paulmach/orb"
)

// Run is the cells c0 to c1, inclusive, of one row.
type Run struct{ Row, C0, C1 int }

// Part is a 4-connected set of cells of a Ground. It is immutable.
type Part struct {
	SizeM2    float64
	Oldest    Stamp      // the oldest stamp in it, or the horizon where a cell was not seen since
	Newest    Stamp      // the newest stamp in it, or the horizon where none was seen since
	first     int        // its first cell, by row, then column
	fragments []fragment // by block, then set
}

// fragment is what of a part lies in one block: one set of its labels.
type fragment struct {
	*labels
	block int32
	set   uint16
}

// Empty reports whether the part has no cells.
func (p Part) Empty() bool { return len(p.fragments) == 0 }

// eachBlock calls f with every block that holds cells of the part, and those cells.
func (p Part) eachBlock(f func(id int, cells *[blockSide]uint64)) {
	for rest := p.fragments; len(rest) > 0; {
		id, cells, n := nextBlock(rest)
		f(id, cells)
		rest = rest[n:]
	}
}

// nextBlock returns the block of the first fragment, the cells of all fragments in it, and how
// many these are.
func nextBlock(fragments []fragment) (id int, cells *[blockSide]uint64, n int) {
	first := fragments[0]
	cells, n = first.mask(first.set), 1
	if len(fragments) == 1 || fragments[1].block != first.block {
		return int(first.block), cells, n
	}
	all := *cells
	for ; n < len(fragments) && fragments[n].block == first.block; n++ {
		for row, mask := range fragments[n].mask(fragments[n].set) {
			all[row] |= mask
		}
	}
	return int(first.block), &all, n
}

// Runs returns the cells of a part of the ground by row, then column.
func (g *Ground) Runs(p Part) []Run {
	var out []Run
	for i := 0; i < len(p.fragments); {
		blockRow := int(p.fragments[i].block) / g.blockCols
		var ids []int
		var cells []*[blockSide]uint64
		for i < len(p.fragments) && int(p.fragments[i].block)/g.blockCols == blockRow {
			id, mask, n := nextBlock(p.fragments[i:])
			ids, cells = append(ids, id), append(cells, mask)
			i += n
		}
		for row := range blockSide {
			for k, id := range ids {
				left := id % g.blockCols * blockSide
				eachRun(cells[k][row], func(c0, c1 int) {
					run := Run{blockRow*blockSide + row, left + c0, left + c1}
					if n := len(out); n > 0 && out[n-1].Row == run.Row && out[n-1].C1 == run.C0-1 {
						out[n-1].C1 = run.C1
					} else {
						out = append(out, run)
					}
				})
			}
		}
	}
	return out
}

// labelsOf labels runs of cells, by block.
func (g *Ground) labelsOf(runs []Run) []*labels {
	masks := map[int]*[blockSide]uint64{}
	for _, r := range runs {
		g.eachInBlock(r.Row, r.C0, r.C1, func(id, c0, c1 int) {
			if masks[id] == nil {
				masks[id] = new([blockSide]uint64)
			}
			masks[id][r.Row%blockSide] |= columns(c0, c1)
		})
	}
	out := make([]*labels, len(g.inside))
	for id, mask := range masks {
		out[id] = newLabels(mask, nil, nil)
	}
	return out
}

// OverlapCells returns how many cells two parts of one ground share.
func OverlapCells(a, b Part) int {
	n := 0
	for p, q := a.fragments, b.fragments; len(p) > 0 && len(q) > 0; {
		switch {
		case p[0].block < q[0].block:
			p = p[1:]
		case q[0].block < p[0].block:
			q = q[1:]
		case p[0] == q[0]:
			n += int(p[0].sets[p[0].set].cells)
			p, q = p[1:], q[1:]
		case p[0].labels == q[0].labels: // sets of one block share nothing
			if p[0].set < q[0].set {
				p = p[1:]
			} else {
				q = q[1:]
			}
		default:
			_, these, np := nextBlock(p)
			_, those, nq := nextBlock(q)
			for row, mask := range these {
				n += bits.OnesCount64(mask & those[row])
			}
			p, q = p[np:], q[nq:]
		}
	}
	return n
}

// PartIndex finds the parts near a point.
type PartIndex struct {
	ground *Ground
	blocks map[int][]indexed
}

// indexed is the cells of a part in one block.
type indexed struct {
	part  int
	cells *[blockSide]uint64
}

// NewPartIndex returns an index of the parts of one ground.
func NewPartIndex(g *Ground, parts []Part) *PartIndex {
	x := &PartIndex{ground: g, blocks: map[int][]indexed{}}
	for i, p := range parts {
		p.eachBlock(func(id int, cells *[blockSide]uint64) {
			x.blocks[id] = append(x.blocks[id], indexed{i, cells})
		})
	}
	return x
}

// Near calls f with every part that has a cell whose centre lies within radiusM metres
// of a lon/lat point, some more than once.
func (x *PartIndex) Near(at orb.Point, radiusM float64, f func(part int)) {
	Brush{At: at, RadiusM: radiusM}.on(x.ground).eachRow(x.ground, func(row, c0, c1 int) {
		x.ground.eachInBlock(row, c0, c1, func(id, c0, c1 int) {
			for _, p := range x.blocks[id] {
				if p.cells[row%blockSide]&columns(c0, c1) != 0 {
					f(p.part)
				}
			}
		})
	})
}

// eachInBlock cuts cells c0 to c1, inclusive, of a row at the borders of blocks, and
// calls f with each block and the columns in it.
func (g *Ground) eachInBlock(row, c0, c1 int, f func(id, c0, c1 int)) {
	base := row / blockSide * g.blockCols
	for c := c0; c <= c1; {
		end := min(c1, c|(blockSide-1))
		f(base+c/blockSide, c%blockSide, end%blockSide)
		c = end + 1
	}
}

// meets reports whether some of a part's runs has a cell among c0..c1 of a row.
func meets(runs []Run, row, c0, c1 int) bool {
	i, _ := slices.BinarySearchFunc(runs, c0, func(r Run, c0 int) int {
		return cmp.Or(cmp.Compare(r.Row, row), cmp.Compare(r.C1, c0))
	})
	return i < len(runs) && runs[i].Row == row && runs[i].C0 <= c1
}

// Label returns a point well inside the part: the middle of the widest cross among a
// few of its runs.
func (g *Ground) Label(p Part) orb.Point {
	runs := g.Runs(p)
	best, bestReach := orb.Point{}, -1.0
	step := max(1, len(runs)/48)
	for i := step / 2; i < len(runs); i += step {
		run := runs[i]
		mid := (run.C0 + run.C1) / 2
		up, down := 0, 0
		for meets(runs, run.Row+up+1, mid, mid) {
			up++
		}
		for meets(runs, run.Row-down-1, mid, mid) {
			down++
		}
		width, height := float64(run.C1-run.C0+1), float64(up+down+1)
		if reach := math.Min(width, height) + 0.01*math.Max(width, height); reach > bestReach {
			bestReach = reach
			x := g.x0 + (float64(run.C0+run.C1)/2+0.5)*g.CellM
			y := g.y0 + (float64(run.Row)+float64(up-down)/2+0.5)*g.CellM
			best = g.LonLat(x, y)
		}
	}
	return best
}

// PartWithin returns the cells of the ground that a shape drawn on it earlier meets, such
// as a recorded gap's outline; it serves to find the same ground again.
func (g *Ground) PartWithin(shape orb.MultiPolygon) Part {
	var rings [][][2]float64
	for _, poly := range shape {
		for _, ring := range poly {
			flat := make([][2]float64, len(ring))
			for i, p := range ring {
				x, y := g.XY(p)
				flat[i] = [2]float64{x, y}
			}
			rings = append(rings, flat)
		}
	}
	var runs []Run
	for _, s := range spansOf(g.scan(rings)) {
		runs = append(runs, Run{s.row, s.c0, s.c1})
	}
	return g.partOf(runs)
}

// partOf returns the part that runs, by row, then column, make up, without figures.
func (g *Ground) partOf(runs []Run) (p Part) {
	for id, l := range g.labelsOf(runs) {
		if l != nil {
			for i := range l.sets {
				p.fragments = append(p.fragments, fragment{l, int32(id), uint16(i)})
			}
		}
	}
	return p
}
