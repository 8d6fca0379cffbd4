package patrol

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"
)

// dates is a register of one zone with some moments in its life.
type dates struct {
	moments []time.Time
	told    time.Time
	away    bool
	turns   chan time.Time
}

func (d *dates) TurnZones(_ context.Context, now time.Time) (changes []Event, next time.Time, err error) {
	defer func() { d.turns <- now }()
	if d.away {
		return nil, time.Time{}, errors.New("away")
	}
	for _, m := range d.moments {
		switch {
		case m.After(d.told) && !m.After(now):
			changes = []Event{{Feature: &FeatureChange{Event: "replaced"}}}
		case m.After(now) && (next.IsZero() || m.Before(next)):
			next = m
		}
	}
	d.told = now
	return changes, next, nil
}

// handTurned is a clock that a test turns.
type handTurned struct {
	now   time.Time
	waits chan time.Duration
	rings chan time.Time
}

func (c *handTurned) Now() time.Time { return c.now }

func (c *handTurned) After(d time.Duration) <-chan time.Time {
	c.waits <- d
	return c.rings
}

type counting int

func (n *counting) Publish(Event) { *n++ }

func TestZoneDeskLooksWhenSomethingIsDue(t *testing.T) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	register := &dates{told: start, turns: make(chan time.Time, 1)}
	clock := &handTurned{now: start, waits: make(chan time.Duration), rings: make(chan time.Time)}
	var published counting
	desk := NewZoneDesk(register, &published, clock, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); desk.Run(ctx) }()

	// wants says how long the desk waits after its next turn.
	wants := func(what string, wait time.Duration, events int) {
		t.Helper()
		<-register.turns
		if got := <-clock.waits; got != wait || int(published) != events {
			t.Errorf("%s: waits %v after %d events, want %v after %d", what, got, published, wait, events)
		}
	}
	ring := func(after time.Duration) {
		clock.now = clock.now.Add(after)
		clock.rings <- clock.now
	}
	wants("with no dates", turnEvery, 0)

	register.moments = []time.Time{start.Add(10 * time.Second), start.Add(time.Hour)}
	desk.Publish(Event{Fixes: []Fix{{}}})
	desk.Publish(Event{Feature: &FeatureChange{Feature: Feature{Collection: Areas}}})
	desk.Publish(Event{Feature: &FeatureChange{Feature: Feature{Collection: Zones}}})
	wants("when a zone was written", 10*time.Second, 0)
	ring(10 * time.Second)
	wants("at its start", turnEvery, 1)
	ring(turnEvery)
	wants("long before its end", turnEvery, 1)
	register.away = true
	ring(time.Hour)
	wants("with the store away", retryAfter, 1)
	register.away = false
	ring(retryAfter)
	wants("when the store is back", turnEvery, 2)
	cancel()
	<-ended
}
