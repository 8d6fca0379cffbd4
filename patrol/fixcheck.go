package patrol

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// How far from now a fix's own time may lie.
const (
	maxAheadS   = 120
	maxBackDays = 400
)

// timeLimits say which times of fixes are believed.
type timeLimits struct {
	anyPast bool // fixes are kept for ever, so none is too old
}

// span is the times that are believed, both ends included, Unix ms.
type span struct{ fromMs, toMs int64 }

func (l timeLimits) of(t Tracker, now time.Time) span {
	s := span{toMs: now.Add(maxAheadS * time.Second).UnixMilli()}
	if !l.anyPast && !t.Import {
		s.fromMs = now.AddDate(0, 0, -maxBackDays).UnixMilli()
	}
	return s
}

// check says what is wrong with a time, if anything.
func (s span) check(ms int64) error {
	switch {
	case ms > s.toMs:
		return fmt.Errorf("t is more than %d s ahead of the server's clock", maxAheadS)
	case ms < 0:
		return errors.New("t lies before 1970")
	case ms < s.fromMs:
		return fmt.Errorf("t is more than %d days back", maxBackDays)
	}
	return nil
}

// checkFix returns f as it is stored, or an error whose text says what is wrong with
// it. Negative speeds, headings and charges, which devices send for "unknown", are
// unknown; a heading of 360 is 0.
func checkFix(f Fix, times span) (Fix, error) {
	switch {
	case !(f.Lon >= -180 && f.Lon <= 180):
		return f, fmt.Errorf("lon is %v, not from -180 to 180", f.Lon)
	case !(f.Lat >= -90 && f.Lat <= 90):
		return f, fmt.Errorf("lat is %v, not from -90 to 90", f.Lat)
	}
	if err := times.check(f.TMs); err != nil {
		return f, err
	}
	f.Lon, f.Lat = f.Lon+0, f.Lat+0 // no negative zero: equal places are equal bits
	for _, figure := range []struct {
		name     string
		v        *float32
		min, max float32
		unknown  float32 // what stands for "not reported", and for all that is below min
	}{
		{"accuracy_m", &f.AccuracyM, 0, 1e7, 0},
		{"speed_mps", &f.SpeedMPS, 0, 1e4, Unknown},
		{"heading_deg", &f.HeadingDeg, 0, 360, Unknown},
		{"battery", &f.Battery, 0, 1, Unknown},
	} {
		switch v := float64(*figure.v); {
		case math.IsNaN(v) || math.IsInf(v, 0) || *figure.v > figure.max:
			return f, fmt.Errorf("%s is %v, not a number up to %v", figure.name, *figure.v, figure.max)
		case *figure.v < figure.min:
			*figure.v = figure.unknown
		}
	}
	if f.HeadingDeg == 360 {
		f.HeadingDeg = 0
	}
	if f.AltitudeM != Unknown && !(math.Abs(float64(f.AltitudeM)) <= 1e5) {
		return f, fmt.Errorf("altitude_m is %v, not from -100000 to 100000", f.AltitudeM)
	}
	return f, nil
}
