package store_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

// Signs come back as they were told, each once, in the feed and by tracker and checkpoint.
func TestSignsComeBackAsTheyWere(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	a, b, gate := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	signs := []patrol.Sign{
		{Tracker: b, TMs: t0 + 5, Checkpoint: gate, ReceivedMs: t0 + 9},
		{Tracker: a, TMs: t0, ReceivedMs: t0 + 9},
		{Tracker: a, TMs: t0, Checkpoint: gate, ReceivedMs: t0 + 9},
		{Tracker: a, TMs: t0 + 60_000, ReceivedMs: t0 + 60_001},
	}
	seq, added, err := s.AddSigns(ctx, signs)
	if err != nil || seq != 1 || len(added) != len(signs) {
		t.Fatalf("AddSigns = %d, %v, %v", seq, added, err)
	}
	if seq, added, err := s.AddSigns(ctx, signs[1:3]); err != nil || seq != 0 || len(added) != 0 {
		t.Errorf("told again: %d, %v, %v", seq, added, err)
	}
	err = s.At(ctx, func(p patrol.Past) error {
		_, changes, err := p.Since(ctx, 0)
		if err != nil || len(changes) != 1 || len(changes[0].Signs) != 2 {
			t.Errorf("the feed has %+v, %v", changes, err)
		}
		got, err := p.Signs(ctx, changes[0].Signs)
		if err != nil {
			return err
		}
		slices.SortFunc(got, func(x, y patrol.Sign) int { return slices.Index(signs, x) - slices.Index(signs, y) })
		if diff := cmp.Diff(signs, got); diff != "" {
			t.Error(diff)
		}
		for _, c := range []struct {
			fromMs, toMs int64
			want         int
		}{{t0, t0 + 5, 2}, {t0, t0 + 4, 1}, {t0 + 6, t0 + 100_000, 0}} {
			if got, err := p.CheckIns(ctx, gate, c.fromMs, c.toMs); err != nil || len(got) != c.want {
				t.Errorf("between %d and %d checked in %v, %v", c.fromMs-t0, c.toMs-t0, got, err)
			}
		}
		if got, err := p.CheckIns(ctx, uuid.Nil, 0, t0*2); err != nil || len(got) != 0 {
			t.Errorf("heartbeats pass for check-ins: %v, %v", got, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who carries a tracker is told by its version of that time; the first holds for all
// earlier times, the last for what is deleted.
func TestCarriers(t *testing.T) {
	ctx := t.Context()
	s := storetest.Open(t)
	f := feature("trackers", nil, `{"name":"巡查 01","kind":"person","person":"李"}`)
	if _, err := s.CreateTracker(ctx, f, []byte("hash")); err != nil {
		t.Fatal(err)
	}
	next := f
	next.Version, next.Newest, next.Properties = 2, 2, []byte(`{"name":"巡查 01","kind":"person","person":"王"}`)
	next.From = timeAt(t0 + 10_000)
	if _, err := s.ReplaceFeature(ctx, next); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteFeature(ctx, "trackers", f.ID, 2, timeAt(t0+20_000)); err != nil {
		t.Fatal(err)
	}
	err := s.At(ctx, func(p patrol.Past) error {
		for atMs, want := range map[int64]string{0: "李", t0 + 9_999: "李", t0 + 10_000: "王", t0 + 30_000: "王"} {
			got, err := p.Carriers(ctx, []uuid.UUID{f.ID, uuid.New()}, atMs)
			if err != nil || len(got) != 1 || got[f.ID] != (patrol.Carrier{Kind: patrol.Person, Person: want}) {
				t.Errorf("at %d: %v, %v", atMs-t0, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A checkpoint's secret is made once and stays; what is no checkpoint has none.
func TestCheckpointSecret(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	gate, err := patrol.NewFeature("checkpoints", orb.Point{113.6, 34.7}, []byte(`{"name":"东门","radius_m":20}`), timeAt(t0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateFeature(ctx, gate); err != nil {
		t.Fatal(err)
	}
	first, err := s.CheckpointSecret(ctx, gate.ID)
	if err != nil || len(first) != 32 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	if again, err := s.CheckpointSecret(ctx, gate.ID); err != nil || !bytes.Equal(first, again) {
		t.Errorf("it has become another, %v", err)
	}
	if _, err := s.CheckpointSecret(ctx, uuid.New()); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
}

// Retention drops signs that are old and were received long ago, and moves the horizon.
func TestOldSignsAreDropped(t *testing.T) {
	ctx, url := t.Context(), storetest.URL(t)
	now := timeAt(t0)
	s := storetest.OpenURL(t, url, func() time.Time { return now })
	a := uuid.Must(uuid.NewV7())
	old, late := t0-40*86_400_000, t0-39*86_400_000
	if _, _, err := s.AddSigns(ctx, []patrol.Sign{
		{Tracker: a, TMs: old, ReceivedMs: old}, {Tracker: a, TMs: late, ReceivedMs: t0}, {Tracker: a, TMs: t0, ReceivedMs: t0},
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(ctx, 30); err != nil {
		t.Fatal(err)
	}
	err := s.At(ctx, func(p patrol.Past) error {
		got, err := p.Signs(ctx, []patrol.Span{{Tracker: a, FromMs: 0, ToMs: t0}})
		if err != nil || len(got) != 2 {
			t.Errorf("kept %v, %v", got, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
