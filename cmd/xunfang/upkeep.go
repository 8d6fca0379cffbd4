package main

import (
	"context"
	"log/slog"
	"time"

	"xunfang/patrol"
	"xunfang/store"
)

const sweepEvery = time.Hour

// relay hands events to the keeper until ctx ends.
func relay(ctx context.Context, events <-chan patrol.Event, to patrol.Publisher) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			to.Publish(e)
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
