package patrol_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
)

var intakeNow = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// ledgerFlusher keeps batches in memory, refuses the times it is told to, and waits
// at the gate before each commit when it has one.
type ledgerFlusher struct {
	gate   chan error // nil: open; else each flush takes one value and fails with it
	refuse map[int64]bool

	mu      sync.Mutex
	batches [][]patrol.Fix
	known   map[int64]bool
}

func (l *ledgerFlusher) Flush(_ context.Context, fixes []patrol.Fix) (patrol.Flushed, error) {
	if l.gate != nil {
		if err := <-l.gate; err != nil {
			return patrol.Flushed{}, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches = append(l.batches, fixes)
	done := patrol.Flushed{Seq: int64(len(l.batches))}
	for _, f := range fixes {
		switch {
		case l.refuse[f.TMs]:
			done.Outcomes = append(done.Outcomes, patrol.Refused)
		case l.known[f.TMs]:
			done.Outcomes = append(done.Outcomes, patrol.Duplicate)
		default:
			if l.known == nil {
				l.known = map[int64]bool{}
			}
			l.known[f.TMs] = true
			done.Outcomes = append(done.Outcomes, patrol.Stored)
			done.Stored = append(done.Stored, f)
		}
	}
	return done, nil
}

type publisherFunc func(patrol.Event)

func (f publisherFunc) Publish(e patrol.Event) { f(e) }

// startIntake runs an Intake until the test ends.
func startIntake(t *testing.T, cfg patrol.IntakeConfig) (in *patrol.Intake, stop func()) {
	t.Helper()
	if cfg.Publisher == nil {
		cfg.Publisher = publisherFunc(func(patrol.Event) {})
	}
	cfg.Now = func() time.Time { return intakeNow }
	in = patrol.NewIntake(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.Run(ctx)
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return in, stop
}

func fixAt(ms int64) patrol.Fix {
	return patrol.Fix{TMs: intakeNow.UnixMilli() + ms, Lon: 113.62, Lat: 34.75,
		AltitudeM: patrol.Unknown, SpeedMPS: patrol.Unknown, HeadingDeg: patrol.Unknown, Battery: patrol.Unknown}
}

func TestIntakeAnswersForEachFix(t *testing.T) {
	refused := fixAt(-3)
	flusher := &ledgerFlusher{refuse: map[int64]bool{refused.TMs: true}}
	in, _ := startIntake(t, patrol.IntakeConfig{Flusher: flusher, Retention: 30})

	bad := fixAt(0)
	bad.Lon = 500
	got, err := in.Submit(t.Context(), patrol.Tracker{ID: uuid.New()},
		[]patrol.Fix{fixAt(-1), bad, fixAt(-2), refused, fixAt(-1)})
	if err != nil {
		t.Fatal(err)
	}
	want := patrol.Receipt{Stored: 2, Duplicate: 1, Rejected: []patrol.Rejection{
		{Index: 1, Reason: "lon is 500, not from -180 to 180"},
		{Index: 3, Reason: "the database would not take this fix"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
}

func TestIntakeChecksFixes(t *testing.T) {
	const dayMs = 24 * 3600 * 1000
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name      string
		retention int
		imported  bool
		change    func(*patrol.Fix)
		rejected  bool
	}{
		{name: "plain", change: func(f *patrol.Fix) {}},
		{name: "lon not a number", change: func(f *patrol.Fix) { f.Lon = math.NaN() }, rejected: true},
		{name: "lat infinite", change: func(f *patrol.Fix) { f.Lat = math.Inf(-1) }, rejected: true},
		{name: "lat past the pole", change: func(f *patrol.Fix) { f.Lat = 90.0001 }, rejected: true},
		{name: "at the corner of the world", change: func(f *patrol.Fix) { f.Lon, f.Lat = -180, -90 }},
		{name: "120 s ahead", change: func(f *patrol.Fix) { f.TMs += 120_000 }},
		{name: "121 s ahead", change: func(f *patrol.Fix) { f.TMs += 121_000 }, rejected: true},
		{name: "399 days back", retention: 30, change: func(f *patrol.Fix) { f.TMs -= 399 * dayMs }},
		{name: "401 days back", retention: 30, change: func(f *patrol.Fix) { f.TMs -= 401 * dayMs }, rejected: true},
		{name: "401 days back, kept for ever", change: func(f *patrol.Fix) { f.TMs -= 401 * dayMs }},
		{name: "401 days back, imported", retention: 30, imported: true, change: func(f *patrol.Fix) { f.TMs -= 401 * dayMs }},
		{name: "before 1970", imported: true, change: func(f *patrol.Fix) { f.TMs = -1 }, rejected: true},
		{name: "accuracy not a number", change: func(f *patrol.Fix) { f.AccuracyM = nan }, rejected: true},
		{name: "speed infinite", change: func(f *patrol.Fix) { f.SpeedMPS = inf }, rejected: true},
		{name: "heading 361", change: func(f *patrol.Fix) { f.HeadingDeg = 361 }, rejected: true},
		{name: "battery in per cent", change: func(f *patrol.Fix) { f.Battery = 80 }, rejected: true},
		{name: "altitude not a number", change: func(f *patrol.Fix) { f.AltitudeM = nan }, rejected: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, _ := startIntake(t, patrol.IntakeConfig{Flusher: &ledgerFlusher{}, Retention: c.retention})
			fix := fixAt(0)
			c.change(&fix)
			got, err := in.Submit(t.Context(), patrol.Tracker{Import: c.imported}, []patrol.Fix{fix})
			if err != nil {
				t.Fatal(err)
			}
			if (len(got.Rejected) == 1) != c.rejected {
				t.Errorf("receipt %+v, want rejected = %v", got, c.rejected)
			}
		})
	}
}

func TestIntakeStoresOneFormOfAFix(t *testing.T) {
	flusher := &ledgerFlusher{}
	in, _ := startIntake(t, patrol.IntakeConfig{Flusher: flusher})
	tracker := patrol.Tracker{ID: uuid.New()}
	sent := fixAt(0)
	sent.Lon, sent.AccuracyM, sent.SpeedMPS, sent.HeadingDeg, sent.Battery = math.Copysign(0, -1), -1, -1, 360, -1
	if _, err := in.Submit(t.Context(), tracker, []patrol.Fix{sent}); err != nil {
		t.Fatal(err)
	}
	want := fixAt(0)
	want.Tracker, want.ReceivedMs = tracker.ID, intakeNow.UnixMilli()
	want.Lon, want.HeadingDeg = 0, 0
	if got := flusher.batches[0][0]; got != want || math.Signbit(got.Lon) {
		t.Errorf("stored %+v, want %+v", got, want)
	}
}

// The answer comes after the commit, and the event before the answer.
func TestIntakePublishesAfterCommitBeforeAnswer(t *testing.T) {
	flusher := &ledgerFlusher{gate: make(chan error)}
	published := make(chan patrol.Event, 1)
	in, _ := startIntake(t, patrol.IntakeConfig{Flusher: flusher,
		Publisher: publisherFunc(func(e patrol.Event) { published <- e })})
	answered := make(chan error, 1)
	go func() {
		_, err := in.Submit(t.Context(), patrol.Tracker{}, []patrol.Fix{fixAt(0)})
		if len(published) != 1 {
			err = errors.Join(err, errors.New("answered before publishing"))
		}
		answered <- err
	}()
	select {
	case flusher.gate <- nil:
	case err := <-answered:
		t.Fatalf("answered %v before the commit", err)
	}
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if e := <-published; e.Seq != 1 || len(e.Fixes) != 1 {
		t.Errorf("published %+v", e)
	}
}

func TestIntakeFullAndStorageAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flusher := &ledgerFlusher{gate: make(chan error)}
		in, _ := startIntake(t, patrol.IntakeConfig{Flusher: flusher, QueueBytes: 1000})
		many := make([]patrol.Fix, 8)
		for i := range many {
			many[i] = fixAt(int64(-i))
		}
		answers := make(chan error, 2)
		for range 2 { // one is in the flusher's hands, then one fills the queue
			go func() { _, err := in.Submit(t.Context(), patrol.Tracker{}, many); answers <- err }()
			synctest.Wait()
		}
		if _, err := in.Submit(t.Context(), patrol.Tracker{}, many); !errors.Is(err, patrol.ErrBusy) {
			t.Errorf("with a full queue: %v, want ErrBusy", err)
		}
		flusher.gate <- errors.New("connection reset")
		if err := <-answers; !errors.Is(err, patrol.ErrUnavailable) {
			t.Errorf("with storage away: %v, want ErrUnavailable", err)
		}
		flusher.gate <- nil
		if err := <-answers; err != nil {
			t.Errorf("after storage came back: %v", err)
		}
	})
}

// What was taken in is committed and answered though the server stops; no more is taken.
func TestIntakeStopsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flusher := &ledgerFlusher{gate: make(chan error)}
		in, stop := startIntake(t, patrol.IntakeConfig{Flusher: flusher})
		answers := make(chan error, 2)
		for i := range 2 {
			go func() {
				_, err := in.Submit(t.Context(), patrol.Tracker{}, []patrol.Fix{fixAt(int64(-i))})
				answers <- err
			}()
			synctest.Wait()
		}
		go stop()
		synctest.Wait()
		if _, err := in.Submit(t.Context(), patrol.Tracker{}, []patrol.Fix{fixAt(1)}); !errors.Is(err, patrol.ErrUnavailable) {
			t.Errorf("while stopping: %v, want ErrUnavailable", err)
		}
		for range 2 {
			flusher.gate <- nil
			if err := <-answers; err != nil {
				t.Errorf("taken in before the stop: %v", err)
			}
		}
	})
}

// A submission's fixes reach the store in one batch, and a batch keeps its bound.
func TestIntakeNeverSplitsASubmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flusher := &ledgerFlusher{gate: make(chan error)}
		in, _ := startIntake(t, patrol.IntakeConfig{Flusher: flusher})
		const senders, each = 5, 4000
		var sent sync.WaitGroup
		for s := range senders {
			fixes := make([]patrol.Fix, each)
			for i := range fixes {
				fixes[i] = fixAt(int64(-s*each - i))
			}
			sent.Go(func() {
				if got, err := in.Submit(t.Context(), patrol.Tracker{}, fixes); err != nil || got.Stored != each {
					t.Errorf("receipt %+v, %v", got, err)
				}
			})
			synctest.Wait()
		}
		close(flusher.gate)
		sent.Wait()
		var sizes []int
		for _, b := range flusher.batches {
			sizes = append(sizes, len(b))
		}
		if diff := cmp.Diff([]int{each, 2 * each, 2 * each}, sizes); diff != "" {
			t.Errorf("batches (-want +got):\n%s", diff)
		}
	})
}
