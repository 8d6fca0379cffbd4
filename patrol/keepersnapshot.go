package patrol

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
)

// saveSome lays by the snapshots that are due, a few at a time.
func (k *Keeper) saveSome(ctx context.Context) error {
	most := 1 + len(k.kept)/(snapshotEveryS/2)
	for id, w := range k.kept {
		if most == 0 {
			break
		}
		if k.at < w.savedAt+snapshotEveryS || !w.laid && k.at < w.savedAt+snapshotRenewS {
			continue
		}
		most--
		if err := k.save(ctx, id, w); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) save(ctx context.Context, id uuid.UUID, w *keeping) error {
	w.savedAt, w.laid = k.at, false
	s, ok := w.snapshot(k.cursor, k.at, k.held, k.unshown)
	if !ok {
		return nil
	}
	err := k.cfg.Shelf.SaveSnapshot(ctx, w.lease, s)
	if errors.Is(err, ErrLeaseLost) {
		k.letGo(id)
		return nil
	}
	return err
}

// restore fills a blank watch from its snapshot, if there is one for it, and returns how to
// bring it to the present position of the feed: ErrFeedGone when that cannot be.
func (k *Keeper) restore(ctx context.Context, w *keeping) (func(context.Context, Past) error, error) {
	nothing := func(context.Context, Past) error { return nil }
	s, err := k.cfg.Shelf.Snapshot(ctx, w.watch.ID)
	if errors.Is(err, ErrNotFound) {
		return nothing, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := w.restore(s)
	if err != nil { // of another version, or spoilt: the store has everything
		*w = *k.blank(w.watch, w.lease)
		return nothing, nil
	}
	return func(ctx context.Context, past Past) error { return k.replay(ctx, past, w, s, r) }, nil
}

// replay lays on a watch that stands as s was laid by what came since, and what was held
// back then.
func (k *Keeper) replay(ctx context.Context, past Past, w *keeping, s Snapshot, r restored) error {
	_, changes, err := past.Since(ctx, s.Seq)
	if err != nil {
		return err
	}
	came, images := map[uuid.UUID]Span{}, r.unshown
	add := func(spans []Span) {
		for _, s := range spans {
			if c, ok := came[s.Tracker]; ok {
				s.FromMs, s.ToMs = min(s.FromMs, c.FromMs), max(s.ToMs, c.ToMs)
			}
			came[s.Tracker] = s
		}
	}
	add(r.held)
	for _, c := range changes {
		add(c.Spans)
		images = append(images, c.Images...)
	}
	for tracker := range came {
		if _, ok := k.kinds[tracker]; !ok {
			if err := k.reload(ctx); err != nil {
				return err
			}
			break
		}
	}
	if err := k.replayFixes(ctx, past, w, came, s.At); err != nil {
		return err
	}
	if len(images) == 0 || !w.watch.takesImages() {
		return nil
	}
	footprints, err := past.Footprints(ctx, unite(images))
	if err != nil {
		return err
	}
	w.gauge.show(sights{footprints: footprints}, k.at)
	k.unshown = append(k.unshown, notYet(footprints, k.at)...)
	return nil
}

// replayFixes lays what came of each tracker since T was from. Who came in turn is looked
// for near the watch; who sent older fixes is read, wherever that was.
func (k *Keeper) replayFixes(ctx context.Context, past Past, w *keeping, came map[uuid.UUID]Span, from geo.Stamp) error {
	recentMs := int64(from)*1000 - EvidenceMarginMs
	var late []Span
	recent := false
	for _, s := range came {
		if s.FromMs < recentMs {
			late = append(late, Span{s.Tracker, s.FromMs - affectedBeforeMs - EvidenceMarginMs, int64(k.at)*1000 + aheadMs})
		} else {
			recent = true
		}
	}
	var tracks []Track
	if recent {
		var err error
		tracks, err = past.Tracks(ctx, TrackQuery{
			Where: w.gauge.bounds(), FromMs: recentMs - affectedBeforeMs, ToMs: int64(k.at)*1000 + aheadMs,
			MarginMs: EvidenceMarginMs, Kinds: w.watch.Sources,
		})
		if err != nil {
			return err
		}
		tracks = slices.DeleteFunc(tracks, func(t Track) bool { return came[t.Tracker].FromMs < recentMs })
	}
	older, err := past.Fixes(ctx, late)
	if err != nil {
		return err
	}
	for tracker, fixes := range byTracker(older) {
		tracks = append(tracks, Track{tracker, k.kinds[tracker], fixes})
	}
	k.held = append(k.held, cutTracks(tracks, k.at)...)
	var spans []Span
	for _, t := range tracks {
		if n := len(t.Fixes); n > 0 {
			spans = append(spans, Span{t.Tracker, t.Fixes[0].TMs, t.Fixes[n-1].TMs})
		}
	}
	lost, err := past.Superseded(ctx, unite(spans))
	if err != nil {
		return err
	}
	beaten := byTracker(lost)
	for _, t := range tracks {
		s, ok := came[t.Tracker]
		rule, paints := w.watch.Rule(t.Kind)
		if ok && paints {
			w.lay(s, t.Fixes, beaten[t.Tracker], rule, k.at)
		}
	}
	return nil
}
