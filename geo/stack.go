package geo

import "github.com/paulmach/orb"

// View is a piece of ground that was seen at once, from a place above it.
type View struct {
	Patch
	From orb.Point // lon/lat
	By   int       // who saw it
	// ApartM is how far from this view another by the same one must be taken to count
	// beside it.
	ApartM float64
}

// Stack is when each cell of a Ground was last seen by n views that count separately: of
// two views by the same one, taken closer together than either's ApartM, the older does
// not count where the newer does. It holds 4 bytes a cell and view of touched blocks
// beside its raster. Not safe for concurrent use.
type Stack struct {
	raster *Raster
	// layers give each block's cells the stamp of their newest, second newest, … view; 0:
	// there is none.
	layers [][]*[blockCells]Stamp
}

// NewStack returns an unseen stack of n views over ground.
func NewStack(ground *Ground, n int) *Stack {
	s := &Stack{raster: NewRaster(ground), layers: make([][]*[blockCells]Stamp, n)}
	for k := range s.layers {
		s.layers[k] = make([]*[blockCells]Stamp, len(ground.inside))
	}
	return s
}

// Raster returns when each cell was last seen by n views: the stamp of the n-th newest.
// It is the stack's to paint.
func (s *Stack) Raster() *Raster { return s.raster }

// Touched adds to into the blocks in which a shape covers any of the ground.
func (g *Ground) Touched(shape Shape, into Blocks) {
	g.cover(shape.on(g), func(id, _, _ int) { into[id] = true })
}

// Lay puts views, the newest first, in the place of all that the blocks in only (nil: all
// blocks) hold.
func (s *Stack) Lay(views []View, only Blocks) {
	g := s.raster.ground
	s.clear(only)
	spots := make([]spot, len(views))
	for i, v := range views {
		x, y := g.XY(v.From)
		spots[i] = spot{x, y, v.ApartM, v.By}
		g.cover(v.on(g), func(id, from, to int) {
			if only == nil || only[id] {
				s.lay(id, from, to, i, spots)
			}
		})
	}
	for id := range s.raster.blocks {
		if s.layers[0][id] != nil && (only == nil || only[id]) {
			s.stamp(id, views)
		}
	}
}

// spot is where a view was taken, in plane metres.
type spot struct {
	x, y, apartM float64
	by           int
}

func (a spot) repeats(b spot) bool {
	apart, dx, dy := max(a.apartM, b.apartM), a.x-b.x, a.y-b.y
	return a.by == b.by && dx*dx+dy*dy < apart*apart
}

func (s *Stack) clear(only Blocks) {
	if only == nil {
		only = Blocks{}
		for id, b := range s.layers[0] {
			if b != nil {
				only[id] = true
			}
		}
	}
	for id := range only {
		for _, layer := range s.layers {
			layer[id] = nil
		}
	}
	s.raster.Clear(only)
}

// lay counts view i on the cells from..to of a block where it counts. While views are laid
// the layers hold their numbers, from 1.
func (s *Stack) lay(id, from, to, i int, spots []spot) {
	if s.layers[0][id] == nil {
		for _, layer := range s.layers {
			layer[id] = new([blockCells]Stamp)
		}
	}
	last := s.layers[len(s.layers)-1][id]
cells:
	for c := from; c <= to; c++ {
		if last[c] != 0 {
			continue // it has as many as count
		}
		for _, layer := range s.layers {
			newer := int(layer[id][c]) - 1
			if newer < 0 {
				layer[id][c] = Stamp(i + 1)
				continue cells
			}
			if newer == i || spots[newer].repeats(spots[i]) {
				continue cells
			}
		}
	}
}

// stamp turns the numbers of views in a block into their stamps, and paints the last layer.
func (s *Stack) stamp(id int, views []View) {
	for _, layer := range s.layers {
		for c, i := range layer[id] {
			if i > 0 {
				layer[id][c] = views[i-1].Stamp
			}
		}
	}
	s.raster.set(id, s.layers[len(s.layers)-1][id])
}

// set paints every cell of an empty block that has a stamp.
func (r *Raster) set(id int, stamps *[blockCells]Stamp) {
	for from := 0; from < blockCells; {
		to := from + 1
		for to%blockSide != 0 && stamps[to] == stamps[from] {
			to++
		}
		if stamps[from] != 0 {
			if r.blocks[id] == nil {
				r.blocks[id] = newBlock()
			}
			r.due[id] = min(r.due[id], r.blocks[id].paint(from, to-1, stamps[from], r.stale))
		}
		from = to
	}
}

// Counted returns how much of the ground, in square metres, at least 1, 2, … n views after
// stale count for.
func (s *Stack) Counted(stale Stamp) []float64 {
	g := s.raster.ground
	out := make([]float64, len(s.layers))
	for k, layer := range s.layers {
		counted := uint64(0) // in 1/255 cells
		for id, cells := range layer {
			if cells == nil {
				continue
			}
			shares := g.shares(id)
			for c, v := range cells {
				if v > stale && shares != nil {
					counted += uint64(shares[c])
				} else if v > stale {
					counted += whole
				}
			}
		}
		out[k] = g.squareM(counted)
	}
	return out
}

// Fewest returns how many views after stale count for the cell of a part that has the
// fewest.
func (s *Stack) Fewest(p Part, stale Stamp) int {
	fewest := len(s.layers)
	p.eachBlock(func(id int, cells *[blockSide]uint64) {
		for row, mask := range cells {
			for c := row * blockSide; mask != 0 && fewest > 0; c, mask = c+1, mask>>1 {
				if mask&1 != 0 {
					fewest = min(fewest, s.count(id, c, stale))
				}
			}
		}
	})
	return fewest
}

// count returns how many views after stale count for a cell. The newer fill the lower
// layers.
func (s *Stack) count(id, c int, stale Stamp) int {
	for k, layer := range s.layers {
		if layer[id] == nil || layer[id][c] <= stale {
			return k
		}
	}
	return len(s.layers)
}
