package store_test

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// t0 is when these tests begin.
var t0 = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).UnixMilli()

// fixAt is a plain fix of a tracker, ms milliseconds after t0.
func fixAt(tracker uuid.UUID, ms int64) patrol.Fix {
	return patrol.Fix{
		Tracker: tracker, TMs: t0 + ms, Lon: 113.62, Lat: 34.75, AccuracyM: 5,
		AltitudeM: patrol.Unknown, SpeedMPS: 1.3, HeadingDeg: patrol.Unknown, Battery: 0.8,
		ReceivedMs: t0 + ms + 500,
	}
}

func flush(t *testing.T, f *store.Flusher, fixes ...patrol.Fix) patrol.Flushed {
	t.Helper()
	flushed, err := f.Flush(t.Context(), fixes)
	if err != nil {
		t.Fatal(err)
	}
	return flushed
}

func fixesOf(t *testing.T, s *store.Store, tracker uuid.UUID) []patrol.Fix {
	t.Helper()
	fixes, err := s.FixesOf(t.Context(), patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: 0, ToMs: math.MaxInt32 * 1000}})
	if err != nil {
		t.Fatal(err)
	}
	return fixes
}

func TestFixesComeBackAsTheyWere(t *testing.T) {
	s := storetest.Open(t)
	tracker := uuid.Must(uuid.NewV7())
	full := patrol.Fix{
		Tracker: tracker, TMs: t0, Lon: -179.99999999999997, Lat: 89.1, AccuracyM: 0.1, AltitudeM: -3.7,
		SpeedMPS: 0, HeadingDeg: 359.99, Battery: 0, ReceivedMs: t0 + 77,
	}
	bare := patrol.Fix{
		Tracker: tracker, TMs: t0 + 1, Lon: 180, Lat: -90, AltitudeM: patrol.Unknown, SpeedMPS: patrol.Unknown,
		HeadingDeg: patrol.Unknown, Battery: patrol.Unknown, ReceivedMs: t0 + 78,
	}
	old := bare
	old.TMs = time.Date(1999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()
	want := []patrol.Fix{old, full, bare}

	flushed := flush(t, store.NewFlusher(s), bare, full, old)
	if flushed.Seq != 1 || !slices.Equal(flushed.Stored, want) {
		t.Errorf("Flush = %+v, want %+v stored", flushed, want)
	}
	if got := fixesOf(t, s, tracker); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if first, err := s.FixesOf(t.Context(), patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: old.TMs + 1, ToMs: t0 + 1}, Limit: 1}); err != nil || !slices.Equal(first, []patrol.Fix{full}) {
		t.Errorf("the first of a range = %+v, %v", first, err)
	}
	if n, err := s.CountFixes(t.Context(), patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: old.TMs, ToMs: t0}}); err != nil || n != 2 {
		t.Errorf("CountFixes = %d, %v; want 2", n, err)
	}
	if last, err := s.LastFix(t.Context(), tracker); err != nil || last != bare {
		t.Errorf("LastFix = %+v, %v", last, err)
	}
	if last, err := s.LastFixes(t.Context(), t0); err != nil || !slices.Equal(last, []patrol.Fix{bare}) {
		t.Errorf("LastFixes = %+v, %v", last, err)
	}
	if last, err := s.LastFixes(t.Context(), t0+2); err != nil || len(last) != 0 {
		t.Errorf("LastFixes after them = %+v, %v", last, err)
	}
}

// better has the place of fixAt and a better accuracy.
func better(f patrol.Fix) patrol.Fix { f.AccuracyM /= 2; return f }

func TestOutcomes(t *testing.T) {
	tracker := uuid.Must(uuid.NewV7())
	a := fixAt(tracker, 0)
	again := a
	again.ReceivedMs += 1000
	poison := fixAt(tracker, 5)
	poison.Lon = 500
	const ok, dup, bad = patrol.Stored, patrol.Duplicate, patrol.Refused
	tests := []struct {
		name    string
		batches [][]patrol.Fix
		want    []patrol.Outcome // of the last batch
		stored  []patrol.Fix     // in the end
		seq     bool             // the last batch has one
	}{
		{"new", [][]patrol.Fix{{a}}, []patrol.Outcome{ok}, []patrol.Fix{a}, true},
		{"repeated in a batch", [][]patrol.Fix{{a, again}}, []patrol.Outcome{ok, dup}, []patrol.Fix{a}, true},
		{"repeated later", [][]patrol.Fix{{a}, {again}}, []patrol.Outcome{dup}, []patrol.Fix{a}, false},
		{"worse later", [][]patrol.Fix{{better(a)}, {a}}, []patrol.Outcome{dup}, []patrol.Fix{better(a)}, false},
		{"better later", [][]patrol.Fix{{a}, {better(a)}}, []patrol.Outcome{dup}, []patrol.Fix{better(a)}, true},
		{"better in a batch", [][]patrol.Fix{{a, better(a)}}, []patrol.Outcome{ok, dup}, []patrol.Fix{better(a)}, true},
		{"late fix", [][]patrol.Fix{{fixAt(tracker, 9)}, {a}}, []patrol.Outcome{ok}, []patrol.Fix{a, fixAt(tracker, 9)}, true},
		{"poison", [][]patrol.Fix{{a, poison, fixAt(tracker, 9)}}, []patrol.Outcome{ok, bad, ok}, []patrol.Fix{a, fixAt(tracker, 9)}, true},
		{"poison alone", [][]patrol.Fix{{poison}}, []patrol.Outcome{bad}, nil, false},
		{"poison that would win", [][]patrol.Fix{{better(poison), fixAt(tracker, 5)}}, []patrol.Outcome{bad, ok}, []patrol.Fix{fixAt(tracker, 5)}, true},
		{"time out of range", [][]patrol.Fix{{a, fixAt(tracker, math.MaxInt64-t0)}}, []patrol.Outcome{ok, bad}, []patrol.Fix{a}, true},
		{"nothing", [][]patrol.Fix{{}}, []patrol.Outcome{}, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := storetest.Open(t)
			f := store.NewFlusher(s)
			var flushed patrol.Flushed
			for _, batch := range tt.batches {
				flushed = flush(t, f, batch...)
			}
			if !slices.Equal(flushed.Outcomes, tt.want) {
				t.Errorf("outcomes %v, want %v", flushed.Outcomes, tt.want)
			}
			if (flushed.Seq != 0) != tt.seq || (len(flushed.Stored) > 0) != tt.seq {
				t.Errorf("seq %d with %d stored", flushed.Seq, len(flushed.Stored))
			}
			if got := fixesOf(t, s, tracker); !slices.Equal(got, tt.stored) {
				t.Errorf("stored %+v\nwant %+v", got, tt.stored)
			}
		})
	}
}

// Rule 1: whatever the order, the batches, the repeats and the flushers, of one
// tracker and millisecond the same fix stays, and the losers are kept.
func TestSameFixesInEveryOrder(t *testing.T) {
	url := storetest.URL(t)
	s := storetest.OpenURL(t, url, time.Now)
	flushers := []*store.Flusher{store.NewFlusher(s), store.NewFlusher(s)}
	rapid.Check(t, func(rt *rapid.T) {
		trackers := []uuid.UUID{uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())}
		drawFix := rapid.Custom(func(rt *rapid.T) patrol.Fix {
			f := fixAt(rapid.SampledFrom(trackers).Draw(rt, "tracker"), rapid.Int64Range(0, 5).Draw(rt, "ms"))
			f.AccuracyM = rapid.SampledFrom([]float32{0, 5, 10}).Draw(rt, "accuracy")
			f.Lon = rapid.SampledFrom([]float64{113.62, 113.63}).Draw(rt, "lon")
			return f
		})
		fixes := rapid.SliceOfN(drawFix, 1, 30).Draw(rt, "fixes")

		best := map[int64]patrol.Fix{}
		keyOf := func(f patrol.Fix) int64 { return f.TMs*2 + int64(slices.Index(trackers, f.Tracker)) }
		for _, f := range fixes {
			if b, ok := best[keyOf(f)]; !ok || f.Beats(b) {
				best[keyOf(f)] = f
			}
		}
		stored, duplicate := 0, 0
		for rest := fixes; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "batch")
			flushed, err := rapid.SampledFrom(flushers).Draw(rt, "flusher").Flush(t.Context(), rest[:n])
			if err != nil {
				rt.Fatal(err)
			}
			for _, o := range flushed.Outcomes {
				switch o {
				case patrol.Stored:
					stored++
				case patrol.Duplicate:
					duplicate++
				}
			}
			rest = rest[n:]
		}
		if stored != len(best) || duplicate != len(fixes)-len(best) {
			rt.Errorf("%d stored and %d duplicate of %d with %d keys", stored, duplicate, len(fixes), len(best))
		}
		var got, want []patrol.Fix
		for _, id := range trackers {
			got = append(got, fixesOf(t, s, id)...)
		}
		for _, f := range best {
			want = append(want, f)
		}
		slices.SortFunc(want, byKey)
		if !slices.Equal(got, want) {
			rt.Errorf("stored %+v\nwant %+v", got, want)
		}
	})
}

func byKey(a, b patrol.Fix) int {
	return cmp.Or(bytes.Compare(a.Tracker[:], b.Tracker[:]), cmp.Compare(a.TMs, b.TMs))
}
