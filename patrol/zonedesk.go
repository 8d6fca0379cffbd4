package patrol

import (
	"context"
	"log/slog"
	"time"
)

const (
	turnEvery  = 30 * time.Second // a desk looks at least so often: clocks are set, others write
	retryAfter = time.Second      // when the store is away
)

// Clock tells the time and wakes who waits.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// ZoneRegister is where zones start and end by the clock.
type ZoneRegister interface {
	// TurnZones writes to the feed, once among all nodes, the zones whose state the
	// clock has changed up to now since it was last asked, and returns those changes
	// and when the next one is due, the zero time when none is.
	TurnZones(ctx context.Context, now time.Time) (changes []Event, next time.Time, err error)
}

// ZoneDesk has zones start and end at their time, before everybody's eyes: what the
// clock alone changes becomes an event as if somebody had written it. What came due
// while no desk was open is told when one opens.
type ZoneDesk struct {
	register  ZoneRegister
	publisher Publisher
	clock     Clock
	log       *slog.Logger
	written   chan struct{} // holds one token: some zone was written
}

// NewZoneDesk returns a desk; Run opens it.
func NewZoneDesk(register ZoneRegister, publisher Publisher, clock Clock, log *slog.Logger) *ZoneDesk {
	return &ZoneDesk{register, publisher, clock, log, make(chan struct{}, 1)}
}

// Publish has the desk look at its dates when a zone was written. It never blocks.
func (d *ZoneDesk) Publish(e Event) {
	if e.Imported != Zones && (e.Feature == nil || e.Feature.Feature.Collection != Zones) {
		return
	}
	select {
	case d.written <- struct{}{}:
	default: // it will look anyway
	}
}

// Run turns zones until ctx ends.
func (d *ZoneDesk) Run(ctx context.Context) {
	for {
		wait := d.turn(ctx)
		select {
		case <-ctx.Done():
			return
		case <-d.written:
		case <-d.clock.After(wait):
		}
	}
}

// turn tells what is due and returns how long nothing else is.
func (d *ZoneDesk) turn(ctx context.Context) time.Duration {
	now := d.clock.Now()
	changes, next, err := d.register.TurnZones(ctx, now)
	if err != nil {
		if ctx.Err() == nil {
			d.log.Warn("cannot look which zones start or end", "error", err)
		}
		return retryAfter
	}
	for _, e := range changes {
		d.publisher.Publish(e)
	}
	if next.IsZero() {
		return turnEvery
	}
	return min(next.Sub(now), turnEvery)
}
