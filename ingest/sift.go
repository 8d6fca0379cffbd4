package ingest

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

const (
	surveyReachM   = 50_000 // how far a survey's images lie apart at most
	neighbourReach = 600_000
	mirroredDeg    = 1 // degrees within which a mirrored place is taken for a wrong sign
)

// Sift returns the moments of one survey in order of time, without those that the others
// belie: in another hemisphere, far away, too fast, of a moment that another image is of
// (the first given stays; an image says where the drone was as well as a track does). It
// adds what it refuses to refused, and turns images whose yaw is unknown along the flight.
func Sift(photos []Photo, refused Refused) []Photo {
	photos = near(slices.Clone(photos), refused)
	slices.SortStableFunc(photos, func(a, b Photo) int {
		return cmp.Or(cmp.Compare(a.Fix.TMs, b.Fix.TMs), cmp.Compare(trackLast(a), trackLast(b)))
	})
	photos = slices.CompactFunc(photos, func(a, b Photo) bool {
		if a.Fix.TMs != b.Fix.TMs {
			return false
		}
		if !b.Track {
			refused.add(sameMoment, 1)
		}
		return true
	})

	kept := make([]Photo, 0, len(photos))
	for i, p := range photos {
		if i > 0 && i < len(photos)-1 && unreachable(photos[i-1], p) && unreachable(p, photos[i+1]) {
			refused.add(tooFast, 1)
			continue
		}
		kept = append(kept, p)
	}
	turnAlong(kept)
	return kept
}

// trackLast orders images before what is only track.
func trackLast(p Photo) int {
	if p.Track {
		return 1
	}
	return 0
}

func (r Refused) add(reason string, n int) {
	if n > 0 {
		r[reason] += n
	}
}

// near returns the photos about the middle one.
func near(photos []Photo, refused Refused) []Photo {
	middle := orb.Point{
		median(photos, func(p Photo) float64 { return p.Fix.Lon }),
		median(photos, func(p Photo) float64 { return p.Fix.Lat }),
	}
	return slices.DeleteFunc(photos, func(p Photo) bool {
		at := placeOf(p)
		if geo.DistanceM(at, middle) <= surveyReachM {
			return false
		}
		mirrored := math.Abs(math.Abs(at[0])-math.Abs(middle[0])) < mirroredDeg && math.Abs(math.Abs(at[1])-math.Abs(middle[1])) < mirroredDeg
		if mirrored {
			refused.add(wrongHemisphere, 1)
		} else {
			refused.add(farFromRest, 1)
		}
		return true
	})
}

func placeOf(p Photo) orb.Point { return orb.Point{p.Fix.Lon, p.Fix.Lat} }

func median(photos []Photo, of func(Photo) float64) float64 {
	if len(photos) == 0 {
		return 0
	}
	values := make([]float64, len(photos))
	for i, p := range photos {
		values[i] = of(p)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// unreachable reports whether no drone flies from one photo to the next.
func unreachable(from, to Photo) bool {
	apartMs := to.Fix.TMs - from.Fix.TMs
	return apartMs <= neighbourReach && geo.DistanceM(placeOf(from), placeOf(to)) > patrol.MaxSpeedMPS.Drone*float64(max(apartMs, 1000))/1000
}

// turnAlong gives photos without a yaw the direction in which the drone flew on.
func turnAlong(photos []Photo) {
	for i := range photos {
		p := &photos[i]
		if !math.IsNaN(p.Look.Yaw) {
			continue
		}
		p.Look.Yaw, p.Assumed = 0, assumedAlong
		for j := max(1, min(i+1, len(photos)-1)); j < len(photos); j++ {
			from, to := placeOf(photos[j-1]), placeOf(photos[j])
			if x, y := geo.NewPlane(from, 0).XY(to); math.Hypot(x, y) >= 0.5 {
				p.Look.Yaw = math.Atan2(x, y)
				break
			}
		}
	}
}
