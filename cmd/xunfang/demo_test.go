package main

import (
	"context"
	"errors"
	"path/filepath"
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
		AdminPassword: "correct horse battery", RetentionDays: 30, TimeZone: "Asia/Shanghai",
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()

	first := trackersOf(ctx, t, cfg, watchDemo)
	again := trackersOf(ctx, t, cfg, func(context.Context, *client.Client) error { return nil })
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

// trackersOf runs the demonstration until look has seen enough, and returns the ids
// of its trackers by name.
func trackersOf(ctx context.Context, t *testing.T, cfg Config, look func(context.Context, *client.Client) error) map[string]uuid.UUID {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	trackers := map[string]uuid.UUID{}
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
			if err := look(ctx, viewer); err != nil {
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

// watchDemo looks at what a viewer sees until a person has moved, a gap has opened
// and a gap has closed.
func watchDemo(ctx context.Context, viewer *client.Client) error {
	enough := errors.New("seen enough")
	places := map[uuid.UUID][2]float64{}
	moved, opened, closed := false, false, false
	err := viewer.Tail(ctx, nil, func(line any) error {
		switch line := line.(type) {
		case client.PositionLine:
			before, known := places[line.Tracker]
			places[line.Tracker] = [2]float64{line.Lon, line.Lat}
			moved = moved || known && before != places[line.Tracker]
		case client.GapLine:
			opened = opened || line.Event == "opened"
			closed = closed || line.Event == "closed"
		}
		if moved && opened && closed {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return errors.Join(err, ctx.Err())
}
