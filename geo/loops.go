package geo

import (
	"cmp"
	"math"
	"slices"
)

// corner is a grid corner where a part's edge turns, in cells.
type corner struct{ x, y int }

// loops returns the edge of a part, given by its runs, as closed loops of corners with the part on the left.
// Where two cells meet only at a corner the loop stays with its own cell.
func loops(runs []Run) [][]corner {
	// Every horizontal piece of the edge, by its start; vertical pieces follow from them.
	type piece struct {
		from, to corner
	}
	var pieces []piece
	rows := map[int][]Run{}
	lo, hi := math.MaxInt, math.MinInt
	for _, r := range runs {
		rows[r.Row] = append(rows[r.Row], r)
		lo, hi = min(lo, r.Row), max(hi, r.Row)
	}
	for y := lo; y <= hi+1; y++ {
		for _, d := range difference(rows[y], rows[y-1]) { // open below: runs east
			pieces = append(pieces, piece{corner{d.C0, y}, corner{d.C1 + 1, y}})
		}
		for _, d := range difference(rows[y-1], rows[y]) { // open above: runs west
			pieces = append(pieces, piece{corner{d.C1 + 1, y}, corner{d.C0, y}})
		}
	}
	// A vertical piece joins the end of one horizontal piece to the start of another on
	// the same column line, where ends and starts pair up from below.
	type end struct {
		y     int
		piece int
		start bool
	}
	columns := map[int][]end{}
	for i, pc := range pieces {
		columns[pc.from.x] = append(columns[pc.from.x], end{y: pc.from.y, piece: i, start: true})
		columns[pc.to.x] = append(columns[pc.to.x], end{y: pc.to.y, piece: i})
	}
	follow := make([]int, len(pieces))
	for _, ends := range columns {
		// At a saddle two vertical pieces meet: the one from below comes first.
		slices.SortFunc(ends, func(a, b end) int {
			return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(rank(pieces[a.piece].from, pieces[a.piece].to), rank(pieces[b.piece].from, pieces[b.piece].to)))
		})
		for i := 0; i+1 < len(ends); i += 2 {
			a, b := ends[i], ends[i+1]
			if a.start {
				a, b = b, a
			}
			follow[a.piece] = b.piece
		}
	}
	var out [][]corner
	done := make([]bool, len(pieces))
	for i := range pieces {
		if done[i] {
			continue
		}
		var loop []corner
		for j := i; !done[j]; j = follow[j] {
			done[j] = true
			loop = append(loop, pieces[j].from, pieces[j].to)
		}
		out = append(out, loop)
	}
	return out
}

// rank orders the two horizontal pieces at one saddle: the vertical piece below it is
// a side of the cell beneath, whose top runs west; the one above is a side of the cell
// above, whose bottom runs east.
func rank(from, to corner) int {
	if to.x < from.x {
		return 0
	}
	return 1
}

// difference returns the cells of runs a that are not in runs b; both of one row, in
// order, apart from each other.
func difference(a, b []Run) []Run {
	var out []Run
	j := 0
	for _, r := range a {
		c := r.C0
		for j < len(b) && b[j].C1 < c {
			j++
		}
		for k := j; k < len(b) && b[k].C0 <= r.C1; k++ {
			if b[k].C0 > c {
				out = append(out, Run{r.Row, c, b[k].C0 - 1})
			}
			c = max(c, b[k].C1+1)
		}
		if c <= r.C1 {
			out = append(out, Run{r.Row, c, r.C1})
		}
	}
	return out
}

func loopArea(loop []corner) int {
	sum := 0
	for i, a := range loop {
		b := loop[(i+1)%len(loop)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum
}
