package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// footprintAt is what a camera 100 m above a place shows, ms milliseconds after t0.
func footprintAt(tracker uuid.UUID, ms int64, at orb.Point) patrol.Footprint {
	camera, _ := geo.CameraOf("M3E")
	return patrol.Footprint{
		Tracker: tracker, TMs: t0 + ms, Ring: geo.Footprint(at, 100, geo.Attitude{Pitch: -1.5}, camera),
		HeightM: 100, HeightKind: patrol.AboveGround, GSDCm: 2.67, ReceivedMs: t0 + ms + 500,
	}
}

func addFootprints(t *testing.T, s *store.Store, footprints ...patrol.Footprint) (seq int64, added int) {
	t.Helper()
	seq, all, err := s.AddFootprints(t.Context(), footprints)
	if err != nil {
		t.Fatal(err)
	}
	return seq, len(all)
}

// footprintsIn is what a box holds between two times, ms after t0, and past the cursor
// of a feed.
func footprintsIn(t *testing.T, s *store.Store, box orb.Bound, fromMs, toMs int64) (found []patrol.Footprint) {
	t.Helper()
	err := s.At(t.Context(), func(p patrol.Past) (err error) {
		found, err = p.FootprintsIn(t.Context(), []orb.Bound{box}, t0+fromMs, t0+toMs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What is stored comes back to the bit, and of one moment the first stays.
func TestFootprintsComeBackAsTheyWere(t *testing.T) {
	s := storetest.Open(t)
	tracker := uuid.Must(uuid.NewV7())
	here := orb.Point{113.62, 34.75}
	first, second := footprintAt(tracker, 0, here), footprintAt(tracker, 1000, here)
	rival := footprintAt(tracker, 0, orb.Point{113.7, 34.75})
	if seq, added := addFootprints(t, s, second, first, rival); seq != 1 || added != 2 {
		t.Fatalf("%d added, seq %d", added, seq)
	}
	if seq, added := addFootprints(t, s, rival); seq != 0 || added != 0 {
		t.Fatalf("a rival: %d added, seq %d", added, seq)
	}
	want := []patrol.Footprint{first, second}
	got, err := s.FootprintsOf(t.Context(), patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: t0, ToMs: t0 + 1000}, Limit: 10})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if n, err := s.CountFootprints(t.Context(), patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: t0, ToMs: t0 + 999}}); n != 1 || err != nil {
		t.Errorf("%d counted (%v), want 1", n, err)
	}
	err = s.At(t.Context(), func(p patrol.Past) error {
		head, changes, err := p.Since(t.Context(), 0)
		if err != nil || head != 1 || len(changes) != 1 {
			t.Fatalf("head %d, changes %v (%v)", head, changes, err)
		}
		again, err := p.Footprints(t.Context(), changes[0].Images)
		if len(again) != 2 {
			t.Errorf("%d footprints in the spans of the feed, want 2", len(again))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Footprints are found by the cells that they show, not by where the drone was.
func TestFootprintsAreFoundByWhatTheyShow(t *testing.T) {
	s := storetest.Open(t)
	tracker := uuid.Must(uuid.NewV7())
	for i, at := range []orb.Point{{113.62, 34.75}, {114.9, 34.75}, {179.9999, -17}} {
		addFootprints(t, s, footprintAt(tracker, int64(i)*minute*60, at))
	}
	box := func(w, s, e, n float64) orb.Bound { return orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}} }
	for _, c := range []struct {
		name         string
		box          orb.Bound
		fromMs, toMs int64
		want         int
	}{
		{"there", box(113.6199, 34.7499, 113.6201, 34.7501), 0, minute, 1},
		{"before", box(113.6199, 34.7499, 113.6201, 34.7501), -minute, -1, 0},
		{"elsewhere", box(113.4, 34.7499, 113.41, 34.7501), 0, minute, 0},
		{"beyond 180", box(-180, -17.0001, -179.9995, -17), 0, 180 * minute, 1},
		{"everywhere", box(-180, -85, 180, 85), 0, 180 * minute, 3},
	} {
		if got := footprintsIn(t, s, c.box, c.fromMs, c.toMs); len(got) != c.want {
			t.Errorf("%s: %d footprints, want %d", c.name, len(got), c.want)
		}
	}
}

func TestSweepDropsFootprints(t *testing.T) {
	s := storetest.OpenURL(t, storetest.URL(t), func() time.Time { return time.UnixMilli(t0).UTC() })
	tracker := uuid.Must(uuid.NewV7())
	const day = 24 * 60 * minute
	here := orb.Point{113.62, 34.75}
	old, late, recent := footprintAt(tracker, -40*day, here), footprintAt(tracker, -35*day, here), footprintAt(tracker, 0, here)
	late.ReceivedMs = t0 - 2*day
	addFootprints(t, s, old, late, recent)
	if err := s.Sweep(t.Context(), 30); err != nil {
		t.Fatal(err)
	}
	box := orb.Bound{Min: orb.Point{113.6, 34.7}, Max: orb.Point{113.7, 34.8}}
	if got := footprintsIn(t, s, box, -50*day, day); len(got) != 2 {
		t.Errorf("%d footprints are left, want 2", len(got))
	}
	var gone *patrol.Gone
	err := s.At(t.Context(), func(p patrol.Past) error {
		_, err := p.Tracks(t.Context(), patrol.TrackQuery{Where: []orb.Bound{box}, FromMs: t0 - 41*day, ToMs: t0, Kinds: patrol.Kinds[:]})
		return err
	})
	if !errors.As(err, &gone) || gone.HorizonMs != old.TMs+1 {
		t.Errorf("before what was dropped: %v", err)
	}
}
