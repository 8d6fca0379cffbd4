package flight

import (
	"cmp"
	"math"
	"slices"
)

const (
	// maxFrames bounds the directions in which the ground is cut into cells for trial.
	maxFrames = 8
	// maxAngles bounds the directions of lanes that are weighed for one cell.
	maxAngles = 5
	// maxCells bounds a cut, of which every two cells' ways are weighed.
	maxCells = 150
	// roughTrials and fineTrials bound the orders of cells that are weighed for one cut.
	roughTrials, fineTrials = 300, 5000
)

// cut is ground in cells, with the passes over each that are worth weighing.
type cut struct {
	cells [][]pass
	costM float64
}

// cover returns passes over all of the area that lies outside the barriers' zones, in
// the order in which they are flown; none when the zones leave nothing of it. Convex
// ground that no zone touches is flown in lanes across its least width. Other ground is
// cut into cells, for lanes along each of its longest sides in turn; each cell gets the
// direction that suits it, and the cut whose tour costs least is taken. Holes and bays
// are flown over where that is shorter.
func (c course) cover(area shape) []pass {
	cuts := c.cuts(area)
	if outline, ok := filled(area); ok {
		cuts = append(cuts, c.cuts(outline)...)
	}
	if whole := (shape{hull(area.corners())}); len(area) > 1 || !isConvex(area[0]) {
		cuts = append(cuts, c.cuts(whole)...)
	}
	slices.SortStableFunc(cuts, func(a, b cut) int { return cmp.Compare(a.costM, b.costM) })
	var best []pass
	least := math.Inf(1)
	for _, k := range cuts[:min(3, len(cuts))] {
		if passes, costM := c.flyAll(k.cells, fineTrials); costM < least {
			best, least = passes, costM
		}
	}
	return best
}

// filled returns an area without its holes; false when it has none, or several parts.
func filled(area shape) (shape, bool) {
	var outlines shape
	for _, ring := range area {
		if signedArea(ring) > 0 {
			outlines = append(outlines, ring)
		}
	}
	return outlines, len(outlines) == 1 && len(area) > 1
}

// cuts returns the cuts of an area worth weighing.
func (c course) cuts(area shape) (cuts []cut) {
	try := func(cells [][]pass) {
		if len(cells) > 0 && len(cells) <= maxCells {
			_, costM := c.flyAll(cells, roughTrials)
			cuts = append(cuts, cut{cells, costM})
		}
	}
	if ring, ok := c.simple(area); ok {
		_, least := leastWidth(hull(ring))
		angles := []float64{least}
		if c.trimmed { // across the least width lanes are fewest, not always shortest
			angles = merged(angles, sidesOf(ring), maxAngles)
		}
		try([][]pass{c.passesOver(ring, angles)})
		return cuts
	}
	area = smoothed(area, c.slackM)
	for _, angle := range frames(area) {
		flat := area.turned(-angle)
		zones := make([]shape, len(c.bar.zones))
		for i, z := range c.bar.zones {
			zones[i] = z.turned(-angle)
		}
		for _, glued := range [2]bool{false, true} {
			var cells [][]pass
			for _, cell := range decompose(flat, zones, glued) {
				if ring := turnedRing(cell.ring(), angle); len(ring) > 2 {
					cells = append(cells, c.passesOver(ring, merged([]float64{angle}, sidesOf(ring), maxAngles)))
				}
			}
			try(cells)
		}
	}
	return cuts
}

// simple returns the ring of an area that is one convex ring which no zone meets.
func (c course) simple(area shape) ([]pt, bool) {
	if len(area) != 1 || !isConvex(area[0]) {
		return nil, false
	}
	ring := area[0]
	for i, q := range ring {
		if !c.bar.clear(ring[(i+len(ring)-1)%len(ring)], q) {
			return nil, false
		}
	}
	for _, z := range c.bar.zones {
		if area.contains(z[0][0]) {
			return nil, false
		}
	}
	return ring, true
}

// frames returns the directions along which to cut the ground into cells.
func frames(area shape) []float64 {
	_, least := leastWidth(hull(area.corners()))
	longest := slices.MaxFunc(area, func(a, b []pt) int { return cmp.Compare(math.Abs(signedArea(a)), math.Abs(signedArea(b))) })
	angles := merged([]float64{least}, sidesOf(longest), maxFrames)
	for _, ring := range area {
		angles = merged(angles, sidesOf(ring), maxFrames)
	}
	return angles
}

// smoothed drops corners that lie less than tolM off the line without them (Douglas and
// Peucker), and rings that are then nothing. tolM is what the camera sees to spare.
func smoothed(area shape, tolM float64) (out shape) {
	for _, ring := range area {
		far := 0
		for i, p := range ring {
			if dist(p, ring[0]) > dist(ring[far], ring[0]) {
				far = i
			}
		}
		closed := append(slices.Clone(ring), ring[0])
		kept := append(thinned(closed[:far+1], tolM), thinned(closed[far:], tolM)[1:]...)
		if kept = kept[:len(kept)-1]; len(kept) > 2 {
			out = append(out, kept)
		}
	}
	return out
}

func thinned(line []pt, tolM float64) []pt {
	if len(line) < 3 {
		return slices.Clone(line)
	}
	far, off := 0, 0.0
	for i := 1; i < len(line)-1; i++ {
		if d := toSegment(line[i], line[0], line[len(line)-1]); d > off {
			far, off = i, d
		}
	}
	if off <= tolM {
		return []pt{line[0], line[len(line)-1]}
	}
	return append(thinned(line[:far+1], tolM), thinned(line[far:], tolM)[1:]...)
}
