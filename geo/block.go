package geo

import (
	"math"
	"math/bits"
)

// noStamp is later than every stamp.
const noStamp Stamp = math.MaxUint32

// block is 64×64 cells of stamps, and which of them are fresh: stamped after the
// raster's stale. A row is read again only when one of its cells may have gone stale.
type block struct {
	stamps *[blockCells]Stamp // row by row
	fresh  [blockSide]uint64  // of each row, bit c: cell c is fresh
	oldest [blockSide]Stamp   // no fresh cell of the row is older; noStamp where none is fresh
	exact  uint64             // bit r: oldest of row r is the stamp of a cell
	turned bool               // the labels no longer say what the cells do
	sums   sums
}

// sums are what a block's cells that were seen after a horizon add up to.
type sums struct {
	known   bool
	horizon Stamp
	shares  uint64 // in 1/255 cells
	stamps  uint64 // share × stamp
	oldest  Stamp  // of them; noStamp: there is none
}

func newBlock() *block {
	b := &block{stamps: new([blockCells]Stamp), exact: math.MaxUint64}
	for i := range b.oldest {
		b.oldest[i] = noStamp
	}
	return b
}

// paint lays a stamp on the cells from..to of one row, and returns as of which stale the
// block may have to be looked at again: 0 is at once. It is quickest where a row is fresh
// throughout and no cell of it older than the stamp.
func (b *block) paint(from, to int, stamp, stale Stamp) (due Stamp) {
	if row := from / blockSide; stamp <= b.oldest[row] && b.fresh[row] == math.MaxUint64 {
		return noStamp
	}
	cells := b.stamps[from : to+1]
	for i, v := range cells {
		if v < stamp {
			cells[i] = stamp
		}
	}
	b.sums.known = false
	if stamp <= stale { // a stale cell may have been seen later than was thought
		b.turned = true
		return 0
	}
	row, run := from/blockSide, columns(from%blockSide, to%blockSide)
	b.turned = b.turned || b.fresh[row]&run != run
	b.fresh[row] |= run
	b.exact &^= 1 << row
	b.oldest[row] = min(b.oldest[row], stamp)
	if b.turned {
		return 0
	}
	return stamp
}

// age reads the rows in which a fresh cell may have gone stale.
func (b *block) age(stale Stamp) {
	for row, oldest := range b.oldest {
		if oldest <= stale {
			b.read(row, stale)
		}
	}
}

// readAll reads every row.
func (b *block) readAll(stale Stamp) {
	for row := range b.oldest {
		b.read(row, stale)
	}
}

// read finds out anew which cells of a row are fresh.
func (b *block) read(row int, stale Stamp) {
	var fresh uint64
	oldest := uint64(math.MaxUint64)
	after := uint64(stale) + 1
	for _, v := range b.stamps[row*blockSide : (row+1)*blockSide] {
		since := uint64(v) - after // wraps where the cell is stale
		fresh = fresh>>1 | ^since&(1<<63)
		oldest = min(oldest, since)
	}
	if fresh != b.fresh[row] {
		b.fresh[row], b.turned = fresh, true
	}
	b.exact |= 1 << row
	b.oldest[row] = noStamp
	if fresh != 0 {
		b.oldest[row] = Stamp(oldest + after)
	}
}

// due returns the stamp of the oldest fresh cell, or, when that is not before bound, some
// stamp from bound on that no fresh cell is older than.
func (b *block) due(stale, bound Stamp) Stamp {
	out := noStamp
	for row, oldest := range b.oldest {
		if oldest < bound && b.exact>>row&1 == 0 {
			b.read(row, stale)
		}
		out = min(out, b.oldest[row])
	}
	return out
}

// sum returns the sums of the cells that were seen after a horizon; shares (nil: whole)
// say how much of each belongs to the area.
func (b *block) sum(horizon Stamp, shares *[blockCells]uint8) sums {
	if s := &b.sums; !s.known || horizon < s.horizon || horizon >= s.oldest {
		*s = sums{known: true, horizon: horizon, oldest: noStamp}
		for i, v := range b.stamps {
			if v <= horizon {
				continue
			}
			share := uint64(whole)
			if shares != nil {
				share = uint64(shares[i])
			}
			s.shares += share
			s.stamps += share * uint64(v)
			s.oldest = min(s.oldest, v)
		}
	}
	return b.sums
}

// freshShares returns how much of the block is fresh, in 1/255 cells.
func (b *block) freshShares(shares *[blockCells]uint8) uint64 {
	n := uint64(0)
	for row, mask := range b.fresh {
		if shares == nil {
			n += whole * uint64(bits.OnesCount64(mask))
			continue
		}
		for ; mask != 0; mask &= mask - 1 {
			n += uint64(shares[row*blockSide+bits.TrailingZeros64(mask)])
		}
	}
	return n
}
