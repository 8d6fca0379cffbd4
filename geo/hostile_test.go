package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

// Teeth that slant over a base whose every vertex lies in one line with all the others:
// no turn of any two edges is told by rounded numbers.
//
//	 /‾/ /‾/
//	/ /_/ /_
func TestParseAreaOfACombOnADiagonal(t *testing.T) {
	const unit = 1.0 / 4096
	var ring orb.Ring
	for i := range 2_499 {
		x := float64(i) * 2 * unit
		ring = append(ring, orb.Point{x, x}, orb.Point{x + 1, x + 2}, orb.Point{x + 1 + unit/2, x + 2 + unit/2}, orb.Point{x + unit, x + unit})
	}
	ring = append(ring, orb.Point{3, -1}, ring[0])
	if _, err := ParseArea(orb.Polygon{ring}); err != nil {
		t.Error(err)
	}
}

// A part stands in another one's hole and touches it with every vertex; its first vertex
// is given twice.
//
//	┌────┐
//	│ ◈  │
//	└────┘
func TestParseAreaOfADiamondInAHole(t *testing.T) {
	shell := orb.Ring{{0, 0}, {8, 0}, {8, 8}, {0, 8}, {0, 0}}
	hole := orb.Ring{{2, 2}, {2, 6}, {6, 6}, {6, 2}, {2, 2}}
	diamond := orb.Ring{{4, 2}, {4, 2}, {6, 4}, {4, 6}, {2, 4}, {4, 2}}
	if _, err := ParseArea(orb.MultiPolygon{{shell, hole}, {diamond}}); err != nil {
		t.Error(err)
	}
}
