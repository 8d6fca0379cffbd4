package patrol

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
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
		if watch, demanded := k.demanded[id]; !ok || l.Term != w.lease.Term || !demanded || !watch.sameGround(w.canvas.watch) {
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
	k.kinds, k.demanded, k.stale = kinds, make(map[uuid.UUID]Watch, len(watches)), false
	for _, w := range watches {
		if w.Kind == Ground {
			k.demanded[w.ID] = w
		}
	}
	k.forgetGrounds()
	return nil
}

// forgetGrounds lets go of the grounds of watches that are no longer demanded.
func (k *Keeper) forgetGrounds() {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.grounds, func(watch uuid.UUID, _ laid) bool {
		_, demanded := k.demanded[watch]
		return !demanded
	})
}

// start paints a watch from the store, at the very position of the feed that everything
// else here stands at.
func (k *Keeper) start(ctx context.Context, watch Watch, lease Lease) error {
	gaps, err := k.cfg.Ledger.OpenGaps(ctx, watch.ID)
	if err != nil {
		return err
	}
	ground := k.ground(watch)
	w := &keeping{lease: lease, canvas: newCanvas(watch, ground), record: resume(ground, gaps, k.at), dirty: geo.Blocks{}, changed: true}
	return k.cfg.Archive.At(ctx, func(past Past) error {
		if err := k.readFeed(ctx, past); err != nil {
			return err
		}
		nowMs := int64(k.at) * 1000
		tracks, err := readTracks(ctx, past, watch, ground.Boxes(watch.reachM()), k.at, nowMs+aheadMs)
		if err != nil {
			return err
		}
		for i, t := range tracks { // what is stamped after T waits for its turn
			due := indexAt(t.Fixes, nowMs+1)
			k.held = append(k.held, t.Fixes[due:]...)
			tracks[i].Fixes = t.Fixes[:due]
		}
		footprints, err := readFootprints(ctx, past, watch, ground.Boxes(0), k.at, nowMs+aheadMs)
		if err != nil {
			return err
		}
		w.canvas.paintTracks(tracks, k.at, nil)
		w.canvas.paintFootprints(footprints, k.at, nil)
		k.unshown = append(k.unshown, notYet(footprints, k.at)...)
		k.kept[watch.ID] = w
		return nil
	})
}

// look finds a watch's gaps and records what changed.
func (k *Keeper) look(ctx context.Context, id uuid.UUID, w *keeping) error {
	watch, nowMs := w.canvas.watch, int64(k.at)*1000
	active := nowMs >= watch.ActiveFromMs && (watch.ActiveToMs == 0 || nowMs < watch.ActiveToMs)
	if !w.changed && k.at < w.flipsAt && !w.record.waiting(k.at) && active == w.active {
		return nil
	}
	w.canvas.prune(k.at)
	s := w.canvas.survey(k.at)
	if !active {
		s.Parts = nil
	}
	next, changes := w.record.update(w.canvas, s.Parts, k.at)
	if len(changes) > 0 {
		seq, err := k.cfg.Ledger.WriteGaps(ctx, w.lease, changes)
		if errors.Is(err, ErrLeaseLost) {
			delete(k.kept, id)
			return nil
		}
		if err != nil {
			return err
		}
		k.cfg.Publisher.Publish(Event{Seq: seq, Gaps: changes})
	}
	w.record, w.changed, w.active, w.flipsAt = next, false, active, math.MaxUint32
	if s.OldestFresh > 0 {
		w.flipsAt = geo.Stamp(int64(s.OldestFresh) + watch.RevisitS)
	}
	return nil
}
