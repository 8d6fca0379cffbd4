package store

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// A visit says that a tracker was in a map cell in a slot of ten minutes. It is how
// "who was here" is answered without an index on the place of every fix.
type visit struct {
	cell    int64
	slot    int32
	tracker uuid.UUID
}

const (
	cellZoom = 15 // web-mercator tiles of 1.2 km at the equator, 1 km at 35°
	cellRow  = 1 << cellZoom
	slotMs   = int64(10 * time.Minute / time.Millisecond)
	dayMs    = int64(24 * time.Hour / time.Millisecond)
)

func visitOf(f patrol.Fix) visit {
	x, y := column(f.Lon), row(f.Lat)
	return visit{cell: cellOf(x, y), slot: slotOf(f.TMs), tracker: f.Tracker}
}

// column returns the tile column of a longitude, not yet wrapped at ±180.
func column(lon float64) int { return int(math.Floor((lon + 180) / 360 * cellRow)) }

// row returns the tile row of a latitude. Beyond the map's edge at ±85.05° lies the
// outermost row.
func row(lat float64) int {
	sin := math.Sin(lat * math.Pi / 180)
	y := 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)
	return int(max(0, min(cellRow-1, math.Floor(y*cellRow))))
}

// cellOf returns the number of a cell; columns wrap round the globe.
func cellOf(x, y int) int64 { return int64(x&(cellRow-1))<<cellZoom | int64(y) }

func slotOf(ms int64) int32 { return int32(floorDiv(ms, slotMs)) }

func dayOf(ms int64) int64 { return floorDiv(ms, dayMs) }

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// block is the cells of columns west…east and rows north…south, all included.
type block struct{ west, east, north, south int }

// blocksOf returns the cells that lon/lat boxes meet. A box may reach beyond ±180, or
// have its west east of its east: then it goes across, and becomes two blocks.
func blocksOf(boxes []orb.Bound) []block {
	var blocks []block
	for _, b := range boxes {
		west, east := column(b.Min.Lon()), column(b.Max.Lon())
		if b.Max.Lon() < b.Min.Lon() {
			east += cellRow
		}
		if east-west >= cellRow {
			west, east = 0, cellRow-1
		}
		c := block{west: west & (cellRow - 1), east: east & (cellRow - 1), north: row(b.Max.Lat()), south: row(b.Min.Lat())}
		if c.west <= c.east {
			blocks = append(blocks, c)
			continue
		}
		left, right := c, c
		left.east, right.west = cellRow-1, 0
		blocks = append(blocks, left, right)
	}
	return blocks
}

// cellsOf returns the cells of blocks, each once, or false when there may be more
// than most.
func cellsOf(blocks []block, most int) ([]int64, bool) {
	n := 0
	for _, b := range blocks {
		n += (b.east - b.west + 1) * (b.south - b.north + 1)
	}
	if n > most {
		return nil, false
	}
	cells := make([]int64, 0, n)
	for _, b := range blocks {
		for x := b.west; x <= b.east; x++ {
			for y := b.north; y <= b.south; y++ {
				cells = append(cells, cellOf(x, y))
			}
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells), true
}
