package demo

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// xy is a place in the district's own metres: x along its streets towards the east,
// y across them towards the north, from its middle.
type xy struct{ x, y float64 }

func (a xy) to(b xy, share float64) xy {
	return xy{a.x + (b.x-a.x)*share, a.y + (b.y-a.y)*share}
}

func (a xy) distance(b xy) float64 { return math.Hypot(b.x-a.x, b.y-a.y) }

// Where the district lies, and how its streets are turned from east, anticlockwise.
var (
	middle = orb.Point{113.62, 34.75}
	turn   = 9 * math.Pi / 180
)

// crossings is the number of crossings along each side of the street grid.
const crossings = 5

// grid is the district's streets: crossings and the blocks between them.
type grid struct {
	plane geo.Plane
	node  [crossings][crossings]xy // [column from the west][row from the south]
}

// newGrid lays streets of uneven distance whose crossings stray by up to 9 m.
func newGrid(rng *rand.Rand) grid {
	columns := [crossings]float64{-800, -425, -15, 395, 800}
	rows := [crossings]float64{-600, -305, -5, 300, 600}
	g := grid{plane: geo.NewPlane(middle, turn)}
	for i, x := range columns {
		for j, y := range rows {
			g.node[i][j] = xy{x + stray(rng, 9), y + stray(rng, 9)}
		}
	}
	return g
}

func stray(rng *rand.Rand, most float64) float64 { return (2*rng.Float64() - 1) * most }

func (g grid) lonLat(p xy) orb.Point { return g.plane.LonLat(p.x, p.y) }

func (g grid) line(path ...xy) orb.LineString {
	line := make(orb.LineString, len(path))
	for i, p := range path {
		line[i] = g.lonLat(p)
	}
	return line
}

// polygon returns the polygon with these corners, anticlockwise and not closed.
func (g grid) polygon(corners ...xy) orb.Polygon {
	return orb.Polygon{orb.Ring(g.line(append(corners, corners[0])...))}
}

// around returns the crossings along the outline of a rectangle of blocks, from its
// south-western crossing anticlockwise.
func (g grid) around(west, south, east, north int) []xy {
	var ring []xy
	for i := west; i < east; i++ {
		ring = append(ring, g.node[i][south])
	}
	for j := south; j < north; j++ {
		ring = append(ring, g.node[east][j])
	}
	for i := east; i > west; i-- {
		ring = append(ring, g.node[i][north])
	}
	for j := north; j > south; j-- {
		ring = append(ring, g.node[west][j])
	}
	return ring
}

// block returns the ground between four crossings.
func (g grid) block(column, row int) block {
	return block{g.node[column][row], g.node[column+1][row], g.node[column+1][row+1], g.node[column][row+1]}
}

// block is a four-cornered piece of ground.
type block struct{ sw, se, ne, nw xy }

// at returns the place at u from west to east and v from south to north, both 0..1
// within the block.
func (b block) at(u, v float64) xy { return b.sw.to(b.se, u).to(b.nw.to(b.ne, u), v) }

func (b block) width() float64  { return b.at(0, 0.5).distance(b.at(1, 0.5)) }
func (b block) height() float64 { return b.at(0.5, 0).distance(b.at(0.5, 1)) }

// inset returns the block without a rim so many metres wide.
func (b block) inset(m float64) block {
	u, v := m/b.width(), m/b.height()
	return block{b.at(u, v), b.at(1-u, v), b.at(1-u, 1-v), b.at(u, 1-v)}
}

// around returns a block of so many metres around the place at u, v.
func (b block) around(u, v, width, height float64) block {
	du, dv := width/b.width()/2, height/b.height()/2
	return block{b.at(u-du, v-dv), b.at(u+du, v-dv), b.at(u+du, v+dv), b.at(u-du, v+dv)}
}

func (b block) corners() []xy { return []xy{b.sw, b.se, b.ne, b.nw} }

// overlaps reports whether the boxes around two blocks meet.
func (b block) overlaps(c block) bool {
	return min(b.sw.x, b.nw.x) < max(c.se.x, c.ne.x) && min(c.sw.x, c.nw.x) < max(b.se.x, b.ne.x) &&
		min(b.sw.y, b.se.y) < max(c.nw.y, c.ne.y) && min(c.sw.y, c.se.y) < max(b.nw.y, b.ne.y)
}
