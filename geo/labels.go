package geo

import "math/bits"

// labels are the 4-connected sets of stale cells within one block (run-based connected
// component labelling). They are never changed: a block whose stale cells are others
// gets new ones, so that a Part can hold on to those it is made of.
type labels struct {
	stale [blockSide]uint64     // of each row, bit c: cell c is stale
	first [blockSide + 1]uint16 // of each row, its first run
	of    []uint16              // of each run, by row and column, its set
	sets  []set                 // by first cell
}

// set is a 4-connected set of cells of one block.
type set struct {
	first          uint16 // index of its first cell in the block
	cells          uint16
	shares         uint32 // of the area, in 1/255 cells
	oldest, newest Stamp  // of its cells; 0: never
}

// at returns the set of a stale cell.
func (l *labels) at(row, col int) int {
	starts := l.stale[row] &^ (l.stale[row] << 1)
	run := bits.OnesCount64(starts<<(63-col)) - 1
	return int(l.of[int(l.first[row])+run])
}

// eachRun calls f with every run of cells c0 to c1, inclusive, of a row's mask.
func eachRun(mask uint64, f func(c0, c1 int)) {
	for mask != 0 {
		c0, c1 := firstRun(mask)
		f(c0, c1)
		mask &^= columns(c0, c1)
	}
}

// firstRun returns the first run of cells in a mask that is not empty.
func firstRun(mask uint64) (c0, c1 int) {
	c0 = bits.TrailingZeros64(mask)
	return c0, c0 + bits.TrailingZeros64(^(mask >> c0)) - 1
}

// columns returns the mask of the cells c0 to c1, inclusive, of a row.
func columns(c0, c1 int) uint64 { return ^uint64(0) >> (63 - c1 + c0) << c0 }

// newLabels labels the stale cells of a block whose cells carry stamps (nil: all were
// never seen) and belong to the area by shares (nil: whole).
func newLabels(stale *[blockSide]uint64, stamps *[blockCells]Stamp, shares *[blockCells]uint8) *labels {
	l := &labels{stale: *stale}
	var root [blockCells / 2]uint16 // parent of each run; the first run of a set is its root
	n := 0
	for row, mask := range stale {
		l.first[row] = uint16(n)
		for rest := mask; rest != 0; n++ {
			c0, c1 := firstRun(rest)
			run := columns(c0, c1)
			rest &^= run
			root[n] = uint16(n)
			if row > 0 {
				l.joinBelow(root[:], row-1, run, n)
			}
		}
	}
	l.first[blockSide] = uint16(n)
	l.of = make([]uint16, n)
	sets := 0
	for i := range l.of {
		if root[i] == uint16(i) {
			l.of[i] = uint16(sets)
			sets++
		} else {
			l.of[i] = l.of[find(root[:], uint16(i))]
		}
	}
	l.sets = make([]set, sets)
	l.sum(stamps, shares)
	return l
}

// joinBelow joins run n to those of the row below that it touches.
func (l *labels) joinBelow(root []uint16, below int, run uint64, n int) {
	mask := l.stale[below]
	starts := mask &^ (mask << 1)
	for touched := mask & run; touched != 0; {
		c := bits.TrailingZeros64(touched)
		j := int(l.first[below]) + bits.OnesCount64(starts<<(63-c)) - 1
		a, b := find(root, uint16(n)), find(root, uint16(j))
		root[max(a, b)] = min(a, b)
		end := c + bits.TrailingZeros64(^(mask >> c)) // that run's
		touched = touched >> end << end
	}
}

// find returns the root of i, shortening the way there.
func find[T uint16 | int32](root []T, i T) T {
	for root[i] != i {
		root[i] = root[root[i]]
		i = root[i]
	}
	return i
}

// sum adds every run to its set.
func (l *labels) sum(stamps *[blockCells]Stamp, shares *[blockCells]uint8) {
	n := 0
	for row, mask := range l.stale {
		for ; mask != 0; n++ {
			c0, c1 := firstRun(mask)
			mask &^= columns(c0, c1)
			from, to := row*blockSide+c0, row*blockSide+c1
			s := &l.sets[l.of[n]]
			if s.cells == 0 {
				s.first, s.oldest = uint16(from), noStamp
			}
			s.cells += uint16(to - from + 1)
			s.shares += sharesOf(shares, from, to)
			s.oldest, s.newest = stampsOf(stamps, from, to, s.oldest, s.newest)
		}
	}
}

// sharesOf returns what the cells from..to add up to; nil: they are whole.
func sharesOf(shares *[blockCells]uint8, from, to int) uint32 {
	if shares == nil {
		return uint32(to-from+1) * whole
	}
	sum := uint32(0)
	for _, v := range shares[from : to+1] {
		sum += uint32(v)
	}
	return sum
}

// stampsOf widens oldest and newest by the stamps of the cells from..to; nil: never seen.
func stampsOf(stamps *[blockCells]Stamp, from, to int, oldest, newest Stamp) (Stamp, Stamp) {
	if stamps == nil {
		return 0, newest
	}
	for _, v := range stamps[from : to+1] {
		oldest, newest = min(oldest, v), max(newest, v)
	}
	return oldest, newest
}

// mask returns the cells of one set, row by row.
func (l *labels) mask(set uint16) *[blockSide]uint64 {
	if len(l.sets) == 1 {
		return &l.stale
	}
	out := new([blockSide]uint64)
	n := 0
	for row, mask := range l.stale {
		for ; mask != 0; n++ {
			c0, c1 := firstRun(mask)
			run := columns(c0, c1)
			mask &^= run
			if l.of[n] == set {
				out[row] |= run
			}
		}
	}
	return out
}
