package store_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

const minute = int64(60_000)

// city is random trackers, each on a random walk of a few hours.
type city struct {
	kinds map[uuid.UUID]patrol.Kind
	fixes []patrol.Fix
}

func newCity(t *testing.T, s *store.Store, random *rand.Rand, where orb.Bound) city {
	t.Helper()
	c := city{kinds: map[uuid.UUID]patrol.Kind{}}
	for i := range 20 {
		kind := patrol.Kinds[i%len(patrol.Kinds)]
		f := feature("trackers", nil, fmt.Sprintf(`{"name":"%d","kind":%q}`, i, kind))
		if _, err := s.CreateTracker(t.Context(), f, f.ID[:]); err != nil {
			t.Fatal(err)
		}
		c.kinds[f.ID] = kind
		fix := fixAt(f.ID, random.Int64N(60*minute))
		fix.Lon = where.Min.Lon() + random.Float64()*(where.Max.Lon()-where.Min.Lon())
		fix.Lat = where.Min.Lat() + random.Float64()*(where.Max.Lat()-where.Min.Lat())
		for range 60 {
			c.fixes = append(c.fixes, fix)
			fix.TMs += random.Int64N(5 * minute)
			fix.Lon = wrap(fix.Lon + random.NormFloat64()*0.01)
			fix.Lat = max(-90, min(90, fix.Lat+random.NormFloat64()*0.01))
		}
	}
	slices.SortFunc(c.fixes, byKey)
	flush(t, store.NewFlusher(s), c.fixes...)
	return c
}

func wrap(lon float64) float64 {
	switch {
	case lon > 180:
		return lon - 360
	case lon < -180:
		return lon + 360
	}
	return lon
}

// tile returns the web-mercator tile of zoom 15 that a place is in, by the formula
// of the OpenStreetMap wiki.
func tile(lon, lat float64) (x, y int) {
	n := math.Exp2(15)
	rad := max(-85.0511, min(85.0511, lat)) * math.Pi / 180
	return int(math.Floor(n * (lon + 180) / 360)),
		int(math.Floor(n * (1 - math.Asinh(math.Tan(rad))/math.Pi) / 2))
}

func meets(f patrol.Fix, boxes []orb.Bound) bool {
	x, y := tile(f.Lon, f.Lat)
	for _, b := range boxes {
		west, north := tile(b.Min.Lon(), b.Max.Lat())
		east, south := tile(b.Max.Lon(), b.Min.Lat())
		for _, turn := range []int{-32768, 0, 32768} {
			if west <= x+turn && x+turn <= east && north <= y && y <= south {
				return true
			}
		}
	}
	return false
}

// tracks is the oracle: what Tracks should return, fix by fix.
func (c city) tracks(q patrol.TrackQuery) (fixes []patrol.Fix) {
	const slot = 10 * minute
	for _, f := range c.fixes {
		if f.TMs < q.FromMs-q.MarginMs || f.TMs > q.ToMs || !slices.Contains(q.Kinds, c.kinds[f.Tracker]) {
			continue
		}
		if slices.ContainsFunc(c.fixes, func(v patrol.Fix) bool {
			from := v.TMs / slot * slot
			return v.Tracker == f.Tracker && meets(v, q.Where) &&
				from >= q.FromMs/slot*slot && from <= q.ToMs &&
				f.TMs >= from-q.MarginMs && f.TMs < from+slot+q.MarginMs
		}) {
			fixes = append(fixes, f)
		}
	}
	return fixes
}

func TestTracksAgainstEveryFix(t *testing.T) {
	box := func(w, s, e, n float64) orb.Bound { return orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}} }
	tests := []struct {
		name   string
		people orb.Bound
		where  []orb.Bound
	}{
		{"a compound", box(113.6, 34.7, 113.7, 34.8), []orb.Bound{box(113.64, 34.74, 113.645, 34.745)}},
		{"two that overlap", box(113.6, 34.7, 113.7, 34.8), []orb.Bound{box(113.64, 34.74, 113.66, 34.76), box(113.65, 34.75, 113.68, 34.77)}},
		{"beyond 180", box(179.9, -17, 180, -16.9), []orb.Bound{box(179.95, -17, 180.05, -16.9)}},
		{"beyond -180", box(-180, -17, -179.9, -16.9), []orb.Bound{box(-180.05, -17, -179.95, -16.9)}},
		{"the far north", box(10, 84.9, 10.2, 85.4), []orb.Bound{box(10, 85.2, 10.2, 90)}},
		{"a continent", box(113.6, 34.7, 113.7, 34.8), []orb.Bound{box(100, 10, 113.65, 34.75)}},
		{"everywhere", box(113.6, 34.7, 113.7, 34.8), []orb.Bound{box(-180, -90, 180, 90)}},
		{"nowhere", box(113.6, 34.7, 113.7, 34.8), nil},
	}
	random := rand.New(rand.NewPCG(7, 7))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := storetest.Open(t)
			c := newCity(t, s, random, tt.people)
			for _, q := range []patrol.TrackQuery{
				{FromMs: t0 + 37*minute + 1, ToMs: t0 + 95*minute, MarginMs: 11 * minute, Kinds: patrol.Kinds[:]},
				{FromMs: t0, ToMs: t0 + 600*minute, Kinds: []patrol.Kind{patrol.Person}},
				{FromMs: t0 + 60*minute, ToMs: t0 + 60*minute, MarginMs: minute, Kinds: []patrol.Kind{patrol.Vehicle, patrol.Drone}},
			} {
				q.Where = tt.where
				var got []patrol.Fix
				err := s.At(t.Context(), func(p patrol.Past) error {
					tracks, err := p.Tracks(t.Context(), q)
					for _, track := range tracks {
						if track.Kind != c.kinds[track.Tracker] || track.Fixes[0].Tracker != track.Tracker {
							t.Errorf("track of %v is a %v", track.Tracker, track.Kind)
						}
						got = append(got, track.Fixes...)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if want := c.tracks(q); !slices.Equal(got, want) {
					t.Errorf("%d fixes, want %d", len(got), len(want))
				}
			}
		})
	}
}

func TestSpansOfThePast(t *testing.T) {
	s := storetest.Open(t)
	f := store.NewFlusher(s)
	a, b := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	worse := fixAt(a, 1000)
	worse.AccuracyM = 50
	flush(t, f, worse, fixAt(a, 0), fixAt(b, 0), fixAt(b, 1000))
	flush(t, f, fixAt(a, 1000))
	err := s.At(t.Context(), func(p patrol.Past) error {
		spans := []patrol.Span{
			{Tracker: b, FromMs: t0 + 1, ToMs: t0 + 5000},
			{Tracker: a, FromMs: t0 + 500, ToMs: t0 + 1000},
			{Tracker: a, FromMs: t0, ToMs: t0 + 700},
		}
		fixes, err := p.Fixes(t.Context(), spans)
		if want := []patrol.Fix{fixAt(a, 0), fixAt(a, 1000), fixAt(b, 1000)}; err != nil || !slices.Equal(fixes, want) {
			t.Errorf("Fixes = %+v, %v\nwant %+v", fixes, err, want)
		}
		lost, err := p.Superseded(t.Context(), spans)
		if err != nil || !slices.Equal(lost, []patrol.Fix{worse}) {
			t.Errorf("Superseded = %+v, %v", lost, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A day goes when it and what was last received in it are both past retention.
func TestSweepDropsDays(t *testing.T) {
	ctx := t.Context()
	c := &clock{at: timeAt(t0)}
	s := storetest.OpenURL(t, storetest.URL(t), c.now)
	tracker := feature("trackers", nil, `{"name":"1","kind":"person"}`)
	if _, err := s.CreateTracker(ctx, tracker, []byte("hash")); err != nil {
		t.Fatal(err)
	}
	const day = 24 * 60 * minute
	old, late, recent := fixAt(tracker.ID, -40*day), fixAt(tracker.ID, -35*day), fixAt(tracker.ID, 0)
	late.ReceivedMs = t0 - 2*day
	f := store.NewFlusher(s)
	flush(t, f, old, late, recent)

	if err := s.Sweep(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if got := fixesOf(t, s, tracker.ID); len(got) != 3 {
		t.Errorf("kept for ever: %d fixes, want 3", len(got))
	}
	if err := s.Sweep(ctx, 30); err != nil {
		t.Fatal(err)
	}
	if got := fixesOf(t, s, tracker.ID); !slices.Equal(got, []patrol.Fix{late, recent}) {
		t.Errorf("after a sweep: %+v", got)
	}
	tracks := func(fromMs int64) (tracks []patrol.Track, err error) {
		err = s.At(ctx, func(p patrol.Past) error {
			tracks, err = p.Tracks(ctx, patrol.TrackQuery{
				Where:  []orb.Bound{{Min: orb.Point{113, 34}, Max: orb.Point{114, 35}}},
				FromMs: fromMs, ToMs: t0, Kinds: patrol.Kinds[:],
			})
			return err
		})
		return tracks, err
	}
	var gone *patrol.Gone
	if _, err := tracks(t0 - 50*day); !errors.As(err, &gone) || gone.HorizonMs > t0-39*day {
		t.Errorf("before the horizon: %v", err)
	}
	if got, err := tracks(t0 - 36*day); err != nil || len(got) != 1 || len(got[0].Fixes) != 2 {
		t.Errorf("after the horizon: %+v, %v", got, err)
	}

	// The flusher remembers the day that was dropped, and finds out.
	if flushed := flush(t, f, old); !slices.Equal(flushed.Outcomes, []patrol.Outcome{patrol.Stored}) {
		t.Errorf("into a dropped day: %v", flushed.Outcomes)
	}
	if got := fixesOf(t, s, tracker.ID); len(got) != 3 {
		t.Errorf("%d fixes, want 3", len(got))
	}
}

func timeAt(ms int64) time.Time { return time.UnixMilli(ms) }
