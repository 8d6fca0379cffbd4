package flight

import (
	"math"

	"xunfang/geo"
)

// What is assumed of a drone.
const (
	climbMPS       = 3.0 // up and down
	accelerateMPS2 = 2.5
)

// stopS is how much longer it takes to fly by way of a corner, at which the drone stops:
// as long as to brake from its speed and to regain it, at half the speed on average.
func stopS(speedMPS float64) float64 { return speedMPS / accelerateMPS2 }

// climbM is how many metres could be flown while the drone climbs to its height.
func (s Sortie) climbM(p *Plan) float64 { return p.HeightM / climbMPS * p.SpeedMPS }

// flier fills sorties with runs.
type flier struct {
	*Plan
	*field
	home  pt
	there bool // sorties are flown from home and back; otherwise they just begin there
	now   *Sortie
	at    pt
	timeS float64 // since take-off
}

// fly cuts the runs into sorties. One that a battery does not last for goes on with the
// next from the last photo that was taken.
func (p *Plan) fly(f *field, runs []run) error {
	fl := &flier{Plan: p, field: f, home: runs[0].line[0], there: f.home != nil || p.BatteryS > 0}
	if f.home != nil {
		fl.home = *f.home
	}
	fl.takeOff()
	for _, r := range runs {
		for len(r.line) > 0 {
			var ok bool
			if r.line, ok = fl.take(r); ok {
				continue
			}
			if fl.now.Photos == 0 {
				return fl.tooFar(r.line[0])
			}
			fl.land()
			fl.takeOff()
		}
	}
	fl.land()
	return nil
}

func (f *flier) tooFar(to pt) error {
	at := f.plane.LonLat(to.x, to.y)
	if f.bar.way(f.home, to) == nil {
		return &geo.Invalid{Reason: "the no-fly zones leave no way from the take-off point to this place", At: &at}
	}
	return &geo.Invalid{Reason: "one battery does not last to this place and back", At: &at}
}

func (f *flier) takeOff() {
	f.Sorties = append(f.Sorties, Sortie{Takeoff: f.plane.LonLat(f.home.x, f.home.y)})
	f.now, f.at, f.timeS = &f.Sorties[len(f.Sorties)-1], f.home, f.HeightM/climbMPS
}

// take flies as much of a run as the battery lasts for, and returns what is left of it;
// false when that is all.
func (f *flier) take(r run) ([]pt, bool) {
	to := f.bar.way(f.at, r.line[0])
	if to == nil {
		return r.line, false
	}
	lengthM := lengthOf(r.line)
	gaps := int(math.Ceil(lengthM/f.PhotoM - 1e-9))
	if lengthM < 1e-3 {
		gaps = 0
	}
	photoM := 0.0
	if gaps > 0 {
		photoM = lengthM / float64(gaps)
	}
	arrived := f.timeS + f.legS(to)
	fits := func(gaps int) bool {
		done, _ := split(r.line, float64(gaps)*photoM)
		back := f.bar.way(done[len(done)-1], f.home)
		return back != nil && arrived+f.legS(done)+f.legS(back)+f.HeightM/climbMPS <= f.BatteryS
	}
	last := gaps
	if f.BatteryS > 0 {
		for last >= 0 && !fits(last) {
			last--
		}
		// One photo is not worth the way when there are more to come.
		if last < 0 || last == 0 && gaps > 0 {
			return r.line, false
		}
	}
	if lengthOf(to) > 0 {
		f.add(Leg{Line: f.line(to), Cell: -1}, to)
	}
	done, left := split(r.line, float64(last)*photoM)
	if last == gaps {
		done, left = r.line, nil
	}
	f.add(Leg{Line: f.line(done), PhotoM: photoM, Photos: last + 1, Cell: r.cell}, done)
	return left, true
}

// legS is how long it takes to fly a line, with a stop at each of its ends but the first.
func (f *flier) legS(line []pt) float64 {
	return lengthOf(line)/f.SpeedMPS + stopS(f.SpeedMPS)*float64(len(line)-1)
}

func (f *flier) add(leg Leg, line []pt) {
	f.now.Legs = append(f.now.Legs, leg)
	f.now.LengthM += lengthOf(line)
	f.now.Photos += leg.Photos
	f.timeS += f.legS(line)
	f.at = line[len(line)-1]
}

func (f *flier) land() {
	if f.there {
		if back := f.bar.way(f.at, f.home); lengthOf(back) > 0 {
			f.add(Leg{Line: f.line(back), Cell: -1}, back)
		}
	}
	f.now.TimeS = f.timeS + f.HeightM/climbMPS
}

// split cuts a line m metres along it; both parts hold the cut.
func split(line []pt, m float64) (done, left []pt) {
	for i := 1; i < len(line); i++ {
		d := dist(line[i-1], line[i])
		if m <= d {
			k := 0.0
			if d > 0 {
				k = m / d
			}
			cut := line[i-1].towards(line[i], k)
			return append(line[:i:i], cut), append([]pt{cut}, line[i:]...)
		}
		m -= d
	}
	return line, line[len(line)-1:]
}
