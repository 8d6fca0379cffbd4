package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Tape is when each place of a Perimeter was last seen. Marking keeps the larger stamp,
// so the order of marking never matters. It takes what a Raster takes; its blocks are the
// perimeter's links. Not safe for concurrent use.
type Tape struct {
	perimeter *Perimeter
	knots     [][]knot // from each link's start; nil is never seen
	scratch   []knot
}

// knot ends a stretch of one stamp, which begins where the one before it ends.
type knot struct {
	toMM  int64
	stamp Stamp
}

// NewTape returns an unseen tape along p.
func NewTape(p *Perimeter) *Tape { return &Tape{perimeter: p, knots: make([][]knot, len(p.links))} }

// Perimeter returns what the tape lies along.
func (t *Tape) Perimeter() *Perimeter { return t.perimeter }

// Paint marks what the shape covers on the links in only (nil: everywhere), and reports
// whether it covers any of the perimeter, within only or not.
func (t *Tape) Paint(s Shape, only Blocks) bool {
	touched, stamp := false, s.seen()
	t.perimeter.cover(s, func(link int, fromMM, toMM int64) {
		touched = true
		if only == nil || only[link] {
			t.mark(link, fromMM, toMM, stamp)
		}
	})
	return touched
}

// mark stamps a stretch of a link.
func (t *Tape) mark(link int, fromMM, toMM int64, stamp Stamp) {
	s := &t.perimeter.links[link]
	knots := t.knots[link]
	if knots == nil {
		knots = []knot{{s.toMM, 0}}
	}
	out := t.scratch[:0]
	push := func(to int64, v Stamp) {
		if n := len(out); n > 0 && out[n-1].stamp == v {
			out[n-1].toMM = to
		} else {
			out = append(out, knot{to, v})
		}
	}
	at := s.fromMM
	for _, k := range knots {
		lo, hi := max(at, fromMM), min(k.toMM, toMM)
		if lo >= hi || k.stamp >= stamp {
			push(k.toMM, k.stamp)
		} else {
			if lo > at {
				push(lo, k.stamp)
			}
			push(hi, stamp)
			if hi < k.toMM {
				push(k.toMM, k.stamp)
			}
		}
		at = k.toMM
	}
	t.scratch = out
	t.knots[link] = append(t.knots[link][:0], out...)
}

// Holding adds to into the links on which the shape covers a place whose stamp is the
// shape's own: those that must be marked anew when the shape is taken back.
func (t *Tape) Holding(s Shape, into Blocks) {
	stamp := s.seen()
	t.perimeter.cover(s, func(link int, fromMM, toMM int64) {
		at := t.perimeter.links[link].fromMM
		for _, k := range t.knots[link] {
			if k.stamp == stamp && max(at, fromMM) < min(k.toMM, toMM) {
				into[link] = true
			}
			at = k.toMM
		}
	})
}

// Clear forgets the links, as if nothing had been seen there.
func (t *Tape) Clear(links Blocks) {
	for link := range links {
		t.knots[link] = nil
	}
}

// each calls f with every stretch of one stamp of a link, as of a time: 0 where nothing
// was seen after the horizon.
func (t *Tape) each(link int, horizon, at Stamp, f func(fromMM, toMM int64, v Stamp)) {
	from, to := t.perimeter.links[link].fromMM, t.perimeter.links[link].toMM
	for _, k := range t.knots[link] {
		v := k.stamp
		if v <= horizon || v > at {
			v = 0
		}
		f(from, k.toMM, v)
		from = k.toMM
	}
	if from < to {
		f(from, to, 0)
	}
}

// Hash returns the SHA-256 of the tape as of a time: the rings' lengths, and every stretch
// of one stamp that was seen after the horizon and not after at. Two tapes with the same
// hash answer every question alike.
func (t *Tape) Hash(horizon, at Stamp) [32]byte {
	h := sha256.New()
	var buf []byte
	for i, r := range t.perimeter.rings {
		buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(i))
		buf = binary.LittleEndian.AppendUint64(buf, uint64(r.lengthMM))
		var last knot
		for link := r.first; link < r.end; link++ {
			t.each(link, horizon, at, func(_, toMM int64, v Stamp) {
				if v != last.stamp {
					buf = last.append(buf)
				}
				last = knot{toMM, v}
			})
		}
		h.Write(last.append(buf))
	}
	return [32]byte(h.Sum(nil))
}

func (k knot) append(buf []byte) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(buf, uint64(k.toMM)), k.stamp)
}

// TapeSurvey is what a tape says as of one moment; lengths in metres.
type TapeSurvey struct {
	CoveredM    float64
	NeverM      float64   // not seen after the horizon
	SeenM       float64   // seen after the horizon
	IdleSum     float64   // seconds × m, of what was seen
	Oldest      Stamp     // of all places, the horizon where one was not seen since
	OldestFresh Stamp     // of the covered places; 0 when none is
	Parts       []Stretch // the stale parts, by ring and chainage
}

// Survey reads the tape as of at: a place is covered when its stamp lies in (stale, at],
// and not seen when it lies at or before horizon; horizon ≤ stale ≤ at.
func (t *Tape) Survey(horizon, stale, at Stamp) TapeSurvey {
	s := TapeSurvey{Oldest: at}
	var covered, never, seen, idle int64 // exact, whatever the order
	for ring, r := range t.perimeter.rings {
		first := len(s.Parts)
		for link := r.first; link < r.end; link++ {
			broken := t.perimeter.links[link].cut
			t.each(link, horizon, at, func(fromMM, toMM int64, v Stamp) {
				n := toMM - fromMM
				if v == 0 {
					v = horizon
					never += n
				} else {
					seen += n
					idle += n * int64(at-v)
				}
				s.Oldest = min(s.Oldest, v)
				if v > stale {
					covered += n
					if s.OldestFresh == 0 || v < s.OldestFresh {
						s.OldestFresh = v
					}
					return
				}
				s.Parts = extend(s.Parts, first, broken, Stretch{
					Part: r.part, Ring: r.ring, FromMM: fromMM, ToMM: toMM, LengthMM: n, Oldest: v, Newest: v, line: ring,
				})
				broken = false
			})
		}
		s.Parts = closeRing(s.Parts, first, t.perimeter.links[r.first].cut, r.lengthMM)
	}
	s.CoveredM, s.NeverM, s.SeenM, s.IdleSum = float64(covered)/1000, float64(never)/1000, float64(seen)/1000, float64(idle)/1000
	return s
}

// extend adds a stretch to a ring's parts, which begin at index first: to the last of them
// where it goes on there.
func extend(parts []Stretch, first int, broken bool, s Stretch) []Stretch {
	if n := len(parts); n > first && !broken && parts[n-1].ToMM == s.FromMM {
		parts[n-1].join(s)
		return parts
	}
	return append(parts, s)
}

// closeRing joins a ring's last part to its first where they meet over its start.
func closeRing(parts []Stretch, first int, cut bool, lengthMM int64) []Stretch {
	n := len(parts)
	if n-first < 2 || cut || parts[first].FromMM != 0 || parts[n-1].ToMM != lengthMM {
		return parts
	}
	parts[n-1].join(parts[first])
	return slices.Delete(parts, first, first+1)
}
