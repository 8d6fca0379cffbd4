package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"
)

const (
	// laneM is how far the paths between rows of buildings are apart at most, metres: a
	// little less than the strip that a walker observes.
	laneM = 25
	// rimM is how far the outer paths are from the wall: so near that who walks them
	// observes the corners too.
	rimM = 5
)

// compound is a walled block: rows of buildings, a path between every two rows, and
// paths along its west and east that join them.
type compound struct {
	name  string
	block block
	paths int    // number of paths from west to east
	court *court // an open place inside, or nil
}

// court is an open place with a path around it that passes through its middle.
type court struct {
	name   string
	ground block
	loop   []xy // closed
}

func newCompound(g grid, name string, column, row int) compound {
	c := compound{name: name, block: g.block(column, row).inset(17)}
	c.paths = int(math.Ceil((c.block.height()-2*rimM)/laneM)) + 1
	return c
}

// withCourt opens a court of 30 × 28 m in the compound. The loop around it is 156 m
// long; the way back passes so far from the court that it observes none of it.
func (c compound) withCourt(name string) compound {
	lane := c.north(float64(c.paths / 2))
	loop := c.block.around(0.5, lane, 48, 60)
	middle := func(p, q xy) xy { return p.to(q, 0.5) }
	west, east := middle(loop.sw, loop.nw), middle(loop.se, loop.ne)
	c.court = &court{
		name:   name,
		ground: c.block.around(0.5, lane, 30, 28),
		loop:   []xy{west, east, loop.ne, loop.nw, west},
	}
	return c
}

// north returns how far north in the block path k is, counted from the south; halves
// are in the middle between two.
func (c compound) north(k float64) float64 {
	rim := rimM / c.block.height()
	return rim + k/float64(c.paths-1)*(1-2*rim)
}

// lane returns both ends of path k.
func (c compound) lane(k int) (west, east xy) {
	rim := rimM / c.block.width()
	return c.block.at(rim, c.north(float64(k))), c.block.at(1-rim, c.north(float64(k)))
}

// round returns a closed walk along every path from the one numbered from up to, not
// including, to, and back along the compound's side.
func (c compound) round(from, to int) []xy {
	var walk []xy
	for k := from; k < to; k++ {
		west, east := c.lane(k)
		if (k-from)%2 == 0 {
			walk = append(walk, west, east)
		} else {
			walk = append(walk, east, west)
		}
	}
	if (to-from)%2 == 1 { // it ended in the east: down there, and back along the first path
		_, east := c.lane(from)
		walk = append(walk, east)
	}
	return append(walk, walk[0])
}

// walks returns the compound's paths as lines.
func (c compound) walks(g grid) orb.MultiLineString {
	var lines orb.MultiLineString
	var wests, easts []xy
	for k := range c.paths {
		west, east := c.lane(k)
		lines = append(lines, g.line(west, east))
		wests, easts = append(wests, west), append(easts, east)
	}
	lines = append(lines, g.line(wests...), g.line(easts...))
	if c.court != nil {
		lines = append(lines, g.line(c.court.loop...))
	}
	return lines
}

// buildings returns slabs in rows between the paths, with gardens where none stands.
func (c compound) buildings(g grid, rng *rand.Rand) []Place {
	const depthM, gapM, marginM = 13, 12, 18
	var found []Place
	slots := int(math.Round(c.block.width() / 62))
	slotM := (c.block.width() - 2*marginM) / float64(slots)
	for row := c.paths - 2; row >= 0; row-- {
		for slot := range slots {
			length := slotM - gapM - 14*rng.Float64()
			u := (marginM + (float64(slot)+0.5)*slotM) / c.block.width()
			house := c.block.around(u, c.north(float64(row)+0.5), length, depthM-3*rng.Float64())
			garden := rng.Float64() < 0.5
			if garden || c.court != nil && house.overlaps(c.court.clearing()) {
				continue
			}
			found = append(found, area(fmt.Sprintf("%s %d号楼", c.name, len(found)+1), "building", c.name, g.polygon(house.corners()...)))
		}
	}
	return found
}

// clearing returns the ground within the court's loop, with room to walk.
func (c *court) clearing() block {
	const roomM = 4
	low, high := c.loop[0], c.loop[0]
	for _, p := range append(slices.Clone(c.loop), c.ground.corners()...) {
		low = xy{min(low.x, p.x), min(low.y, p.y)}
		high = xy{max(high.x, p.x), max(high.y, p.y)}
	}
	low, high = xy{low.x - roomM, low.y - roomM}, xy{high.x + roomM, high.y + roomM}
	return block{low, xy{high.x, low.y}, high, xy{low.x, high.y}}
}
