package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

func since(t testing.TB, s *store.Store, cursor int64) (head int64, changes []patrol.Change, err error) {
	t.Helper()
	err = s.At(t.Context(), func(p patrol.Past) (err error) {
		head, changes, err = p.Since(t.Context(), cursor)
		return err
	})
	return head, changes, err
}

func TestFeedTellsWhatChanged(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	f := store.NewFlusher(s)
	a, b := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	area := feature("areas", square(113.6, 34.7, 0.01), `{}`)

	flush(t, f, fixAt(b, 0), fixAt(a, 5000), fixAt(a, 0), fixAt(a, 3_600_000))
	if _, err := s.CreateFeature(ctx, area); err != nil {
		t.Fatal(err)
	}
	flush(t, f, fixAt(b, 0)) // a repeat changes nothing
	watch := uuid.New()
	lease := takeLease(t, s, "here", watch)
	if _, _, err := s.WriteGaps(ctx, lease, []patrol.GapChange{{Event: "opened", Gap: gap(watch)}}); err != nil {
		t.Fatal(err)
	}

	head, changes, err := since(t, s, 0)
	if err != nil || head != 3 || len(changes) != 3 {
		t.Fatalf("Since(0) = %d, %v, %v", head, changes, err)
	}
	wantSpans := []patrol.Span{
		{Tracker: a, FromMs: t0, ToMs: t0 + 5000},
		{Tracker: a, FromMs: t0 + 3_600_000, ToMs: t0 + 3_600_000},
		{Tracker: b, FromMs: t0, ToMs: t0},
	}
	if !slices.Equal(changes[0].Spans, wantSpans) {
		t.Errorf("spans %v, want %v", changes[0].Spans, wantSpans)
	}
	if changes[1].Collection != "areas" || changes[1].ID != area.ID {
		t.Errorf("feature row %+v", changes[1])
	}
	if changes[2].Collection != "gaps" || changes[2].ID != uuid.Nil {
		t.Errorf("gaps row %+v", changes[2])
	}
	if _, changes, err := since(t, s, 3); err != nil || len(changes) != 0 {
		t.Errorf("Since(head) = %v, %v", changes, err)
	}
	if _, _, err := since(t, s, 4); !errors.Is(err, patrol.ErrFeedGone) {
		t.Errorf("Since(beyond the head): %v, want ErrFeedGone", err)
	}
	if head, err := s.Head(ctx); err != nil || head != 3 {
		t.Errorf("Head = %d, %v", head, err)
	}
}

// While several write, a reader with a cursor sees every seq once and in order, and
// what a seq tells of is there in the same snapshot.
func TestFeedHasNoHolesUnderConcurrentWriters(t *testing.T) {
	const writers, batches = 4, 40
	s := storetest.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var writing errgroup.Group
	for range writers {
		writing.Go(func() error {
			f, tracker := store.NewFlusher(s), uuid.Must(uuid.NewV7())
			for i := range int64(batches) {
				if _, err := f.Flush(ctx, []patrol.Fix{fixAt(tracker, i)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for cursor := int64(0); cursor < writers*batches; {
		err := s.At(ctx, func(p patrol.Past) error {
			head, changes, err := p.Since(ctx, cursor)
			for _, c := range changes {
				if c.Seq != cursor+1 {
					t.Errorf("seq %d after %d", c.Seq, cursor)
				}
				cursor = c.Seq
				if fixes, err := p.Fixes(ctx, c.Spans); err != nil || len(fixes) != 1 {
					t.Errorf("seq %d: %d fixes, %v", c.Seq, len(fixes), err)
				}
			}
			if cursor != head && err == nil {
				t.Errorf("the head is %d, the last row %d", head, cursor)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writing.Wait(); err != nil {
		t.Fatal(err)
	}
}

// Two nodes that are sent the same fixes at once keep each once.
func TestTwoFlushersWithTheSameFixes(t *testing.T) {
	s := storetest.Open(t)
	tracker := uuid.Must(uuid.NewV7())
	var fixes []patrol.Fix
	for i := range int64(2000) {
		fixes = append(fixes, fixAt(tracker, i*1000))
	}
	var mu sync.Mutex
	stored := 0
	var flushing errgroup.Group
	for range 2 {
		flushing.Go(func() error {
			f := store.NewFlusher(s)
			for batch := range slices.Chunk(fixes, 100) {
				flushed, err := f.Flush(t.Context(), batch)
				if err != nil {
					return err
				}
				mu.Lock()
				for _, o := range flushed.Outcomes {
					if o == patrol.Stored {
						stored++
					}
				}
				mu.Unlock()
			}
			return nil
		})
	}
	if err := flushing.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := fixesOf(t, s, tracker); stored != len(fixes) || !slices.Equal(got, fixes) {
		t.Errorf("%d answered stored, %d there, want %d", stored, len(got), len(fixes))
	}
}

// clock is a hand-turned clock.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestSweepForgetsTheFeedAfterADay(t *testing.T) {
	ctx := t.Context()
	c := &clock{at: time.Now()}
	s := storetest.OpenURL(t, storetest.URL(t), c.now)
	flush(t, store.NewFlusher(s), fixAt(uuid.New(), 0))
	if err := s.Sweep(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if _, changes, err := since(t, s, 0); err != nil || len(changes) != 1 {
		t.Errorf("on the same day: %v, %v", changes, err)
	}
	c.at = c.at.Add(25 * time.Hour)
	if err := s.Sweep(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := since(t, s, 0); !errors.Is(err, patrol.ErrFeedGone) {
		t.Errorf("a day later: %v, want ErrFeedGone", err)
	}
	if head, _, err := since(t, s, 1); err != nil || head != 1 {
		t.Errorf("with a cursor at the head: %d, %v", head, err)
	}
}
