package ingest

import (
	"math"
	"time"
)

// px4Topics are the streams that are read.
var px4Topics = map[string]bool{
	"vehicle_gps_position": true, "vehicle_global_position": true, "vehicle_attitude": true,
	"camera_capture": true, "camera_trigger": true,
}

// px4Flight turns the records of a PX4 log into moments of a flight: GPS into the track,
// camera_capture into photos; camera_trigger counts only in a log without the former.
type px4Flight struct {
	take      func(Photo) error
	refused   Refused
	utcAhead  float64 // UTC less time since start-up, µs; NaN = not known yet
	lastFix   Photo
	startAltM float64 // above sea level, of the first position: take-off
	yawDeg    float64 // of the airframe
	triggered []Photo
	captured  bool
}

func newPX4Flight(take func(Photo) error) *px4Flight {
	return &px4Flight{take: take, refused: Refused{}, utcAhead: math.NaN(), startAltM: math.NaN(), yawDeg: math.NaN()}
}

func (l *px4Flight) end() error {
	if l.captured {
		return nil
	}
	for _, p := range l.triggered {
		if err := l.take(p); err != nil {
			return err
		}
	}
	return nil
}

func (l *px4Flight) row(topic string, field func(string) float64) error {
	switch topic {
	case "vehicle_attitude":
		l.yawDeg = attitudeOf(quaternion(field)).Yaw * 180 / math.Pi
	case "vehicle_gps_position":
		return l.position(field)
	case "camera_capture":
		l.captured = true
		p, ok := l.capture(field)
		if !ok {
			return nil
		}
		return l.take(p)
	case "camera_trigger":
		if t, ok := l.time(field); ok && l.lastFix.Track {
			p := l.lastFix
			p.Track, p.Fix.TMs = false, t.UnixMilli()
			p.turned(math.NaN(), math.NaN(), math.NaN(), l.yawDeg)
			p.Assumed = assumedTrigger
			l.triggered = append(l.triggered, p)
		}
	}
	return nil
}

func quaternion(field func(string) float64) [4]float64 {
	return [4]float64{field("q[0]"), field("q[1]"), field("q[2]"), field("q[3]")}
}

// time is a record's UTC: its own, else that which the GPS gave.
func (l *px4Flight) time(field func(string) float64) (time.Time, bool) {
	us := field("timestamp_utc")
	if !(us > 0) {
		us = field("timestamp") + l.utcAhead
	}
	if !(us > 0 && us < 1e16) {
		l.refused.add(errNoTime.Error(), 1)
		return time.Time{}, false
	}
	return time.UnixMicro(int64(us)), true
}

// position takes a GPS record: whole numbers of 1e-7 degrees and millimetres in old logs,
// degrees and metres in newer ones.
func (l *px4Flight) position(field func(string) float64) error {
	if utc := field("time_utc_usec"); utc > 1e15 {
		l.utcAhead = utc - field("timestamp")
	}
	if !(field("fix_type") >= 3) {
		return nil
	}
	t, ok := l.time(field)
	if !ok {
		return nil
	}
	lon, lat, altM := field("lon")/1e7, field("lat")/1e7, field("alt")/1000
	if math.IsNaN(lon) {
		lon, lat, altM = field("longitude_deg"), field("latitude_deg"), field("altitude_msl_m")
	}
	if lon, lat, ok = placed(lon, lat); !ok {
		l.refused.add(errNoPlace.Error(), 1)
		return nil
	}
	fix := newFix(t, lon, lat)
	fix.AltitudeM = aboveSea(altM)
	if eph := field("eph"); eph > 0 && eph < 1e5 {
		fix.AccuracyM = float32(eph)
	}
	if speed := field("vel_m_s"); speed >= 0 && speed < 1000 {
		fix.SpeedMPS = float32(speed)
	}
	if math.IsNaN(l.startAltM) {
		l.startAltM = altM
	}
	l.lastFix = newFlown(fix)
	l.lastFix.TakeoffM = altM - l.startAltM
	return l.take(l.lastFix)
}

// capture takes a camera_capture record, in degrees and metres above sea level.
func (l *px4Flight) capture(field func(string) float64) (p Photo, ok bool) {
	t, ok := l.time(field)
	if !ok {
		return p, false
	}
	lon, lat, ok := placed(field("lon"), field("lat"))
	if !ok {
		l.refused.add(errNoPlace.Error(), 1)
		return p, false
	}
	p = newPhoto(newFix(t, lon, lat))
	p.Fix.AltitudeM = aboveSea(field("alt"))
	p.TakeoffM = field("alt") - l.startAltM
	if ground := field("ground_distance"); ground > 0 {
		p.GroundM = ground
	}
	p.looks(quaternion(field), l.yawDeg)
	return p, true
}
