package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Run is the cells c0 to c1, inclusive, of one row.
type Run struct{ Row, C0, C1 int }

// Part is a 4-connected set of cells of a Ground.
type Part struct {
	Runs   []Run // by row, then column
	SizeM2 float64
	Oldest Stamp // the oldest stamp in it, or the horizon where a cell was not seen since
	Newest Stamp // the newest stamp in it, or the horizon where none was seen since
}

// Survey is what a raster says as of one moment.
type Survey struct {
	CoveredM2   float64
	NeverM2     float64 // not seen after the horizon
	SeenM2      float64 // seen after the horizon
	IdleSum     float64 // seconds × m², of what was seen
	Oldest      Stamp   // of all cells, the horizon where one was not seen since
	OldestFresh Stamp   // of the covered cells; 0 when none is
	Parts       []Part  // the stale parts, by their first cell
}

// Survey reads the raster as of at: a cell is covered when its stamp lies in
// (stale, at], and not seen when it lies at or before horizon; horizon ≤ stale ≤ at.
func (r *Raster) Survey(horizon, stale, at Stamp) Survey {
	g := r.ground
	s := Survey{Oldest: at}
	c := components{}
	for row := 0; row < g.rows; row++ {
		c.nextRow()
		r.surveyRow(row, horizon, stale, at, &s, &c)
	}
	s.Parts = c.parts()
	return s
}

// surveyRow adds one row's cells to the sums and its stale runs to the components.
func (r *Raster) surveyRow(row int, horizon, stale, at Stamp, s *Survey, c *components) {
	g := r.ground
	base, line := row/blockSide*g.blockCols, row%blockSide*blockSide
	for b := 0; b < g.blockCols; b++ {
		id := base + b
		if !g.holds(id) {
			continue
		}
		e, cells := g.edges[id], r.blocks[id]
		if cells == nil && e == nil { // unseen throughout
			m2 := blockSide * g.unitM2
			s.NeverM2 += m2
			s.Oldest = min(s.Oldest, horizon)
			c.add(row, b*blockSide, (b+1)*blockSide-1, m2, horizon)
			continue
		}
		for i := 0; i < blockSide; i++ {
			m2 := g.unitM2
			if e != nil {
				if e.share[line+i] == 0 {
					continue
				}
				m2 *= float64(e.share[line+i]) / whole
			}
			v := horizon
			if cells != nil && cells[line+i] > horizon && cells[line+i] <= at {
				v = cells[line+i]
			}
			s.Oldest = min(s.Oldest, v)
			if v == horizon {
				s.NeverM2 += m2
			} else {
				s.SeenM2 += m2
				s.IdleSum += m2 * float64(at-v)
			}
			if v > stale {
				s.CoveredM2 += m2
				if s.OldestFresh == 0 || v < s.OldestFresh {
					s.OldestFresh = v
				}
				continue
			}
			c.add(row, b*blockSide+i, b*blockSide+i, m2, v)
		}
	}
}

// components joins runs of cells into 4-connected parts, row by row (run-based
// connected component labelling; union-find over runs).
type components struct {
	runs         []Run
	root         []int // parent of each run; the smallest index of a part is its root
	m2           []float64
	oldest       []Stamp
	newest       []Stamp
	above, start int // where the row above and this row begin in runs
	next         int // the first run of the row above that may still touch
}

func (c *components) nextRow() {
	c.above, c.start = c.start, len(c.runs)
	c.next = c.above
}

// add adds cells c0..c1 of a row, which come in order of row and column.
func (c *components) add(row, c0, c1 int, m2 float64, v Stamp) {
	i := len(c.runs) - 1
	if i >= c.start && c.runs[i].C1 == c0-1 {
		c.runs[i].C1 = c1
		c.m2[i] += m2
		c.oldest[i] = min(c.oldest[i], v)
		c.newest[i] = max(c.newest[i], v)
	} else {
		i++
		c.runs = append(c.runs, Run{row, c0, c1})
		c.root = append(c.root, i)
		c.m2 = append(c.m2, m2)
		c.oldest = append(c.oldest, v)
		c.newest = append(c.newest, v)
	}
	for c.next < c.start && c.runs[c.next].C1 < c0 {
		c.next++
	}
	for j := c.next; j < c.start && c.runs[j].C0 <= c1; j++ {
		c.join(i, j)
	}
}

func (c *components) find(i int) int {
	for c.root[i] != i {
		c.root[i] = c.root[c.root[i]]
		i = c.root[i]
	}
	return i
}

func (c *components) join(i, j int) {
	i, j = c.find(i), c.find(j)
	c.root[max(i, j)] = min(i, j)
}

// parts gathers the runs under their roots.
func (c *components) parts() []Part {
	index := make(map[int]int)
	var out []Part
	for i, run := range c.runs {
		root := c.find(i)
		k, ok := index[root]
		if !ok {
			k = len(out)
			index[root] = k
			out = append(out, Part{Oldest: c.oldest[i]})
		}
		p := &out[k]
		p.Runs = append(p.Runs, run)
		p.SizeM2 += c.m2[i]
		p.Oldest = min(p.Oldest, c.oldest[i])
		p.Newest = max(p.Newest, c.newest[i])
	}
	return out
}

// OverlapCells returns how many cells two parts of one ground share.
func OverlapCells(a, b Part) int {
	n := 0
	for i, j := 0, 0; i < len(a.Runs) && j < len(b.Runs); {
		p, q := a.Runs[i], b.Runs[j]
		if p.Row == q.Row {
			n += max(0, min(p.C1, q.C1)-max(p.C0, q.C0)+1)
		}
		if p.Row < q.Row || p.Row == q.Row && p.C1 < q.C1 {
			i++
		} else {
			j++
		}
	}
	return n
}

// PartIndex finds the parts near a point. The parts must not change under it.
type PartIndex struct {
	ground *Ground
	rows   map[int][]indexed
}

// indexed is a run with the part it belongs to.
type indexed struct{ c0, c1, part int }

// NewPartIndex returns an index of the parts of one ground.
func NewPartIndex(g *Ground, parts []Part) *PartIndex {
	x := &PartIndex{ground: g, rows: map[int][]indexed{}}
	for i, p := range parts {
		for _, r := range p.Runs {
			x.rows[r.Row] = append(x.rows[r.Row], indexed{r.C0, r.C1, i})
		}
	}
	for _, runs := range x.rows {
		slices.SortFunc(runs, func(a, b indexed) int { return cmp.Compare(a.c0, b.c0) })
	}
	return x
}

// Near calls f with every part that has a cell whose centre lies within radiusM metres
// of a lon/lat point, some more than once.
func (x *PartIndex) Near(at orb.Point, radiusM float64, f func(part int)) {
	Brush{At: at, RadiusM: radiusM}.on(x.ground).eachRow(x.ground, func(row, c0, c1 int) {
		runs := x.rows[row]
		i, _ := slices.BinarySearchFunc(runs, c0, func(r indexed, c int) int { return cmp.Compare(r.c1, c) })
		for ; i < len(runs) && runs[i].c0 <= c1; i++ {
			f(runs[i].part)
		}
	})
}

// meets reports whether the part has a cell among c0..c1 of a row.
func (p Part) meets(row, c0, c1 int) bool {
	lo, hi := 0, len(p.Runs)
	for lo < hi { // the first run that does not end before row, c0
		mid := (lo + hi) / 2
		if r := p.Runs[mid]; r.Row < row || r.Row == row && r.C1 < c0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(p.Runs) && p.Runs[lo].Row == row && p.Runs[lo].C0 <= c1
}

// Label returns a point well inside the part: the middle of the widest cross among a
// few of its runs.
func (g *Ground) Label(p Part) orb.Point {
	best, bestReach := orb.Point{}, -1.0
	step := max(1, len(p.Runs)/48)
	for i := step / 2; i < len(p.Runs); i += step {
		run := p.Runs[i]
		mid := (run.C0 + run.C1) / 2
		up, down := 0, 0
		for p.meets(run.Row+up+1, mid, mid) {
			up++
		}
		for p.meets(run.Row-down-1, mid, mid) {
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
	var p Part
	for _, s := range spansOf(g.scan(rings)) {
		p.Runs = append(p.Runs, Run{s.row, s.c0, s.c1})
	}
	return p
}
