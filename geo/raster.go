package geo

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Stamp is when a cell was last seen: Unix seconds, rounded up from the evidence's
// time. 0 is never.
type Stamp = uint32

// Raster is when each cell of a Ground was last seen. Blocks are allocated when they
// are first painted: under 5 bytes a cell of touched blocks, two pointers for the rest.
// Painting keeps the larger stamp, so the order of painting never matters. Not safe for
// concurrent use.
type Raster struct {
	ground *Ground
	blocks []*block
	survey
}

// NewRaster returns an unseen raster over ground.
func NewRaster(ground *Ground) *Raster {
	return &Raster{ground: ground, blocks: make([]*block, len(ground.inside)), survey: newSurvey(ground)}
}

// Ground returns what the raster lies over.
func (r *Raster) Ground() *Ground { return r.ground }

// Blocks is a set of a raster's blocks.
type Blocks map[int]bool

// Shape is a piece of evidence that can be painted: a Brush or a Patch.
type Shape interface {
	seen() Stamp
	on(g *Ground) figure
	over(p *Perimeter) chordal
}

// figure is a shape on a grid, in cells.
type figure interface {
	bounds() box
	// contains reports whether the figure covers a point.
	contains(x, y float64) bool
	// eachRow calls f with every run of cells, within the grid, whose centres the
	// figure covers.
	eachRow(g *Ground, f func(row, c0, c1 int))
}

// box is the smallest upright rectangle around a figure.
type box struct{ left, bottom, right, top float64 }

func (b box) bounds() box { return b }

// Paint lays the shape on the blocks in only (nil: everywhere), and reports whether it
// covers any of the area, within only or not.
func (r *Raster) Paint(s Shape, only Blocks) bool {
	touched, stamp := false, s.seen()
	r.ground.cover(s.on(r.ground), func(id, from, to int) {
		touched = true
		if only != nil && !only[id] {
			return
		}
		if r.blocks[id] == nil {
			r.blocks[id] = newBlock()
		}
		r.due[id] = min(r.due[id], r.blocks[id].paint(from, to, stamp, r.stale))
	})
	return touched
}

// Holding adds to into the blocks in which the shape covers a cell whose stamp is the
// shape's own: those that must be rebuilt when the shape is taken back.
func (r *Raster) Holding(s Shape, into Blocks) {
	stamp := s.seen()
	r.ground.cover(s.on(r.ground), func(id, from, to int) {
		if bl := r.blocks[id]; bl != nil && !into[id] && slices.Contains(bl.stamps[from:to+1], stamp) {
			into[id] = true
		}
	})
}

// cover calls f with every run of the area's cells that the figure covers: cells from to
// to, inclusive, of one row of block id. A whole cell is covered when its centre is,
// one on the area's edge when the centroid of its share is.
func (g *Ground) cover(s figure, f func(id, from, to int)) {
	s.eachRow(g, func(row, c0, c1 int) {
		line := row % blockSide * blockSide
		g.eachInBlock(row, c0, c1, func(id, c0, c1 int) {
			if g.inside[id] {
				f(id, line+c0, line+c1)
			} else if e := g.edges[id]; e != nil {
				e.eachWhole(line+c0, line+c1, func(from, to int) { f(id, from, to) })
			}
		})
	})
	b := s.bounds()
	if b.top < 0 || b.bottom >= float64(g.rows) || b.right < 0 || b.left >= float64(g.cols) {
		return
	}
	first, last := g.blockAt(b.left, b.bottom), g.blockAt(b.right, b.top)
	for base := first / g.blockCols * g.blockCols; base <= last; base += g.blockCols {
		for id := base + first%g.blockCols; id <= base+last%g.blockCols; id++ {
			if e := g.edges[id]; e != nil {
				for _, c := range e.between(b.bottom-float64(base/g.blockCols*blockSide), b.top-float64(base/g.blockCols*blockSide)) {
					if s.contains(c.x, c.y) {
						f(id, c.index, c.index)
					}
				}
			}
		}
	}
}

// eachWhole calls f with every run of whole cells among from..to.
func (e *edgeBlock) eachWhole(from, to int, f func(from, to int)) {
	for i := from; i <= to; i++ {
		if e.share[i] != whole {
			continue
		}
		j := i
		for j < to && e.share[j+1] == whole {
			j++
		}
		f(i, j)
		i = j
	}
}

// between returns the edge cells of the rows between two heights above the block's foot.
func (e *edgeBlock) between(bottom, top float64) []edgeCell {
	row := func(v float64) int { return clamp(int(math.Floor(v)), -1, blockSide) }
	from, _ := slices.BinarySearchFunc(e.cells, row(bottom)*blockSide, compareIndex)
	to, _ := slices.BinarySearchFunc(e.cells, (row(top)+1)*blockSide, compareIndex)
	return e.cells[from:to]
}

func compareIndex(c edgeCell, index int) int { return cmp.Compare(c.index, index) }

// Clear forgets the blocks, as if nothing had been seen there.
func (r *Raster) Clear(blocks Blocks) {
	for id := range blocks {
		r.blocks[id], r.due[id], r.labels[id], r.parts = nil, noStamp, r.ground.unseen(id), nil
	}
}

// BoxesOf returns lon/lat boxes that hold the blocks, each grown by marginM metres. A
// box that reaches over 180° goes on beyond ±180.
func (g *Ground) BoxesOf(blocks Blocks, marginM float64) []orb.Bound {
	out := make([]orb.Bound, 0, len(blocks))
	side := blockSide * g.CellM
	for id := range blocks {
		x := g.x0 + float64(id%g.blockCols)*side
		y := g.y0 + float64(id/g.blockCols)*side
		corners := make(orb.MultiPoint, 0, 4)
		for _, d := range [4][2]float64{{-marginM, -marginM}, {side + marginM, -marginM}, {side + marginM, side + marginM}, {-marginM, side + marginM}} {
			p := g.LonLat(x+d[0], y+d[1])
			if len(corners) > 0 && math.Abs(p[0]-corners[0][0]) > 180 { // the other side of 180°
				p[0] += math.Copysign(360, corners[0][0])
			}
			corners = append(corners, p)
		}
		out = append(out, corners.Bound())
	}
	return out
}

// Boxes returns lon/lat boxes that hold the area, grown by marginM metres. A box that
// reaches over 180° goes on beyond ±180.
func (g *Ground) Boxes(marginM float64) []orb.Bound {
	out := make([]orb.Bound, len(g.bounds))
	for i, b := range g.bounds {
		out[i] = Grow(b, marginM)
	}
	return out
}

// Grow returns a lon/lat box grown by marginM metres on every side.
func Grow(b orb.Bound, marginM float64) orb.Bound {
	dLat := marginM / 110_574 // a degree of latitude is nowhere shorter
	lat := min(89.9, max(math.Abs(b.Min[1]), math.Abs(b.Max[1]))+dLat)
	dLon := marginM / (111_319 * math.Cos(lat*radPerDeg))
	return orb.Bound{Min: orb.Point{b.Min[0] - dLon, b.Min[1] - dLat}, Max: orb.Point{b.Max[0] + dLon, b.Max[1] + dLat}}
}

// InAny reports whether a lon/lat point lies in one of the boxes, which may reach over
// ±180.
func InAny(boxes []orb.Bound, p orb.Point) bool { return AnyMeets(boxes, p.Bound()) }

// AnyMeets reports whether a lon/lat box meets one of the boxes; all may reach over
// ±180.
func AnyMeets(boxes []orb.Bound, b orb.Bound) bool {
	for _, box := range boxes {
		if box.Intersects(b) || (box.Max[0] > 180 || b.Min[0] < -180) && box.Intersects(shifted(b, 360)) ||
			(box.Min[0] < -180 || b.Max[0] > 180) && box.Intersects(shifted(b, -360)) {
			return true
		}
	}
	return false
}

func shifted(b orb.Bound, lon float64) orb.Bound {
	return orb.Bound{Min: orb.Point{b.Min[0] + lon, b.Min[1]}, Max: orb.Point{b.Max[0] + lon, b.Max[1]}}
}

// Hash returns the SHA-256 of the raster as of a time: the grid, and every cell of the
// area that was seen after the horizon and not after at. Two rasters with the same
// hash answer every question alike.
func (r *Raster) Hash(horizon, at Stamp) [32]byte {
	g := r.ground
	h := sha256.New()
	var buf [blockCells * 4]byte
	head := binary.LittleEndian.AppendUint64(buf[:0], math.Float64bits(g.CellM))
	head = binary.LittleEndian.AppendUint64(head, math.Float64bits(g.x0))
	head = binary.LittleEndian.AppendUint64(head, math.Float64bits(g.y0))
	head = binary.LittleEndian.AppendUint64(head, uint64(g.cols)<<32|uint64(g.rows))
	h.Write(head)
	for id, b := range r.blocks {
		if b == nil {
			continue
		}
		e := g.edges[id]
		any := false
		for i, v := range b.stamps {
			if v <= horizon || v > at || e != nil && e.share[i] == 0 {
				v = 0
			}
			any = any || v != 0
			binary.LittleEndian.PutUint32(buf[4*i:], v)
		}
		if any {
			var n [8]byte
			binary.LittleEndian.PutUint64(n[:], uint64(id))
			h.Write(n[:])
			h.Write(buf[:])
		}
	}
	return [32]byte(h.Sum(nil))
}
