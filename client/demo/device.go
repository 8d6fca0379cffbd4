package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"xunfang/client"
)

// device carries a mover's fixes to the server, and keeps those that did not arrive.
type device struct {
	demo  *Demo
	mover Mover
	token string
	sent  int64 // the server has every fix up to this second since the beginning
}

// run sends until ctx is done, first after delay, so that devices take turns.
func (d *device) run(ctx context.Context, delay time.Duration) error {
	next := time.NewTimer(delay)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
		if err := d.send(ctx, d.demo.seconds()); err != nil {
			return fmt.Errorf("sending the fixes of %s: %w", d.mover.Name, err)
		}
		next.Reset(batchS * time.Second)
	}
}

// send brings the server up to the given second. What lies further back than a batch
// or two is sent thinned.
func (d *device) send(ctx context.Context, now int64) error {
	step := int64(1)
	if now-d.sent > 10*batchS {
		step = thin
	}
	if fixes := d.mover.Fixes(d.demo.state.Began, d.sent, now, step); len(fixes) > 0 {
		_, err := d.demo.server.SendFixes(ctx, d.token, fixes)
		if client.IsStatus(err, http.StatusUnauthorized) {
			return fmt.Errorf("%s is about trackers of another database: remove it to begin anew: %w", d.demo.state.path, err)
		}
		if err != nil {
			return err
		}
	}
	d.sent = now
	return nil
}
