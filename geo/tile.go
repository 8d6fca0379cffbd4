package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// TileSide is how many pixels a side of a Tile has.
const TileSide = 256

// MaxTileZ is the finest zoom of tiles.
const MaxTileZ = 22

// Tile is one square of the web's map tiles (EPSG:3857, XYZ: y grows southward).
type Tile struct{ Z, X, Y int }

// Valid reports whether there is such a tile.
func (t Tile) Valid() bool {
	return t.Z >= 0 && t.Z <= MaxTileZ && t.X >= 0 && t.X < 1<<t.Z && t.Y >= 0 && t.Y < 1<<t.Z
}

// LonLat returns the place at x, y pixels from the tile's north-west corner; the centre of
// the first pixel is at 0.5, 0.5.
func (t Tile) LonLat(x, y float64) orb.Point {
	side := float64(int64(TileSide) << t.Z)
	east, south := (float64(t.X*TileSide)+x)/side, (float64(t.Y*TileSide)+y)/side
	return orb.Point{east*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*south))) / radPerDeg}
}

// Pixel is LonLat's inverse.
func (t Tile) Pixel(p orb.Point) (x, y float64) {
	side := float64(int64(TileSide) << t.Z)
	north := math.Asinh(math.Tan(p[1] * radPerDeg))
	return (p[0]+180)/360*side - float64(t.X*TileSide), (1-north/math.Pi)/2*side - float64(t.Y*TileSide)
}

// Bound returns the lon/lat box of the tile.
func (t Tile) Bound() orb.Bound {
	nw, se := t.LonLat(0, 0), t.LonLat(TileSide, TileSide)
	return orb.Bound{Min: orb.Point{nw[0], se[1]}, Max: orb.Point{se[0], nw[1]}}
}

// Outside is the stamp of a pixel that shows nothing of a subject.
const Outside Stamp = math.MaxUint32

// Picture is when what each pixel of a tile shows was last seen, row by row from the north:
// 0 where it was not since the horizon, Outside where it is no part of the subject.
type Picture [TileSide * TileSide]Stamp

func newPicture() *Picture {
	p := new(Picture)
	for i := range p {
		p[i] = Outside
	}
	return p
}

// Picture draws the raster as of at on a tile: every pixel shows the cell in which its
// centre lies.
func (r *Raster) Picture(t Tile, horizon, at Stamp) *Picture {
	g, out := r.ground, newPicture()
	if !AnyMeets(g.Boxes(g.CellM), t.Bound()) {
		return out
	}
	g.eachPixel(t, func(i int, x, y float64) {
		if x < 0 || y < 0 || x >= float64(g.cols) || y >= float64(g.rows) {
			return
		}
		row, col := int(y), int(x)
		id, cell := row/blockSide*g.blockCols+col/blockSide, row%blockSide*blockSide+col%blockSide
		if e := g.edges[id]; !g.inside[id] && (e == nil || e.share[cell] == 0) {
			return
		}
		out[i] = 0
		if b := r.blocks[id]; b != nil && b.stamps[cell] > horizon && b.stamps[cell] <= at {
			out[i] = b.stamps[cell]
		}
	})
	return out
}

// latticeStep is how many pixels lie between those whose places are computed; the others
// lie between them. At zoom z, a tile of S metres, that is off by S/8R pixels at most:
// 0.02 at zoom 5. Wider tiles are computed pixel by pixel.
const latticeStep = 16

// eachPixel calls f with every pixel's index and its centre in cells of the grid.
func (g *Ground) eachPixel(t Tile, f func(i int, x, y float64)) {
	step := latticeStep
	if t.Z < 5 {
		step = 1
	}
	place := func(col, row int) [2]float64 {
		x, y := g.cells(g.XY(t.LonLat(float64(col)+0.5, float64(row)+0.5)))
		return [2]float64{x, y}
	}
	n := TileSide / step
	above, below := make([][2]float64, n+1), make([][2]float64, n+1)
	for k := range below {
		below[k] = place(k*step, 0)
	}
	for j := range n {
		above, below = below, above
		for k := range below {
			below[k] = place(k*step, (j+1)*step)
		}
		for row := range step {
			v := float64(row) / float64(step)
			for k := range n {
				x0, y0 := partWay(above[k], below[k], v)
				x1, y1 := partWay(above[k+1], below[k+1], v)
				for col := range step {
					u := float64(col) / float64(step)
					f((j*step+row)*TileSide+k*step+col, x0+u*(x1-x0), y0+u*(y1-y0))
				}
			}
		}
	}
}

// partWay returns the point at a share v of the way from a to b.
func partWay(a, b [2]float64, v float64) (x, y float64) {
	return a[0] + v*(b[0]-a[0]), a[1] + v*(b[1]-a[1])
}

// strokePixels is how far from a pixel's centre a perimeter still shows.
const strokePixels = 2

// Picture draws the tape as of at on a tile: a pixel shows what was unseen for longest of
// the perimeter within strokePixels of its centre.
func (t *Tape) Picture(tile Tile, horizon, at Stamp) *Picture {
	p, out := t.perimeter, newPicture()
	if !AnyMeets(p.bounds, tile.Bound()) {
		return out
	}
	for i := range p.links {
		s := &p.links[i]
		t.each(i, horizon, at, func(fromMM, toMM int64, v Stamp) {
			ax, ay := tile.Pixel(s.at(fromMM))
			bx, by := tile.Pixel(s.at(toMM))
			out.stroke(ax, ay, bx, by, v)
		})
	}
	return out
}

// stroke draws a line, in pixels, over what was seen later.
func (p *Picture) stroke(ax, ay, bx, by float64, v Stamp) {
	first := func(v float64) int { return clamp(int(math.Ceil(v-0.5-strokePixels)), 0, TileSide) }
	last := func(v float64) int { return clamp(int(math.Floor(v-0.5+strokePixels)), -1, TileSide-1) }
	for row := first(min(ay, by)); row <= last(max(ay, by)); row++ {
		for col := first(min(ax, bx)); col <= last(max(ax, bx)); col++ {
			x, y := float64(col)+0.5, float64(row)+0.5
			cx, cy := closest([2]float64{ax, ay}, [2]float64{bx, by}, x, y)
			if i := row*TileSide + col; math.Hypot(x-cx, y-cy) <= strokePixels && (p[i] == Outside || v < p[i]) {
				p[i] = v
			}
		}
	}
}
