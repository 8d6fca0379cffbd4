package geo

import (
	"errors"
	"math"
	"math/rand/v2"
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

// A sliver as thin as the last digits of its coordinates is refused, or can be watched:
// no figure of it is NaN.
func TestSlivers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 3_000 {
		length, width := math.Pow(10, -6+4*r.Float64()), math.Pow(10, -15+9*r.Float64())
		a := orb.Point{113 + r.Float64(), 34 + r.Float64()}
		b := orb.Point{a[0] + length*r.Float64(), a[1] + length*r.Float64()}
		area, err := ParseArea(orb.Polygon{{a, b, {(a[0] + b[0]) / 2, (a[1]+b[1])/2 + width}, a}})
		if bad := (*Invalid)(nil); errors.As(err, &bad) {
			continue
		}
		taken++
		s := NewRaster(NewGround(area, 30)).Survey(0, 0, 1)
		if m2 := AreaM2(area); !(math.Abs(s.NeverM2-m2) < 1e-6*m2) || len(s.Parts) == 0 {
			t.Fatalf("of %g m² %g are unseen in %d parts", m2, s.NeverM2, len(s.Parts))
		}
	}
	if taken < 100 {
		t.Errorf("only %d were taken", taken)
	}
}
