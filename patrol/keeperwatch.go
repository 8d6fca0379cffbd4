package patrol

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"

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
			delete(k.kept, id)
		}
	}
	for id, l := range held {
		if k.kept[id] == nil {
			if err := k.start(ctx, k.demanded[id], l); err != nil {
				return err
			}
		}
	}
	return nil
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
	if k.roster, err = k.cfg.Demands.RosterAt(ctx, k.cfg.Now().UnixMilli()); err != nil {
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

// start lays a watch's evidence from the store, at the very position of the feed that
// everything else here stands at.
func (k *Keeper) start(ctx context.Context, watch Watch, lease Lease) error {
	gaps, err := k.cfg.Ledger.OpenGaps(ctx, watch.ID)
	if err != nil {
		return err
	}
	layout := k.layout(watch)
	g := layout.gauge()
	w := &keeping{watch: watch, lease: lease, gauge: g, around: surroundings{zones: layout.zone(k.restrictions)}, record: resume(g, gaps, k.at), changed: true}
	return k.cfg.Archive.At(ctx, func(past Past) error {
		if err := k.readFeed(ctx, past); err != nil {
			return err
		}
		later, err := g.mend(ctx, past, k.at, int64(k.at)*1000+aheadMs)
		if err != nil {
			return err
		}
		k.held, k.unshown = append(k.held, later.fixes...), append(k.unshown, later.footprints...)
		k.kept[watch.ID] = w
		return nil
	})
}

// look finds a watch's gaps and records what changed.
func (k *Keeper) look(ctx context.Context, id uuid.UUID, w *keeping) error {
	nowMs := int64(k.at) * 1000
	active := nowMs >= w.watch.ActiveFromMs && (w.watch.ActiveToMs == 0 || nowMs < w.watch.ActiveToMs)
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
			delete(k.kept, id)
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
	return nil
}
