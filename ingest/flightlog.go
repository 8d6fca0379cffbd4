package ingest

import (
	"bufio"
	"errors"
	"math"
	"time"
)

// errBroken is why a record of a log is refused that cannot be read.
var errBroken = errors.New("a record that is broken")

// flightLog turns the records of an ArduPilot log into moments of a flight: GPS into the
// track, CAM (the camera confirmed) into photos. TRIG (the camera was told to) counts
// only in a log without any CAM.
type flightLog struct {
	take      func(Photo) error
	refused   Refused
	broken    bool    // the last byte belonged to no record
	utcAhead  float64 // UTC less time since start-up, ms; NaN = not known yet
	mount     gimbal
	triggered []Photo
	confirmed bool // a CAM was there
}

// gimbal is where a mount's camera looked last, degrees; yaw from north.
type gimbal struct {
	yaw, pitch, roll float64
	atMs             float64 // since start-up
}

// mountKeptMs is how long a mount's attitude stands for the camera's.
const mountKeptMs = 2000

func newFlightLog(take func(Photo) error) *flightLog {
	return &flightLog{take: take, refused: Refused{}, utcAhead: math.NaN(), mount: gimbal{atMs: math.Inf(-1)}}
}

// skipBroken passes over one byte; bytes that follow each other count as one record.
func (l *flightLog) skipBroken(r *bufio.Reader) {
	if !l.broken {
		l.refused.add(errBroken.Error(), 1)
	}
	l.broken = true
	_, _ = r.Discard(1) // it was peeked
}

// end gives what was triggered where nothing was confirmed.
func (l *flightLog) end(err error) error {
	if l.confirmed {
		l.triggered = nil
	}
	for _, p := range l.triggered {
		if takeErr := l.take(p); takeErr != nil {
			return takeErr
		}
	}
	return err
}

// row takes one record; field gives its columns, NaN for those that it lacks.
func (l *flightLog) row(name string, field func(string) float64) error {
	switch name {
	case "GPS":
		return l.position(field)
	case "MNT":
		if yaw := field("YawE"); !math.IsNaN(yaw) && !math.IsNaN(field("Pitch")) {
			l.mount = gimbal{yaw: yaw, pitch: field("Pitch"), roll: field("Roll"), atMs: sinceStart(field)}
		}
		return nil
	case "CAM":
		l.confirmed, l.triggered = true, nil
		p, ok := l.photo(field)
		if !ok {
			return nil
		}
		return l.take(p)
	case "TRIG":
		if l.confirmed {
			return nil
		}
		if p, ok := l.photo(field); ok {
			p.Assumed = assumedTrigger
			l.triggered = append(l.triggered, p)
		}
	}
	return nil
}

// sinceStart is a record's time in milliseconds: TimeUS, or TimeMS in old logs.
func sinceStart(field func(string) float64) float64 {
	if us := field("TimeUS"); !math.IsNaN(us) {
		return us / 1000
	}
	return field("TimeMS")
}

// position takes a GPS record. Old logs give GPS time as TimeMS and Week, the time since
// start-up as T; newer ones as GMS and GWk. Only three-dimensional fixes count.
func (l *flightLog) position(field func(string) float64) error {
	if !(field("Status") >= 3) || field("I") > 0 { // of a second receiver
		return nil
	}
	weekMs, week, startMs := field("GMS"), field("GWk"), field("TimeUS")/1000
	if math.IsNaN(week) {
		weekMs, week, startMs = field("TimeMS"), field("Week"), field("T")
	}
	t, ok := gpsTime(week, weekMs)
	if !ok {
		l.refused.add(errNoTime.Error(), 1)
		return nil
	}
	if !math.IsNaN(startMs) {
		l.utcAhead = float64(t.UnixMilli()) - startMs
	}
	lon, lat, ok := placed(field("Lng"), field("Lat"))
	if !ok {
		l.refused.add(errNoPlace.Error(), 1)
		return nil
	}
	fix := newFix(t, lon, lat)
	fix.AltitudeM = aboveSea(field("Alt"))
	if speed := field("Spd"); speed >= 0 && speed < 1000 {
		fix.SpeedMPS = float32(speed)
	}
	if course := field("GCrs"); course >= 0 && course <= 360 {
		fix.HeadingDeg = float32(math.Mod(course, 360))
	}
	return l.take(newFlown(fix))
}

// photo takes a CAM or TRIG record. Its angles are the airframe's, not the camera's:
// without a mount's the camera is taken to look straight down, turned as the drone.
func (l *flightLog) photo(field func(string) float64) (p Photo, ok bool) {
	t, ok := gpsTime(field("GPSWeek"), field("GPSTime"))
	startMs := sinceStart(field)
	if !ok && !math.IsNaN(l.utcAhead) && !math.IsNaN(startMs) {
		t, ok = time.UnixMilli(int64(l.utcAhead+startMs)), true
	}
	if !ok {
		l.refused.add(errNoTime.Error(), 1)
		return p, false
	}
	lon, lat, ok := placed(field("Lng"), field("Lat"))
	if !ok {
		l.refused.add(errNoPlace.Error(), 1)
		return p, false
	}
	p = newPhoto(newFix(t, lon, lat))
	p.TakeoffM = field("RelAlt")
	p.Fix.AltitudeM = aboveSea(field("Alt"))
	yaw := field("Y")
	if math.IsNaN(yaw) {
		yaw = field("Yaw")
	}
	if startMs-l.mount.atMs <= mountKeptMs {
		p.turned(l.mount.yaw, l.mount.pitch, l.mount.roll, yaw)
	} else {
		p.turned(math.NaN(), math.NaN(), math.NaN(), yaw)
	}
	return p, true
}

// placed checks a place; (0, 0) is what a receiver without a fix says.
func placed(lon, lat float64) (x, y float64, ok bool) {
	return lon, lat, math.Abs(lon) <= 180 && math.Abs(lat) <= 90 && (lon != 0 || lat != 0)
}

// leapSeconds are the seconds by which GPS time is ahead of UTC since the instants when
// they changed (IERS Bulletin C); there has been none since 2017.
var leapSeconds = []struct {
	since   int64 // Unix seconds, UTC
	seconds int64
}{
	{1483228800, 18}, // 2017-01-01
	{1435708800, 17}, // 2015-07-01
	{1341100800, 16}, // 2012-07-01
	{1230768000, 15}, // 2009-01-01
}

const gpsEpoch = 315964800 // 1980-01-06, Unix seconds

// gpsTime is the UTC of a GPS week and the milliseconds in it; false before 2009, when no
// drone kept such a log: a receiver without the time says week 0.
func gpsTime(week, weekMs float64) (time.Time, bool) {
	if !(week >= 0 && week < 10_000 && weekMs >= 0 && weekMs <= 7*86400*1000) {
		return time.Time{}, false
	}
	ms := int64(gpsEpoch+int64(week)*7*86400)*1000 + int64(weekMs)
	for _, leap := range leapSeconds {
		if utc := ms - leap.seconds*1000; utc >= leap.since*1000 {
			return time.UnixMilli(utc), true
		}
	}
	return time.Time{}, false
}
