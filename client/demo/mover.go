package demo

import (
	"math"
	"sort"
	"time"

	"xunfang/patrol"
)

// Mover is a tracker of the district: it goes its round for ever, and its device
// reports where it is, as well as such devices do.
type Mover struct {
	Name  string
	Kind  patrol.Kind
	round round
	phase float64 // seconds into the round when the demonstration begins
	every int64   // seconds between fixes
	salt  float64 // tells its errors from everybody else's
	spell *spell  // when its device fails, or nil
	grid  grid
}

// spell is a time that comes back, in which a device does worse.
type spell struct {
	ill          illness
	from, period int64 // seconds after the beginning, and from one such time to the next
	lasts        int64 // seconds
}

type illness int

const (
	silent illness = iota // sends nothing
	poor                  // knows only to some 35 m where it is
	sparse                // sends only now and then
)

// sparseS is the number of seconds between fixes of a device that sends sparsely.
const sparseS = 84

// Fixes returns what the device reports in (from, to], one fix in thin of those that
// it would send: the same for the same times, whenever it is asked. Seconds are
// counted from the beginning of the demonstration.
func (m Mover) Fixes(began time.Time, from, to int64, thin int64) []patrol.Fix {
	var fixes []patrol.Fix
	step := m.every * thin
	for t := floorTo(from, step) + step; t <= to; t += step {
		ill, failing := m.failing(t)
		if failing && (ill == silent || ill == sparse && t != floorTo(t, sparseS)) {
			continue
		}
		fixes = append(fixes, m.fix(began, t, failing && ill == poor))
	}
	return fixes
}

// floorTo returns the greatest multiple of step that is not above t.
func floorTo(t, step int64) int64 { return t - (t%step+step)%step }

func (m Mover) failing(t int64) (illness, bool) {
	if m.spell == nil {
		return 0, false
	}
	since := t - m.spell.from
	return m.spell.ill, since-floorTo(since, m.spell.period) < m.spell.lasts
}

func (m Mover) fix(began time.Time, t int64, poorly bool) patrol.Fix {
	s := float64(t)
	pose := m.round.pose(s + m.phase)
	errorM, accuracyM := 1.0, 4.5+m.wave(s, 97)
	if poorly {
		errorM, accuracyM = 14, 35+4*m.wave(s, 61)
	}
	pose.at.x += errorM * (m.wave(s, 71) + m.wave(s, 173)) / 1.4
	pose.at.y += errorM * (m.wave(s, 83) + m.wave(s, 151)) / 1.4
	place := m.grid.lonLat(pose.at)
	altitude := float32(patrol.Unknown)
	if m.Kind == patrol.Drone {
		altitude = float32(pose.altitudeM)
	}
	return patrol.Fix{
		TMs: began.Add(time.Duration(t) * time.Second).UnixMilli(),
		Lon: digits(place[0], 7), Lat: digits(place[1], 7),
		AccuracyM: float32(digits(accuracyM, 1)), AltitudeM: altitude,
		SpeedMPS: float32(digits(pose.speedMPS, 2)), HeadingDeg: float32(math.Mod(digits(pose.headingDeg, 1), 360)),
		Battery: float32(digits(m.battery(s), 2)),
	}
}

// digits rounds v to so many decimal places.
func digits(v float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(v*scale) / scale
}

// wave swings between -1 and 1, in its own way for every mover and period.
func (m Mover) wave(s, periodS float64) float64 {
	return math.Sin(2*math.Pi*s/periodS + m.salt*periodS)
}

// battery falls from full to 12 % in seven hours; then it is changed.
func (m Mover) battery(s float64) float64 {
	_, used := math.Modf(s/(7*3600) + 10 + m.salt)
	return 1 - 0.88*used
}

// pose is where something is and how it moves.
type pose struct {
	at         xy
	altitudeM  float64 // above the ground
	speedMPS   float64
	headingDeg float64 // clockwise from true north, 0 ≤ heading < 360
}

// round is a closed way with the times at which its corners are reached and left.
type round []knot

type knot struct {
	s         float64 // seconds since the round began
	at        xy
	altitudeM float64
}

// then appends the way to the next place at that speed, and a rest there.
func (r round) then(p xy, speedMPS, restS, altitudeM float64) round {
	last := r[len(r)-1]
	k := knot{s: last.s + last.at.distance(p)/speedMPS, at: p, altitudeM: altitudeM}
	r = append(r, k)
	if restS > 0 {
		k.s += restS
		r = append(r, k)
	}
	return r
}

func (r round) length() float64 { return r[len(r)-1].s }

// pose returns where who goes the round is s seconds into it; rounds follow each
// other without end.
func (r round) pose(s float64) pose {
	s -= math.Floor(s/r.length()) * r.length()
	i := sort.Search(len(r)-1, func(i int) bool { return r[i].s > s })
	i = max(i, 1)
	a, b := r[i-1], r[i]
	share := 0.0
	if b.s > a.s {
		share = (s - a.s) / (b.s - a.s)
	}
	p := pose{
		at:         a.at.to(b.at, share),
		altitudeM:  a.altitudeM + (b.altitudeM-a.altitudeM)*share,
		headingDeg: r.heading(i),
	}
	if b.s > a.s {
		p.speedMPS = a.at.distance(b.at) / (b.s - a.s)
	}
	return p
}

// heading returns the direction of the way that ends at knot i; of a rest, that of
// the way before it.
func (r round) heading(i int) float64 {
	for ; i > 1 && r[i-1].at == r[i].at; i-- {
	}
	dx, dy := r[i].at.x-r[i-1].at.x, r[i].at.y-r[i-1].at.y
	deg := 90 - (math.Atan2(dy, dx)+turn)*180/math.Pi
	return math.Mod(deg+720, 360)
}
