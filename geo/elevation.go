package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Elevation is the ground's height above sea level on a grid of longitudes and latitudes.
type Elevation struct {
	West, North      float64 // of the first sample, degrees
	StepLon, StepLat float64 // degrees from one to the next, east and south; above 0
	Cols, Rows       int
	HeightM          []float32 // row by row from the north; NaN = no data
}

// At returns the ground's height at a place, between the samples around it linearly in
// both directions. ok is false outside the outermost samples and beside one without data.
func (e Elevation) At(p orb.Point) (heightM float64, ok bool) {
	const slack = 1e-9 // of a step: a place on the last sample belongs to it
	x := math.Remainder(p[0]-e.West, 360) / e.StepLon
	if x < -slack { // a grid may be wider than half the globe
		x += 360 / e.StepLon
	}
	y := (e.North - p[1]) / e.StepLat
	if !(x >= -slack && y >= -slack && x <= float64(e.Cols-1)+slack && y <= float64(e.Rows-1)+slack) {
		return 0, false
	}
	col, row := clamp(int(x), 0, max(0, e.Cols-2)), clamp(int(y), 0, max(0, e.Rows-2))
	fx, fy := unit(x-float64(col)), unit(y-float64(row))
	right, below := min(col+1, e.Cols-1), min(row+1, e.Rows-1)
	at := func(row, col int) float64 { return float64(e.HeightM[row*e.Cols+col]) }
	heightM = (at(row, col)*(1-fx)+at(row, right)*fx)*(1-fy) + (at(below, col)*(1-fx)+at(below, right)*fx)*fy
	return heightM, !math.IsNaN(heightM)
}
