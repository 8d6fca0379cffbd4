package flight

import (
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Spheres that QGroundControl measures on: PX4's for its local plane, Qt's for distances
// along a course.
const (
	px4RadiusM = 6_371_000.0
	qtRadiusM  = 6_371_007.2
)

// qgcTransectPoints returns the transects that QGroundControl flies over a survey item's
// polygon (lat, lon) when it makes them anew, both ends of each and the turn-arounds
// before and behind them. Its lines are spacingM apart, at angleDeg clockwise from
// north, and where they lie is an accident of its algorithm: the first is half of 2 km
// and the larger side of the polygon's box west of the box's middle, before all are
// turned about it. entry is the corner to begin at: 0 top left, 1 top right, 2 bottom
// left, 3 bottom right, of lines that run up the page.
func qgcTransectPoints(polygon [][2]float64, angleDeg, spacingM, turnAroundM float64, entry int) ([]orb.Point, error) {
	if !(spacingM >= 0.5) || !(turnAroundM >= 0 && turnAroundM < 1000) || math.IsNaN(angleDeg) {
		return nil, errors.New("the survey's spacing, angle or turn-around distance is no number to fly by")
	}
	origin := orb.Point{polygon[0][1], polygon[0][0]}
	var ring []pt
	lo, hi := pt{}, pt{}
	for _, p := range polygon {
		q := px4Plane(origin, orb.Point{p[1], p[0]})
		ring = append(ring, q)
		lo, hi = pt{min(lo.x, q.x), min(lo.y, q.y)}, pt{max(hi.x, q.x), max(hi.y, q.y)}
	}
	side := max(hi.x-lo.x, hi.y-lo.y) + 2000
	if side > maxAwayM {
		return nil, errors.New("the survey is too large to lay its lanes again")
	}
	middle := lo.towards(hi, 0.5)
	// A grid at angle and at angle + 180° is the same one: it is laid within ±90°.
	angle := math.Mod(angleDeg, 360)
	if angle > 90 {
		angle -= 180
	} else if angle < -90 {
		angle += 180
	}
	turn := func(p pt) pt { return middle.plus(p.sub(middle).turned(-angle * math.Pi / 180)) }
	var lines []lane
	for x := middle.x - side/2; x < middle.x+side/2; x += spacingM {
		if l, ok := longest(ring, turn(pt{x, middle.y - side/2}), turn(pt{x, middle.y + side/2})); ok {
			lines = append(lines, l)
		}
	}
	if len(lines) < 2 {
		if l, ok := longest(ring, turn(pt{middle.x, middle.y - side/2}), turn(pt{middle.x, middle.y + side/2})); ok {
			lines = []lane{l}
		}
	}
	if len(lines) > maxLanes {
		return nil, errors.New("the survey has too many lanes to lay them again")
	}
	return backAndForth(entered(lines, entry), origin, turnAroundM), nil
}

// entered orders lines and turns them for a corner to begin at.
func entered(lines []lane, entry int) []lane {
	if entry == 2 || entry == 3 { // from the bottom: towards the top
		for i := range lines {
			lines[i] = lines[i].back()
		}
	}
	if entry == 1 || entry == 3 {
		slices.Reverse(lines)
	}
	return lines
}

func backAndForth(lines []lane, origin orb.Point, turnAroundM float64) (points []orb.Point) {
	for i, l := range lines {
		if i%2 == 1 {
			l = l.back()
		}
		from, to := px4Place(origin, l.from), px4Place(origin, l.to)
		if turnAroundM > 0 {
			points = append(points, qtTowards(from, to, -turnAroundM), from, to, qtTowards(to, from, -turnAroundM))
		} else {
			points = append(points, from, to)
		}
	}
	return points
}

// longest returns the part of a line between the two places furthest apart at which it
// crosses a ring, from the one that the line comes to last.
func longest(ring []pt, from, to pt) (lane, bool) {
	var at []float64
	shape{ring}.sides(func(a, b pt) {
		if t, ok := crossing(from, to, a, b); ok {
			at = append(at, t)
		}
	})
	if len(at) < 2 {
		return lane{}, false
	}
	l := lane{from.towards(to, slices.Max(at)), from.towards(to, slices.Min(at))}
	return l, l.length() > 0.01 // a corner that a line touches is no lane
}

// px4Plane is PX4's azimuthal equidistant projection about origin: east and north,
// metres. px4Place is its inverse.
func px4Plane(origin, p orb.Point) pt {
	lat, lon := p[1]*math.Pi/180, p[0]*math.Pi/180
	lat0, lon0 := origin[1]*math.Pi/180, origin[0]*math.Pi/180
	c := math.Acos(max(-1, min(1, math.Sin(lat0)*math.Sin(lat)+math.Cos(lat0)*math.Cos(lat)*math.Cos(lon-lon0))))
	k := 1.0
	if c > 0 {
		k = c / math.Sin(c)
	}
	return pt{
		k * math.Cos(lat) * math.Sin(lon-lon0) * px4RadiusM,
		k * (math.Cos(lat0)*math.Sin(lat) - math.Sin(lat0)*math.Cos(lat)*math.Cos(lon-lon0)) * px4RadiusM,
	}
}

func px4Place(origin orb.Point, p pt) orb.Point {
	c := math.Hypot(p.x, p.y) / px4RadiusM
	if c == 0 {
		return origin
	}
	lat0, lon0 := origin[1]*math.Pi/180, origin[0]*math.Pi/180
	x, y := p.x/px4RadiusM, p.y/px4RadiusM
	lat := math.Asin(math.Cos(c)*math.Sin(lat0) + y*math.Sin(c)*math.Cos(lat0)/c)
	lon := lon0 + math.Atan2(x*math.Sin(c), c*math.Cos(lat0)*math.Cos(c)-y*math.Sin(lat0)*math.Sin(c))
	return orb.Point{lon * 180 / math.Pi, lat * 180 / math.Pi}
}

// qtTowards is the place m metres from p in the direction of q, on a sphere.
func qtTowards(p, q orb.Point, m float64) orb.Point {
	lat1, lat2, dlon := p[1]*math.Pi/180, q[1]*math.Pi/180, (q[0]-p[0])*math.Pi/180
	azimuth := math.Atan2(math.Sin(dlon)*math.Cos(lat2), math.Cos(lat1)*math.Sin(lat2)-math.Sin(lat1)*math.Cos(lat2)*math.Cos(dlon))
	r := m / qtRadiusM
	lat := math.Asin(math.Sin(lat1)*math.Cos(r) + math.Cos(lat1)*math.Sin(r)*math.Cos(azimuth))
	lon := p[0]*math.Pi/180 + math.Atan2(math.Sin(azimuth)*math.Sin(r)*math.Cos(lat1), math.Cos(r)-math.Sin(lat1)*math.Sin(lat))
	return orb.Point{lon * 180 / math.Pi, lat * 180 / math.Pi}
}
