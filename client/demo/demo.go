package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"xunfang/client"
	"xunfang/patrol"
)

const (
	seed = 1
	// historyS is how long before its beginning the district was already patrolled,
	// and how much of the time that the server was away is made up for.
	historyS = 100 * 60
	// thin: of the past, one fix in so many is sent. Its legs are still short enough
	// to be joined.
	thin = 2
	// batchS is how often a device sends what it has gathered.
	batchS = 4
	// parallel is how many requests are under way at once while the district is set up.
	parallel = 8
)

// wholePages asks for lists in pages of a thousand.
var wholePages = url.Values{"limit": {"1000"}}

// Demo furnishes a server with the district and moves what is in it.
type Demo struct {
	server   *client.Client
	now      func() time.Time
	log      *slog.Logger
	state    *state
	district District
}

// New returns the demonstration whose state is kept in the file at path. The client
// must be signed in as somebody who may create features.
func New(server *client.Client, path string, now func() time.Time, log *slog.Logger) (*Demo, error) {
	state, err := readState(path, now())
	if err != nil {
		return nil, err
	}
	return &Demo{server: server, now: now, log: log, state: state, district: NewDistrict(seed, state.Began)}, nil
}

// Run sets the district up if it is not yet there, and moves its trackers until ctx
// ends or the server refuses them. Watches come last, after the past that was patrolled: so no gap is recorded
// merely because the demonstration had not begun.
func (d *Demo) Run(ctx context.Context) error {
	if !d.state.Complete {
		if err := d.furnish(ctx); err != nil {
			return fmt.Errorf("setting up the district: %w", err)
		}
	}
	seen, err := d.seen(ctx)
	if err != nil {
		return fmt.Errorf("asking where the trackers were: %w", err)
	}
	d.log.Info("the demonstration runs", "places", len(d.district.Places), "trackers", len(d.district.Movers))
	moving, ctx := errgroup.WithContext(ctx)
	for i, mover := range d.district.Movers {
		moving.Go(func() error {
			device := device{mover: mover, token: d.state.Tokens[mover.Name], demo: d, sent: seen[mover.Name]}
			return device.run(ctx, time.Duration(i)*batchS*time.Second/time.Duration(len(d.district.Movers)))
		})
	}
	return moving.Wait()
}

// seconds returns the time since the beginning.
func (d *Demo) seconds() int64 { return int64(d.now().Sub(d.state.Began) / time.Second) }

// seen returns for every mover until when the server knows of it, in seconds since
// the beginning; at the earliest the time from which it is to be told.
func (d *Demo) seen(ctx context.Context) (map[string]int64, error) {
	trackers, err := d.server.Items(ctx, patrol.Trackers, wholePages)
	if err != nil {
		return nil, err
	}
	earliest := d.seconds() - historyS
	seen := map[string]int64{}
	for _, mover := range d.district.Movers {
		seen[mover.Name] = earliest
	}
	for _, tracker := range trackers {
		name, _ := tracker.Properties["name"].(string)
		at, _ := tracker.Properties["seen_at"].(string)
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			seen[name] = max(earliest, int64(t.Sub(d.state.Began)/time.Second))
		}
	}
	return seen, nil
}
