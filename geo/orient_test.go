package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// The expansion has the sign of the rational numbers, on points in one line and a last
// digit beside it.
func TestOrientIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.Float64Range(-1e-9, 1e-9), rapid.Float64Range(-1e-300, 1e-300))
		a := orb.Point{v.Draw(t, "ax"), v.Draw(t, "ay")}
		b := orb.Point{v.Draw(t, "bx"), v.Draw(t, "by")}
		f := rapid.SampledFrom([]float64{0, 0.5, 1, 2, -1, 0.3, 1e-5}).Draw(t, "f")
		c := orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
		for range rapid.IntRange(0, 2).Draw(t, "beside") {
			c[1] = math.Nextafter(c[1], 200)
		}
		for _, p := range [3][3]orb.Point{{a, b, c}, {c, a, b}, {b, c, a}} {
			want := bigOrient(p[0], p[1], p[2])
			if got := orient(p[0], p[1], p[2]); got != want {
				t.Fatalf("orient%v is %d, want %d", p, got, want)
			}
			if got := exactOrient(p[0], p[1], p[2]); got != want {
				t.Fatalf("exactOrient%v is %d, want %d", p, got, want)
			}
		}
	})
}
