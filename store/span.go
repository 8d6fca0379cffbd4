package store

import (
	"github.com/google/uuid"

	"xunfang/patrol"
)

// spansOf returns the times that evidence, ordered by tracker and time, lies in; of says
// whose and of when, Unix ms, one piece is. A tracker's span ends where its next piece is
// more than a slot later, so that one late piece does not make readers read all that lies
// between.
func spansOf[T any](evidence []T, of func(T) (tracker uuid.UUID, ms int64)) (spans []patrol.Span) {
	for _, e := range evidence {
		tracker, ms := of(e)
		if n := len(spans); n > 0 && spans[n-1].Tracker == tracker && ms-spans[n-1].ToMs <= slotMs {
			spans[n-1].ToMs = ms
			continue
		}
		spans = append(spans, patrol.Span{Tracker: tracker, FromMs: ms, ToMs: ms})
	}
	return spans
}

func fixMoment(f patrol.Fix) (uuid.UUID, int64)             { return f.Tracker, f.TMs }
func footprintMoment(f patrol.Footprint) (uuid.UUID, int64) { return f.Tracker, f.TMs }
func signMoment(s patrol.Sign) (uuid.UUID, int64)           { return s.Tracker, s.TMs }
