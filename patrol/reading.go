package patrol

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"xunfang/geo"
)

// readingFor is how long a reading of the store is good for those who ask the same.
const readingFor = 10 * time.Second

// readings keeps the last reading of the store, for the many tiles of one picture.
type readings struct {
	mu    sync.Mutex
	watch Watch
	at    geo.Stamp
	read  time.Time
	gauge gauge // nil: none yet
}

// of returns a watch as it was at a time, Unix ms, with its gauge, which nobody lays
// anything on any more.
func (r *readings) of(ctx context.Context, k *Keeper, watch uuid.UUID, atMs int64) (Watch, gauge, geo.Stamp, error) {
	at, err := stampAt(atMs)
	if err != nil {
		return Watch{}, nil, 0, err
	}
	w, err := k.cfg.Demands.WatchAt(ctx, watch, wholeSecond(atMs))
	if err != nil {
		return Watch{}, nil, 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := k.cfg.Now()
	if r.gauge == nil || r.watch.ID != watch || !r.watch.sameVersions(w) || r.at != at || now.Sub(r.read) >= readingFor {
		g := k.layout(w).gauge()
		err := k.cfg.Archive.At(ctx, func(past Past) error {
			_, err := g.mend(ctx, past, at, int64(at)*1000)
			return err
		})
		if err != nil {
			return Watch{}, nil, 0, err
		}
		r.watch, r.at, r.read, r.gauge = w, at, now, g
	}
	return r.watch, r.gauge, r.at, nil
}
