package patrol

import (
	"slices"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// How far evidence reaches in time. A fix is a jump against a reference at least
// referenceMinMs and at most reachMs older; two fixes further apart than reachMs say
// nothing about each other.
const (
	referenceMinMs = 1_000
	reachMs        = 600_000
	// affectedBeforeMs and affectedAfterMs bound what a new fix can change: marks
	// before it lose or gain their next fix, marks after it their reference, and those
	// the fix they join.
	affectedBeforeMs = reachMs
	affectedAfterMs  = 2 * reachMs
	// EvidenceMarginMs is how much more of a track than a stretch must be read on both
	// sides so that every mark of the stretch comes out right.
	EvidenceMarginMs = 2*reachMs + 1_000
)

// MaxSpeedMPS is what a tracker of each kind is believed to do; a fix that reports or
// shows more is a jump.
var MaxSpeedMPS = PerKind{Person: 12, Vehicle: 45, Drone: 35}

// Rule is what one watch demands of the fixes of one kind of tracker.
type Rule struct {
	RadiusM      float64 // half the sweep width
	JoinMs       int64
	JoinM        float64
	MaxAccuracyM float64
	MaxSpeedMPS  float64
}

// Rule returns the watch's rule for a kind, and whether that kind paints the watch:
// it is among the sources, and no drone, since drones paint by footprints of images.
func (w Watch) Rule(k Kind) (Rule, bool) {
	return Rule{
		RadiusM:      w.SweepM.Of(k) / 2,
		JoinMs:       int64(w.JoinS.Of(k) * 1000),
		JoinM:        w.JoinM.Of(k),
		MaxAccuracyM: w.MaxAccuracyM.Of(k),
		MaxSpeedMPS:  MaxSpeedMPS.Of(k),
	}, k != Drone && slices.Contains(w.Sources, k)
}

// DefaultRule is the rule of a watch that sets nothing, for drawing tracks.
func DefaultRule(k Kind) Rule {
	w := Watch{Sources: Kinds[:], SweepM: same(30), JoinS: same(60), JoinM: PerKind{Person: 100, Vehicle: 400, Drone: 300}, MaxAccuracyM: same(20)}
	r, _ := w.Rule(k)
	return r
}

// flaw is what keeps a fix from counting in full.
type flaw uint8

const (
	sound     flaw = iota
	tooPoor        // accuracy worse than max_accuracy_m
	tooFast        // a jump
	tooLate        // next to a usable fix more than join_s away
	tooFar         // next to a usable fix more than join_m away
	tooLonely      // no usable fix within reach on either side
)

// Mark is what one fix proves under one rule.
type Mark struct {
	TMs     int64
	At      orb.Point
	From    orb.Point // where its leg starts, when it ends one
	Leg     bool
	Usable  bool
	Unknown bool // usable, and reported no accuracy
	flaw    flaw
	Value   float32 // the measure of the flaw, in its setting's unit
	LegM    float32
}

// Stamp is when what the mark shows was seen: its time, rounded up to a second.
func (m Mark) Stamp() geo.Stamp { return stampOf(m.TMs) }

// stampOf rounds Unix milliseconds up to a stamp.
func stampOf(ms int64) geo.Stamp { return geo.Stamp((ms + 999) / 1000) }

// brush is how a usable mark is painted.
func (m Mark) brush(radiusM float64) geo.Brush {
	return geo.Brush{From: m.From, At: m.At, Leg: m.Leg, RadiusM: radiusM, Stamp: m.Stamp()}
}

// stretch is fixes of one tracker in time order, every one that is known from sinceMs on.
type stretch struct {
	fixes   []Fix
	sinceMs int64
}

// marks applies rule 2 and 3 of the evidence to the stretch, from index from on, and
// returns a mark a fix. It depends on nothing but the fixes. known is false when it
// would have had to look before sinceMs.
func (s stretch) marks(rule Rule, from int) (out []Mark, known bool) {
	if from >= len(s.fixes) {
		return nil, true
	}
	out = make([]Mark, 0, len(s.fixes)-from)
	prev, known := s.usableBefore(rule, from, s.fixes[from].TMs)
	var ok bool
	for i := from; i < len(s.fixes); i++ {
		f := s.fixes[i]
		m := Mark{TMs: f.TMs, At: orb.Point{f.Lon, f.Lat}}
		m.flaw, m.Value, ok = s.fault(rule, i)
		known = known && ok
		if m.flaw != sound {
			out = append(out, m)
			continue
		}
		m.Usable, m.Unknown, m.flaw = true, f.AccuracyM <= 0, tooLonely
		if prev >= 0 && f.TMs-s.fixes[prev].TMs <= reachMs {
			m.join(s.fixes[prev], rule)
			if prev >= from {
				out[prev-from].follow(m)
			}
		}
		out = append(out, m)
		prev = i
	}
	return out, known
}

// join makes the leg from the usable fix before m, or says why there is none.
func (m *Mark) join(p Fix, rule Rule) {
	from := orb.Point{p.Lon, p.Lat}
	lengthM := geo.DistanceM(from, m.At)
	switch apartMs := m.TMs - p.TMs; {
	case apartMs > rule.JoinMs:
		m.flaw, m.Value = tooLate, float32(apartMs)/1000
	case lengthM > rule.JoinM:
		m.flaw, m.Value = tooFar, float32(lengthM)
	default:
		m.flaw, m.Leg, m.From, m.LegM = sound, true, from, float32(lengthM)
	}
}

// follow tells m about the usable mark after it. A fix with a leg to one side is still
// flawed when the other side's neighbour, within reach, could not be joined.
func (m *Mark) follow(next Mark) {
	switch {
	case next.Leg && m.flaw == tooLonely:
		m.flaw = sound
	case !next.Leg && (m.flaw == tooLonely || m.flaw == sound):
		m.flaw, m.Value = next.flaw, next.Value
	}
}

// fault tells what makes fix i unusable, if anything, and whether that is known.
func (s stretch) fault(rule Rule, i int) (why flaw, value float32, known bool) {
	f := s.fixes[i]
	if float64(f.AccuracyM) > rule.MaxAccuracyM {
		return tooPoor, f.AccuracyM, true
	}
	if f.SpeedMPS != Unknown && float64(f.SpeedMPS) > rule.MaxSpeedMPS {
		return tooFast, f.SpeedMPS, true
	}
	for j := i - 1; j >= 0; j-- {
		r := s.fixes[j]
		apartMs := f.TMs - r.TMs
		if apartMs > reachMs {
			return sound, 0, true
		}
		if apartMs < referenceMinMs || float64(r.AccuracyM) > rule.MaxAccuracyM {
			continue
		}
		speed := geo.DistanceM(orb.Point{r.Lon, r.Lat}, orb.Point{f.Lon, f.Lat}) / float64(apartMs) * 1000
		if speed > rule.MaxSpeedMPS {
			return tooFast, float32(speed), true
		}
		return sound, 0, true
	}
	return sound, 0, f.TMs-reachMs >= s.sinceMs
}

// usableBefore returns the index of the last usable fix before index i that is within
// reach of a time at or after it, or -1, and whether that is known.
func (s stretch) usableBefore(rule Rule, i int, ms int64) (index int, known bool) {
	known = true
	for j := i - 1; j >= 0; j-- {
		if ms-s.fixes[j].TMs > reachMs {
			return -1, known
		}
		why, _, ok := s.fault(rule, j)
		known = known && ok
		if why == sound {
			return j, known
		}
	}
	return -1, known && ms-reachMs >= s.sinceMs
}

// indexAt returns the index of the first fix at or after a time.
func indexAt(fixes []Fix, ms int64) int {
	i, _ := slices.BinarySearchFunc(fixes, ms, func(f Fix, ms int64) int {
		if f.TMs < ms {
			return -1
		}
		return 1
	})
	return i
}

// DrawTrack returns the legs of a track under the default settings of its kind, legs
// that follow each other as one line.
func DrawTrack(kind Kind, fixes []Fix) orb.MultiLineString {
	marks, _ := stretch{fixes: fixes}.marks(DefaultRule(kind), 0)
	var out orb.MultiLineString
	for _, m := range marks {
		if !m.Leg {
			continue
		}
		if n := len(out); n > 0 && out[n-1][len(out[n-1])-1] == m.From {
			out[n-1] = append(out[n-1], m.At)
		} else {
			out = append(out, orb.LineString{m.From, m.At})
		}
	}
	return out
}
