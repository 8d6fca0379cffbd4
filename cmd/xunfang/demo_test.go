package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"xunfang/client"
	"xunfang/store/storetest"
)

// Through the public door, from an empty database: within two minutes people move,
// and gaps open and close. The next start goes on with the same trackers.
func TestDemo(t *testing.T) {
	cfg := Config{
		Addr: "127.0.0.1:0", Data: t.TempDir(), DatabaseURL: storetest.URL(t),
		AdminPassword: adminPassword, RetentionDays: 30, TimeZone: "Asia/Shanghai",
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()

	first := trackersOf(ctx, t, cfg, moves(), gap("opened"), gap("closed"))
	again := trackersOf(ctx, t, cfg, moves())
	if len(first) < 25 {
		t.Errorf("%d trackers", len(first))
	}
	for name, id := range first {
		if again[name] != id {
			t.Errorf("%s is another tracker after the second start", name)
		}
	}
	if len(again) != len(first) {
		t.Errorf("%d trackers, %d after the second start", len(first), len(again))
	}
	if files, err := filepath.Glob(filepath.Join(cfg.Data, "*")); err != nil || len(files) != 1 {
		t.Errorf("the data folder holds %v (%v), want demo.json alone", files, err)
	}
}

// trackersOf runs the demonstration until a viewer has seen those things, and returns
// the ids of its trackers by name.
func trackersOf(ctx context.Context, t *testing.T, cfg Config, things ...func(line any) bool) map[string]string {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	trackers := map[string]string{}
	up := make(chan *server, 1)
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		return serveDemo(ctx, cfg, func(s *server) error {
			up <- s
			return nil
		})
	})
	both.Go(func() error {
		defer stop()
		select {
		case <-ctx.Done():
			return nil
		case s := <-up:
			viewer := client.New(s.url, client.Auth{User: "admin", Password: cfg.AdminPassword})
			defer viewer.Close()
			if err := see(ctx, viewer, things...); err != nil {
				return err
			}
			items, err := viewer.Items(ctx, "trackers", nil)
			for _, item := range items {
				trackers[item.Properties["name"].(string)] = item.ID
			}
			return err
		}
	})
	if err := both.Wait(); err != nil {
		t.Fatal(err)
	}
	return trackers
}

// moves reports whether a line shows that some tracker has moved since the lines before.
func moves() func(line any) bool {
	places := map[uuid.UUID][2]float64{}
	return func(line any) bool {
		at, ok := line.(client.PositionLine)
		if !ok {
			return false
		}
		before, known := places[at.Tracker]
		places[at.Tracker] = [2]float64{at.Lon, at.Lat}
		return known && before != places[at.Tracker]
	}
}

// gap reports whether a line says that a gap opened, or closed.
func gap(event string) func(line any) bool {
	return func(line any) bool {
		gap, ok := line.(client.GapLine)
		return ok && gap.Event == event
	}
}

// see looks at what a viewer sees until each of the things has been seen.
func see(ctx context.Context, viewer *client.Client, things ...func(line any) bool) error {
	enough := errors.New("seen enough")
	err := viewer.Tail(ctx, nil, func(line any) error {
		things = slices.DeleteFunc(things, func(seen func(any) bool) bool { return seen(line) })
		if len(things) == 0 {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return errors.Join(err, ctx.Err())
}
