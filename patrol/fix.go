package patrol

import (
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Unknown marks an optional figure of a Fix that was not reported.
const Unknown = -math.MaxFloat32

// Fix is one position report. It is comparable, and holds exactly what the store
// gives back: coordinates are float64 lon/lat degrees (WGS84), the rest float32.
type Fix struct {
	Tracker    uuid.UUID
	TMs        int64 // the device's time, Unix milliseconds UTC
	Lon, Lat   float64
	AccuracyM  float32 // 0 = unknown (absent or ≤ 0 on the wire)
	AltitudeM  float32 // Unknown = not reported; likewise the next three
	SpeedMPS   float32
	HeadingDeg float32 // 0 ≤ heading < 360, clockwise from true north
	Battery    float32 // 0..1
	ReceivedMs int64   // when the server took it, Unix milliseconds UTC
}

// Beats reports whether f wins over g, a fix of the same tracker and millisecond:
// the better accuracy wins (unknown last), then the smaller (lon, lat). Of two with
// the same accuracy and place neither beats the other, and the earlier arrival stays.
func (f Fix) Beats(g Fix) bool {
	a, b := accuracyRank(f.AccuracyM), accuracyRank(g.AccuracyM)
	switch {
	case a != b:
		return a < b
	case f.Lon != g.Lon:
		return f.Lon < g.Lon
	default:
		return f.Lat < g.Lat
	}
}

func accuracyRank(m float32) float32 {
	if m <= 0 {
		return math.MaxFloat32
	}
	return m
}

func (f Fix) point() orb.Point { return orb.Point{f.Lon, f.Lat} }

// Span is the times of one tracker's fixes that a batch touched, both ends included.
type Span struct {
	Tracker      uuid.UUID
	FromMs, ToMs int64
}

// Track is one tracker's fixes in time order, one per millisecond.
type Track struct {
	Tracker uuid.UUID
	Kind    Kind
	Fixes   []Fix
}
