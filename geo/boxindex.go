package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// BoxIndex finds lon/lat boxes near another. Each lies in the map cells of the coarsest
// grid whose cells are not smaller than it: at most four. The zero index is empty.
type BoxIndex struct {
	levels [boxLevels]map[boxCell][]int
}

// boxLevels is how many grids there are: the cells of grid l are 360°/2^l wide and high.
const boxLevels = 20

type boxCell struct{ col, row int32 }

// Add notes an item under its box, which may reach over ±180.
func (x *BoxIndex) Add(b orb.Bound, item int) {
	size, level := max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]), boxLevels-1
	for level > 0 && cellDeg(level) < size {
		level--
	}
	if x.levels[level] == nil {
		x.levels[level] = map[boxCell][]int{}
	}
	cellsOf(b, level).each(func(c boxCell) { x.levels[level][c] = append(x.levels[level][c], item) })
}

// Near calls f with every item whose box meets b, which may reach over ±180; also with
// some whose box does not, and with some more than once.
func (x *BoxIndex) Near(b orb.Bound, f func(item int)) {
	for level, cells := range x.levels {
		if len(cells) == 0 {
			continue
		}
		where := cellsOf(b, level)
		if where.count() <= len(cells) {
			where.each(func(c boxCell) {
				for _, item := range cells[c] {
					f(item)
				}
			})
			continue
		}
		for _, items := range cells {
			for _, item := range items {
				f(item)
			}
		}
	}
}

func cellDeg(level int) float64 { return 360 / float64(int(1)<<level) }

// cellRange is the cells of one grid that a box meets.
type cellRange struct{ west, east, south, north, cols int32 }

func cellsOf(b orb.Bound, level int) cellRange {
	at := func(deg float64) int32 { return int32(math.Floor(deg / cellDeg(level))) }
	return cellRange{at(b.Min[0]), at(b.Max[0]), at(b.Min[1]), at(b.Max[1]), 1 << level}
}

func (r cellRange) count() int { return int(r.east-r.west+1) * int(r.north-r.south+1) }

// each calls f with every cell; columns go round the earth.
func (r cellRange) each(f func(boxCell)) {
	for row := r.south; row <= r.north; row++ {
		for col := r.west; col <= min(r.east, r.west+r.cols-1); col++ {
			f(boxCell{col & (r.cols - 1), row})
		}
	}
}
