package patrol

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
)

// lease takes and renews leases, starts on watches that are newly held and lets go of
// those that are not.
func (k *Keeper) lease(ctx context.Context) error {
	if k.stale {
		if err := k.reload(ctx); err != nil {
			return err
		}
	}
	ids := make([]uuid.UUID, 0, len(k.demanded))
	for id := range k.demanded {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, compareIDs)
	leases, err := k.cfg.Ledger.Lease(ctx, k.cfg.Holder, ids)
	if err != nil {
		return err
	}
	held := map[uuid.UUID]Lease{}
	for _, l := range leases {
		held[l.Watch] = l
	}
	for id, w := range k.kept {
		l, ok := held[id]
		if watch, demanded := k.demanded[id]; !ok || l.Term != w.lease.Term || !demanded || !watch.sameVersions(w.watch) {
			k.letGo(id)
		}
	}
	return k.renewing(ctx, ids, func(ctx context.Context) error {
		for id, l := range held {
			if k.kept[id] == nil {
				if err := k.start(ctx, k.demanded[id], l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// renewing renews leases while f, which may take longer than they run, goes on. A lease
// that was lost meanwhile is found out by its term.
func (k *Keeper) renewing(ctx context.Context, watches []uuid.UUID, f func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		due := time.NewTicker(leaseEvery)
		defer due.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-due.C:
				if _, err := k.cfg.Ledger.Lease(ctx, k.cfg.Holder, watches); err != nil && ctx.Err() == nil {
					stop(err)
				}
			}
		}
	}()
	err := f(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	stop(nil)
	<-renewed
	return err
}

func (k *Keeper) reload(ctx context.Context) error {
	kinds, err := k.cfg.Demands.TrackerKinds(ctx)
	if err != nil {
		return err
	}
	watches, err := k.cfg.Demands.Watches(ctx)
	if err != nil {
		return err
	}
	restrictions, err := k.cfg.Demands.Restrictions(ctx)
	if err != nil {
		return err
	}
	if k.roster, err = k.cfg.Demands.RosterKnown(ctx, allOf(k.cfg.Now().UnixMilli())); err != nil {
		return err
	}
	for _, w := range k.kept {
		w.staffed = 0
	}
	if !sameRestrictions(k.restrictions, restrictions) {
		k.restrictions = restrictions
		for _, w := range k.kept {
			w.around.zones, w.changed = k.layout(w.watch).zone(restrictions), true
		}
	}
	k.kinds, k.demanded, k.stale = kinds, make(map[uuid.UUID]Watch, len(watches)), false
	for _, w := range watches {
		k.demanded[w.ID] = w
	}
	k.forgetLayouts()
	return nil
}

// forgetLayouts lets go of the layouts of watches that are no longer demanded.
func (k *Keeper) forgetLayouts() {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.layouts, func(watch uuid.UUID, _ *Layout) bool {
		_, demanded := k.demanded[watch]
		return !demanded
	})
}

// start takes up a watch, from its snapshot or else from the store, at the very position
// of the feed that everything else here stands at.
func (k *Keeper) start(ctx context.Context, watch Watch, lease Lease) error {
	gaps, err := k.cfg.Ledger.OpenGaps(ctx, watch.ID)
	if err != nil {
		return err
	}
	w := k.blank(watch, lease)
	catchUp, err := k.restore(ctx, w)
	if err != nil {
		return err
	}
	return k.cfg.Archive.At(ctx, func(past Past) error {
		if err := k.readFeed(ctx, past); err != nil {
			return err
		}
		err := catchUp(ctx, past)
		if errors.Is(err, ErrFeedGone) {
			w, err = k.blank(watch, lease), nil
		}
		if err != nil {
			return err
		}
		w.record = resume(w.gauge, gaps, k.at)
		later, err := w.gauge.mend(ctx, past, k.at, int64(k.at)*1000+aheadMs)
		if err != nil {
			return err
		}
		k.held, k.unshown = append(k.held, later.fixes...), append(k.unshown, later.footprints...)
		w.sampled = minuteOf(k.at)
		k.noteLate(w, int64(before(w.sampled, (missedMinutes-1)*sampleEvery))*1000)
		k.takeUp(w)
		return nil
	})
}

// blank returns a watch of which nothing is known yet but that all is read up to T.
func (k *Keeper) blank(watch Watch, lease Lease) *keeping {
	layout := k.layout(watch)
	return &keeping{
		watch: watch, lease: lease, gauge: layout.gauge(), around: surroundings{zones: layout.zone(k.restrictions)},
		changed: true, laid: true,
		tellers: tellers{newest: map[uuid.UUID]int64{}, sinceMs: int64(k.at)*1000 + 1},
	}
}

// look finds a watch's gaps and records what changed.
func (k *Keeper) look(ctx context.Context, id uuid.UUID, w *keeping) error {
	active := w.watch.activeAt(k.at)
	if !w.changed && k.at < w.flipsAt && !w.record.waiting(k.at) && active == w.active {
		return nil
	}
	w.gauge.prune(k.at)
	l := w.gauge.look(k.at)
	if !active {
		l.parts = nil
	}
	if len(l.parts) > 0 && k.at >= w.staffed+rewriteS/2 {
		staff, err := k.staffing(ctx, w.watch, func(context.Context, Past) error { return nil })
		if err != nil {
			return err
		}
		w.around.staff, w.staffed = staff, k.at
	}
	next, changes := w.record.update(w.watch, w.gauge, l.parts, w.around, k.at)
	if len(changes) > 0 {
		seq, written, err := k.cfg.Ledger.WriteGaps(ctx, w.lease, changes)
		if errors.Is(err, ErrLeaseLost) {
			k.letGo(id)
			return nil
		}
		if err != nil {
			return err
		}
		k.cfg.Publisher.Publish(Event{Seq: seq, Gaps: written})
	}
	w.record, w.changed, w.active, w.flipsAt = next, false, active, math.MaxUint32
	if l.flipsAt > 0 {
		w.flipsAt = l.flipsAt
	}
	if l.lapse != nil && active && !w.warned {
		k.cfg.Publisher.Publish(Event{Warning: &Warning{Watch: id, Checkpoint: w.watch.Post.Checkpoint, Place: w.watch.Post.At, AtMs: int64(k.at) * 1000, Lapse: *l.lapse}})
	}
	w.warned = l.lapse != nil && active
	return nil
}
