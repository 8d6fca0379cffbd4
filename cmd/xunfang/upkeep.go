package main

import (
	"context"
	"log/slog"
	"time"

	"xunfang/patrol"
	"xunfang/store"
)

const sweepEvery = time.Hour

// wallClock is the machine's clock.
type wallClock struct{}

func (wallClock) Now() time.Time                         { return time.Now() }
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// relay hands events on until ctx ends.
func relay(ctx context.Context, events <-chan patrol.Event, to ...patrol.Publisher) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			for _, p := range to {
				p.Publish(e)
			}
		}
	}
}

// sweep drops, now and then, what retention has outlived.
func sweep(ctx context.Context, db *store.Store, retentionDays int, log *slog.Logger) {
	due := time.NewTicker(sweepEvery)
	defer due.Stop()
	for {
		if err := db.Sweep(ctx, retentionDays); err != nil && ctx.Err() == nil {
			log.Warn("cannot drop what retention has outlived", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		}
	}
}
