package live

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
)

// feed is a store in memory: rows of the feed, the documents they name, and a switch
// to send it away.
type feed struct {
	patrol.Past // a follower asks for nothing but Since and Fixes

	mu       sync.Mutex
	rows     []patrol.Change // row i has seq i+1
	dropped  int64           // rows up to this seq are gone
	fixes    map[patrol.Span]patrol.Fix
	features map[uuid.UUID]patrol.Feature
	gaps     map[uuid.UUID]patrol.Gap
	away     error
}

func newFeed() *feed {
	return &feed{fixes: map[patrol.Span]patrol.Fix{}, features: map[uuid.UUID]patrol.Feature{}, gaps: map[uuid.UUID]patrol.Gap{}}
}

// commit appends a row and returns its seq.
func (s *feed) commit(c patrol.Change) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Seq = int64(len(s.rows) + 1)
	s.rows = append(s.rows, c)
	return c.Seq
}

func (s *feed) commitFix(f patrol.Fix) patrol.Event {
	span := patrol.Span{Tracker: f.Tracker, FromMs: f.TMs, ToMs: f.TMs}
	s.mu.Lock()
	s.fixes[span] = f
	s.mu.Unlock()
	return patrol.Event{Seq: s.commit(patrol.Change{Spans: []patrol.Span{span}}), Fixes: []patrol.Fix{f}}
}

func (s *feed) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *feed) At(_ context.Context, f func(patrol.Past) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	return f(s)
}

func (s *feed) Since(_ context.Context, cursor int64) (int64, []patrol.Change, error) {
	head := int64(len(s.rows))
	if cursor < s.dropped {
		return head, nil, patrol.ErrFeedGone
	}
	return head, s.rows[cursor:], nil
}

func (s *feed) Fixes(_ context.Context, spans []patrol.Span) (fixes []patrol.Fix, err error) {
	for _, span := range spans {
		fixes = append(fixes, s.fixes[span])
	}
	return fixes, nil
}

func (s *feed) Head(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.rows)), nil
}

func (s *feed) Trackers(context.Context) ([]patrol.Tracker, error) { return nil, nil }

func (s *feed) LastFixes(context.Context, int64) ([]patrol.Fix, error) { return nil, nil }

func (s *feed) Feature(_ context.Context, _ string, id uuid.UUID) (patrol.Feature, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.features[id]
	if !ok {
		return patrol.Feature{}, patrol.ErrNotFound
	}
	return f, nil
}

func (s *feed) Gap(_ context.Context, id uuid.UUID) (patrol.Gap, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gaps[id], nil
}

func (s *feed) Gaps(context.Context, patrol.GapQuery) (open []patrol.Gap, n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.gaps {
		if g.State != patrol.GapClosed {
			open = append(open, g)
		}
	}
	return open, len(open), nil
}

// notes writes down what a sink is told, a line each.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) note(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

func (n *notes) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	lines := n.lines
	n.lines = nil
	return lines
}

func (n *notes) Reset(p Picture) { n.note("reset at %d, %d gaps", p.Seq, len(p.Gaps)) }

func (n *notes) Scopes() []*patrol.Scope { return nil }

func (n *notes) Apply(e patrol.Event, _ Seen) {
	if e.Feature != nil {
		n.note("%d feature %s", e.Seq, e.Feature.Event)
	}
	for _, g := range e.Gaps {
		n.note("%d gap %s", e.Seq, g.Event)
	}
	for _, f := range e.Fixes {
		n.note("%d fix at %d", e.Seq, f.TMs)
	}
}

func (n *notes) Warn(w patrol.Warning) { n.note("warning: %d of %d", w.Present, w.MinStaff) }

func (n *notes) Away(away bool) {
	if away {
		n.note("away")
	}
}

// following runs a Follower over an empty feed, by the bubble's clock.
func following(t *testing.T, run func(s *feed, hints chan<- patrol.Event, told *notes)) {
	synctest.Test(t, func(t *testing.T) {
		s, told, hints := newFeed(), &notes{}, make(chan patrol.Event)
		f := NewFollower(FollowerConfig{
			Archive: s, Opening: s, Documents: s, Hints: hints, Sink: told,
			Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err := f.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		told.take()
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { f.Run(ctx) })
		defer running.Wait()
		defer cancel()
		run(s, hints, told)
	})
}

// settle waits until the follower has read the feed once more, and until it rests.
func settle() {
	<-time.After(readEvery + time.Millisecond)
	synctest.Wait()
}

func expect(t *testing.T, told *notes, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, told.take()); diff != "" {
		t.Errorf("the sink was told (-want +got):\n%s", diff)
	}
}

func TestFollowerPassesHintsOnAndReadsWhatTheyMiss(t *testing.T) {
	following(t, func(s *feed, hints chan<- patrol.Event, told *notes) {
		walker := uuid.New()
		fix := func(ms int64) patrol.Event { return s.commitFix(patrol.Fix{Tracker: walker, TMs: ms}) }

		hints <- fix(1000)
		synctest.Wait()
		expect(t, told, "1 fix at 1000")

		fix(2000) // its hint is lost, and so is the next but one's
		fix(3000)
		last := fix(4000)
		hints <- last
		synctest.Wait()
		expect(t, told, "4 fix at 4000") // of a tracker's missed fixes the newest

		hints <- last // told twice
		settle()
		expect(t, told)

		fix(5000) // no hint at all
		settle()
		expect(t, told, "5 fix at 5000")
	})
}

func TestFollowerReadsMissedDocuments(t *testing.T) {
	following(t, func(s *feed, hints chan<- patrol.Event, told *notes) {
		area, opened, stays := uuid.New(), uuid.New(), uuid.New()
		s.set(func() {
			s.features[area] = patrol.Feature{Collection: "areas", ID: area, Version: 1}
			s.gaps[opened] = patrol.Gap{ID: opened, State: "open"}
		})
		s.commit(patrol.Change{Collection: "areas", ID: area, Created: true})
		s.commit(patrol.Change{Collection: "areas", ID: uuid.New()}) // deleted since
		s.commit(patrol.Change{Collection: "gaps"})
		settle()
		expect(t, told, "1 feature created", "2 feature deleted", "3 gap opened")

		s.set(func() {
			s.gaps[opened] = patrol.Gap{ID: opened, State: "closed"}
			s.gaps[stays] = patrol.Gap{ID: stays, State: "open"}
		})
		s.commit(patrol.Change{Collection: "gaps"})
		settle()
		expect(t, told, "4 gap opened", "4 gap closed")
	})
}

func TestFollowerSaysWhenTheStoreIsAway(t *testing.T) {
	following(t, func(s *feed, hints chan<- patrol.Event, told *notes) {
		s.set(func() { s.away = patrol.ErrUnavailable })
		settle()
		expect(t, told, "away")

		s.set(func() { s.away = nil })
		s.commitFix(patrol.Fix{TMs: 1})
		settle()
		expect(t, told, "1 fix at 1")

		s.commitFix(patrol.Fix{TMs: 2})
		s.set(func() { s.dropped = 2 })
		settle()
		expect(t, told, "reset at 2, 0 gaps")
	})
}
