package geo

import (
	"encoding/binary"
	"errors"
	"math"
)

// errSaved says that bytes are not what Save wrote over this ground.
var errSaved = errors.New("not a raster over this ground")

// Save appends the raster to b: the grid, then each touched block as its distance from the
// one before, and its cells as runs of one stamp, each its length and what the stamp
// differs from the run before.
func (r *Raster) Save(b []byte) []byte {
	b = r.ground.saveGrid(b)
	last := -1
	for id, bl := range r.blocks {
		if bl == nil {
			continue
		}
		b = binary.AppendUvarint(b, uint64(id-last))
		last = id
		before := Stamp(0)
		for i := 0; i < blockCells; {
			v, n := bl.stamps[i], 1
			for i+n < blockCells && bl.stamps[i+n] == v {
				n++
			}
			b = binary.AppendUvarint(b, uint64(n))
			b = binary.AppendVarint(b, int64(v)-int64(before))
			before, i = v, i+n
		}
	}
	return binary.AppendUvarint(b, 0)
}

// Load fills an unseen raster with what Save wrote over the same ground, and returns what
// follows it. After an error the raster is worth nothing.
func (r *Raster) Load(b []byte) (rest []byte, err error) {
	grid := r.ground.saveGrid(nil)
	if len(b) < len(grid) || string(b[:len(grid)]) != string(grid) {
		return nil, errSaved
	}
	in := reader{b: b[len(grid):]}
	for id := -1; ; {
		step := in.uvarint()
		if in.failed || step > uint64(len(r.blocks)-1-id) {
			return nil, errSaved
		}
		if step == 0 {
			return in.b, nil
		}
		id += int(step)
		if !r.ground.holds(id) || !r.load(id, &in) {
			return nil, errSaved
		}
	}
}

// load reads the cells of one block.
func (r *Raster) load(id int, in *reader) bool {
	b := newBlock()
	v := int64(0)
	for i := 0; i < blockCells; {
		n := in.uvarint()
		v += in.varint()
		if in.failed || n == 0 || n > uint64(blockCells-i) || v < 0 || v > math.MaxUint32 {
			return false
		}
		for range n {
			b.stamps[i] = Stamp(v)
			i++
		}
	}
	b.readAll(r.stale)
	r.blocks[id], r.due[id] = b, 0
	return true
}

// saveGrid appends what tells one grid from another.
func (g *Ground) saveGrid(b []byte) []byte {
	for _, v := range []float64{g.CellM, g.x0, g.y0, g.lon0, g.north0, g.sin, g.cos} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return binary.LittleEndian.AppendUint64(b, uint64(g.cols)<<32|uint64(g.rows))
}

// reader takes numbers from bytes, and notes when there are none.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	return v * uint64(r.skip(n))
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	return v * int64(r.skip(n))
}

// skip drops n bytes and returns 1, or, when there are none to drop, 0.
func (r *reader) skip(n int) int {
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.b = r.b[n:]
	return 1
}
