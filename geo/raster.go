package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
)

// Stamp is when a cell was last seen: Unix seconds, rounded up from the evidence's
// time. 0 is never.
type Stamp = uint32

// block is 64×64 cells of stamps, row by row.
type block [blockCells]Stamp

// Raster is when each cell of a Ground was last seen. Blocks are allocated when they
// are first painted: 4 bytes a cell of touched blocks, a pointer for the rest. Painting
// keeps the larger stamp, so the order of painting never matters. Not safe for
// concurrent use.
type Raster struct {
	ground *Ground
	blocks []*block
}

// NewRaster returns an unseen raster over ground.
func NewRaster(ground *Ground) *Raster {
	return &Raster{ground: ground, blocks: make([]*block, len(ground.inside))}
}

// Ground returns what the raster lies over.
func (r *Raster) Ground() *Ground { return r.ground }

// Blocks is a set of a raster's blocks.
type Blocks map[int]bool

// Brush is one piece of evidence as it is painted: a disc of RadiusM around At, or,
// with Leg, also the strip of that half width from From to At. A cell is seen when its
// centre is.
type Brush struct {
	From, At orb.Point // lon/lat
	Leg      bool
	RadiusM  float64
	Stamp    Stamp
}

// Paint lays the brush on the blocks in only (nil: everywhere), and reports whether it
// met a block that holds some of the area, within only or not.
func (r *Raster) Paint(b Brush, only Blocks) bool {
	touched := false
	r.ground.eachRow(b, func(row, c0, c1 int) {
		touched = r.paintRow(row, c0, c1, b.Stamp, only) || touched
	})
	return touched
}

func (r *Raster) paintRow(row, c0, c1 int, stamp Stamp, only Blocks) bool {
	g := r.ground
	touched := false
	base, line := row/blockSide*g.blockCols, row%blockSide*blockSide
	for c := c0; c <= c1; {
		id := base + c/blockSide
		end := min(c1, (c/blockSide+1)*blockSide-1)
		from, to := line+c%blockSide, line+end%blockSide
		c = end + 1
		if !g.holds(id) {
			continue
		}
		touched = true
		if only != nil && !only[id] {
			continue
		}
		if r.blocks[id] == nil {
			r.blocks[id] = new(block)
		}
		cells := r.blocks[id][from : to+1]
		for i, v := range cells {
			if v < stamp {
				cells[i] = stamp
			}
		}
	}
	return touched
}

// eachRow calls f with every run of cells, within the grid, whose centres the brush covers.
func (g *Ground) eachRow(b Brush, f func(row, c0, c1 int)) {
	x, y := g.XY(b.At)
	bx, by := (x-g.x0)/g.CellM, (y-g.y0)/g.CellM
	ax, ay := bx, by
	if b.Leg {
		x, y = g.XY(b.From)
		ax, ay = (x-g.x0)/g.CellM, (y-g.y0)/g.CellM
	}
	radius := b.RadiusM / g.CellM
	strip := newStrip(ax, ay, bx, by, radius)
	first := clamp(int(math.Ceil(min(ay, by)-radius-0.5)), 0, g.rows)
	last := clamp(int(math.Floor(max(ay, by)+radius-0.5)), -1, g.rows-1)
	for row := first; row <= last; row++ {
		yc := float64(row) + 0.5
		lo, hi := strip.at(yc)
		s0, s1 := g.columns(lo, hi)
		lo, hi = discAt(bx, by, radius, yc)
		d0, d1 := g.columns(lo, hi)
		switch {
		case s0 > s1 && d0 > d1:
		case s0 > s1:
			f(row, d0, d1)
		case d0 > d1:
			f(row, s0, s1)
		case s1+1 < d0 || d1+1 < s0:
			f(row, s0, s1)
			f(row, d0, d1)
		default:
			f(row, min(s0, d0), max(s1, d1))
		}
	}
}

// columns returns the cells of a row whose centres lie in lo..hi, none when c0 > c1.
func (g *Ground) columns(lo, hi float64) (c0, c1 int) {
	if !(lo <= hi) || hi < 0 || lo > float64(g.cols) {
		return 0, -1
	}
	return max(0, int(math.Ceil(lo-0.5))), min(g.cols-1, int(math.Floor(hi-0.5)))
}

// discAt returns the part lo..hi of the line at height yc inside a disc; lo > hi when none.
func discAt(x, y, radius, yc float64) (lo, hi float64) {
	h := radius*radius - (yc-y)*(yc-y)
	if h < 0 {
		return 1, 0
	}
	h = math.Sqrt(h)
	return x - h, x + h
}

// strip is a rectangle: the points within radius of segment ab, between its ends.
type strip struct {
	ax, ay, ux, uy, length, radius float64 // u is the unit vector a→b
}

func newStrip(ax, ay, bx, by, radius float64) strip {
	l := math.Hypot(bx-ax, by-ay)
	s := strip{ax: ax, ay: ay, length: l, radius: radius}
	if l > 0 {
		s.ux, s.uy = (bx-ax)/l, (by-ay)/l
	}
	return s
}

// at returns the part lo..hi of the line at height yc inside the strip; lo > hi when none.
func (s strip) at(yc float64) (lo, hi float64) {
	if s.length == 0 {
		return 1, 0
	}
	dy := yc - s.ay
	// Along: 0 ≤ (x−ax)·ux + dy·uy ≤ length. Across: |−(x−ax)·uy + dy·ux| ≤ radius.
	lo1, hi1 := between(s.ux, dy*s.uy, 0, s.length)
	lo2, hi2 := between(-s.uy, dy*s.ux, -s.radius, s.radius)
	return s.ax + max(lo1, lo2), s.ax + min(hi1, hi2)
}

// between solves lo ≤ k·x + c ≤ hi for x.
func between(k, c, lo, hi float64) (from, to float64) {
	if math.Abs(k) < 1e-12 {
		if c < lo || c > hi {
			return math.Inf(1), math.Inf(-1)
		}
		return math.Inf(-1), math.Inf(1)
	}
	from, to = (lo-c)/k, (hi-c)/k
	if from > to {
		from, to = to, from
	}
	return from, to
}

// Holding returns the blocks in which the brush covers a cell whose stamp is the
// brush's own: those that must be rebuilt when the brush is taken back.
func (r *Raster) Holding(b Brush, into Blocks) {
	r.ground.eachRow(b, func(row, c0, c1 int) {
		g := r.ground
		base, line := row/blockSide*g.blockCols, row%blockSide*blockSide
		for c := c0; c <= c1; c++ {
			id := base + c/blockSide
			if bl := r.blocks[id]; bl == nil {
				c = (c/blockSide+1)*blockSide - 1
			} else if bl[line+c%blockSide] == b.Stamp {
				into[id] = true
			}
		}
	})
}

// Clear forgets the blocks, as if nothing had been seen there.
func (r *Raster) Clear(blocks Blocks) {
	for id := range blocks {
		r.blocks[id] = nil
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
func InAny(boxes []orb.Bound, p orb.Point) bool {
	for _, b := range boxes {
		if b.Contains(p) || b.Max[0] > 180 && b.Contains(orb.Point{p[0] + 360, p[1]}) || b.Min[0] < -180 && b.Contains(orb.Point{p[0] - 360, p[1]}) {
			return true
		}
	}
	return false
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
		shares := g.edges[id]
		any := false
		for i, v := range b {
			if v <= horizon || v > at || shares != nil && shares[i] == 0 {
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
