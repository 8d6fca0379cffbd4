package patrol

import (
	"math"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
)

// ImageFigures is what the images of a survey's window come to.
type ImageFigures struct {
	MinImages int
	// Shares are of the subject: what at least 1, 2, … MinImages images count for.
	Shares []float64
	// FrontOverlap is the median share of an image's length that the next one of the same
	// line shows again, SideOverlap that of its width that the nearest other line shows
	// again; below 0 where there is ground between. Nil where there is no line to tell by.
	FrontOverlap, SideOverlap *float64
}

const (
	overlapMost   = 5_000  // images that are looked at, the newest
	lineMs        = 30_000 // images further apart in time are not of one line
	lineTurn      = math.Pi / 9
	sameLineShare = 0.1 // of an image's width: so far to the side is still the same line
)

// taken is an image on a plane, in metres, with the line that it belongs to.
type taken struct {
	x, y         float64
	ux, uy       float64 // the direction of flight
	long, wide   float64 // the footprint along it and across
	straight     bool    // the flight goes on as it came: the rest is known
	frontOverlap float64
}

// overlaps returns the overlaps of images, oldest first, of which there is at least one.
func overlaps(images []Footprint) (front, side *float64) {
	images = images[max(0, len(images)-overlapMost):]
	all := onLines(images)
	var fronts, sides []float64
	for _, t := range all {
		if t.straight {
			fronts = append(fronts, t.frontOverlap)
		}
	}
	index := indexTaken(all)
	for _, t := range all {
		if !t.straight {
			continue
		}
		if d, ok := index.nextLineM(t); ok {
			sides = append(sides, 1-d/t.wide)
		}
	}
	return medianOf(fronts), medianOf(sides)
}

// onLines lays images on a plane, and finds those at which a drone flew straight on.
func onLines(images []Footprint) []taken {
	plane := geo.NewPlane(images[0].At, 0)
	all := make([]taken, len(images))
	last := map[uuid.UUID]int{}
	before := make([]int, len(images)) // of the same line, the image taken before; -1: none
	for i, f := range images {
		all[i].x, all[i].y = plane.XY(f.At)
		before[i] = -1
		if j, ok := last[f.Tracker]; ok && f.TMs-images[j].TMs <= lineMs {
			before[i] = j
		}
		last[f.Tracker] = i
	}
	for k, j := range before {
		if j < 0 || before[j] < 0 {
			continue
		}
		inX, inY, inM := direction(all[before[j]], all[j])
		outX, outY, outM := direction(all[j], all[k])
		if inM == 0 || outM == 0 || inX*outX+inY*outY < math.Cos(lineTurn) {
			continue
		}
		t := &all[j]
		t.ux, t.uy, t.straight = outX, outY, true
		t.long, t.wide = extent(plane, images[j], outX, outY)
		t.frontOverlap = 1 - outM/t.long
	}
	return all
}

func direction(a, b taken) (ux, uy, metres float64) {
	dx, dy := b.x-a.x, b.y-a.y
	if metres = math.Hypot(dx, dy); metres > 0 {
		ux, uy = dx/metres, dy/metres
	}
	return ux, uy, metres
}

// extent returns how far a footprint reaches along a direction and across it.
func extent(plane geo.Plane, f Footprint, ux, uy float64) (long, wide float64) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, p := range f.Ring {
		x, y := plane.XY(p)
		for i, v := range [2]float64{x*ux + y*uy, y*ux - x*uy} {
			lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
		}
	}
	return hi[0] - lo[0], hi[1] - lo[1]
}

// takenIndex finds images by place.
type takenIndex struct {
	side  float64
	cells map[[2]int][]taken
}

func indexTaken(all []taken) takenIndex {
	x := takenIndex{side: 1, cells: map[[2]int][]taken{}}
	for _, t := range all {
		x.side = max(x.side, t.wide, t.long)
	}
	for _, t := range all {
		at := [2]int{int(math.Floor(t.x / x.side)), int(math.Floor(t.y / x.side))}
		x.cells[at] = append(x.cells[at], t)
	}
	return x
}

// nextLineM returns how far to the side of an image the nearest one of another line,
// flown the same way or back, lies, up to twice its width.
func (x takenIndex) nextLineM(t taken) (metres float64, ok bool) {
	metres = 2 * t.wide
	col, row := int(math.Floor(t.x/x.side)), int(math.Floor(t.y/x.side))
	for r := row - 2; r <= row+2; r++ {
		for c := col - 2; c <= col+2; c++ {
			for _, o := range x.cells[[2]int{c, r}] {
				dx, dy := o.x-t.x, o.y-t.y
				along, across := math.Abs(dx*t.ux+dy*t.uy), math.Abs(dy*t.ux-dx*t.uy)
				parallel := math.Abs(o.ux*t.ux+o.uy*t.uy) >= math.Cos(lineTurn)
				if o.straight && parallel && along <= t.long/2 && across > sameLineShare*t.wide && across < metres {
					metres, ok = across, true
				}
			}
		}
	}
	return metres, ok
}

// medianOf returns nil for no values.
func medianOf(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	return &values[len(values)/2]
}
