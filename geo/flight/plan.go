package flight

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Plan is a survey flight over level ground.
type Plan struct {
	Spec
	GSDCm   float64 // straight below; 0 = unknown
	LaneM   float64 // between lanes, at most
	PhotoM  float64 // between photos, at most
	Pitch   float64 // of the camera, radians up from the horizon
	Yaw     float64 // of the camera from the course, radians clockwise
	Cells   []Cell
	Lanes   int
	Sorties []Sortie
}

// Cell is a piece of the area that is flown in lanes of one direction.
type Cell struct {
	Ring       orb.Ring
	BearingDeg float64 // of its lanes, from 0 to under 180
	Lanes      int
}

// Sortie is what is flown with one battery, from take-off to landing at one place.
type Sortie struct {
	Takeoff orb.Point
	Legs    []Leg // each begins where the one before ends
	LengthM float64
	TimeS   float64
	Photos  int
}

// Leg is flown along a line, with or without the camera on.
type Leg struct {
	Line   orb.LineString
	PhotoM float64 // between photos, the first where it begins, the last where it ends; 0 = none
	Photos int
	Cell   int // whose lane it is, an index of Cells; -1 = none's
}

// New plans a flight. Its errors are sentences for who asked; an *geo.Invalid says where.
func New(s Spec) (*Plan, error) {
	if s.SpeedMPS == 0 {
		s.SpeedMPS = DefaultSpeedMPS
	}
	if s.Images > 0 {
		s = s.sparingly()
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	f, err := s.field()
	if err != nil {
		return nil, err
	}
	p := &Plan{Spec: s, GSDCm: s.Camera.GSDCm(s.HeightM), Pitch: -math.Pi / 2}
	p.LaneM, p.PhotoM = s.spacing()
	var runs []run
	if s.Orbit {
		runs, err = p.orbit(f)
	} else {
		runs, err = p.lanes(f)
	}
	if err != nil {
		return nil, err
	}
	return p, p.fly(f, runs)
}

// run is a line to be flown with the camera on, in the plane.
type run struct {
	line []pt
	cell int
}

// lanes covers the area with lanes, in the order in which they are flown.
func (p *Plan) lanes(f *field) (runs []run, err error) {
	if n := f.lanesAcross(p.LaneM); n > maxLanes {
		return nil, fmt.Errorf("this takes %d lanes or more, at most %d are planned at once: fly higher, overlap less or part the area", n, maxLanes)
	}
	acrossM, alongM := p.Camera.FrameM(p.HeightM)
	slackM := min(0.1*p.LaneM, (acrossM-p.LaneM)/2)
	c := course{
		spacingM: p.LaneM, acrossM: p.LaneM, aheadM: alongM/2 - slackM, slackM: slackM,
		stopM: p.SpeedMPS * stopS(p.SpeedMPS), bar: f.bar, home: f.home,
	}
	if p.Images > 0 {
		// So far ahead of its last image a lane's end is shown by all that are asked for.
		c.trimmed, c.acrossM, c.marginM = true, acrossM-2*slackM, p.MarginM
		c.aheadM -= float64(p.Images-1) * p.PhotoM
	}
	passes := c.cover(f.area)
	if len(passes) == 0 {
		return nil, errors.New("the no-fly zones leave nothing of the area")
	}
	for i, pass := range passes {
		ring := orb.Ring(f.line(pass.ring))
		p.Cells = append(p.Cells, Cell{Ring: append(ring, ring[0]), BearingDeg: f.bearingDeg(pass), Lanes: len(pass.lanes)})
		p.Lanes += len(pass.lanes)
		for _, l := range pass.lanes {
			runs = append(runs, run{[]pt{l.from, l.to}, i})
		}
	}
	return runs, nil
}

// bearingDeg is the direction of a pass's lanes, clockwise from north, modulo half a turn.
func (f *field) bearingDeg(p pass) float64 {
	deg := math.Mod(90-p.angle*180/math.Pi, 180)
	if deg < 0 {
		deg += 180
	}
	return deg
}

// bearing is the direction from p to q, degrees clockwise from north.
func bearing(p, q orb.Point) float64 {
	x, y := geo.NewPlane(p, 0).XY(q)
	return math.Atan2(x, y) * 180 / math.Pi
}

// Photo is where and how the camera takes an image of a plan.
type Photo struct {
	At     orb.Point
	AfterS float64 // since the sortie took off
	Look   geo.Attitude
}

// Photos returns what the camera takes on a sortie, as flown to plan.
func (p *Plan) Photos(s Sortie) (photos []Photo) {
	flown := s.climbM(p) // metres that have gone by, stops as metres
	stopM := p.SpeedMPS * stopS(p.SpeedMPS)
	for _, leg := range s.Legs {
		plane := geo.NewPlane(leg.Line[0], 0)
		var line []pt
		for _, at := range leg.Line {
			x, y := plane.XY(at)
			line = append(line, pt{x, y})
		}
		for i := range leg.Photos {
			at, course := along(line, float64(i)*leg.PhotoM)
			photos = append(photos, Photo{
				At:     plane.LonLat(at.x, at.y),
				AfterS: (flown + float64(i)*leg.PhotoM) / p.SpeedMPS,
				Look:   geo.Attitude{Yaw: math.Remainder(course+p.Yaw, 2*math.Pi), Pitch: p.Pitch},
			})
		}
		flown += lengthOf(line) + stopM*float64(len(line)-1)
	}
	return photos
}

// along returns the place m metres along a line, and the course there, radians clockwise
// from north.
func along(line []pt, m float64) (pt, float64) {
	for i := 1; i < len(line); i++ {
		d := dist(line[i-1], line[i])
		if m <= d || i == len(line)-1 {
			way := line[i].sub(line[i-1])
			k := 0.0
			if d > 0 {
				k = min(1, m/d)
			}
			return line[i-1].towards(line[i], k), math.Atan2(way.x, way.y)
		}
		m -= d
	}
	return line[0], 0
}

// seenSweepM makes the cells on which SeenShare is counted at most 2 m wide.
const seenSweepM = 24

// SeenShare returns how much of the area the plan's images show at least once.
func (p *Plan) SeenShare() float64 {
	ground := geo.NewGround(p.Area, seenSweepM)
	raster := geo.NewRaster(ground)
	for _, s := range p.Sorties {
		for _, photo := range p.Photos(s) {
			if ring := geo.Footprint(photo.At, p.HeightM, photo.Look, p.Camera); ring != nil {
				raster.Paint(geo.Patch{Ring: ring, Stamp: 1}, nil)
			}
		}
	}
	return min(1, raster.Survey(0, 0, 1).CoveredM2/ground.AreaM2) // 1 but for rounding
}
