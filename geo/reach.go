package geo

import "github.com/paulmach/orb"

// MaxReachM bounds an area that a Ground can be laid over. So many metres from the
// middle a Plane's areas are 0.2 % too large; much further it is no plane at all.
const MaxReachM = 300_000

// CheckReach refuses, with an *Invalid that says where, an area that reaches further
// than MaxReachM from its middle.
func CheckReach(a Area) error {
	middle := middleOf(a)
	for _, poly := range a.shape {
		for _, ring := range poly {
			for _, p := range ring {
				if DistanceM(middle, p) > MaxReachM {
					return invalidAt(p, "the area reaches further than %d km from its middle: part it", MaxReachM/1000)
				}
			}
		}
	}
	return nil
}

// middleOf returns the middle of the box around an area. Its longitude may exceed 180
// when the area has parts on both sides of that.
func middleOf(a Area) orb.Point {
	west, east := lonRange(a.shape)
	b := a.Bound()
	return orb.Point{(west + east) / 2, (b.Min[1] + b.Max[1]) / 2}
}
