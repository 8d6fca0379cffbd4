package patrol

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// catchUp takes in everything up to the hints in hand, or, when one is missing, some
// gauge is in doubt or read is true, up to the feed's head.
func (k *Keeper) catchUp(ctx context.Context, read bool) error {
	if !read && !k.missed && k.applyHints() && !k.anyInDoubt() {
		return nil
	}
	return k.cfg.Archive.At(ctx, func(past Past) error { return k.takeIn(ctx, past) })
}

// takeIn brings everything to the position of past.
func (k *Keeper) takeIn(ctx context.Context, past Past) error {
	if err := k.readFeed(ctx, past); err != nil {
		return err
	}
	for _, w := range k.kept {
		if err := k.repair(ctx, past, w); err != nil {
			return err
		}
	}
	return nil
}

// applyHints takes in the hints in turn. False means that the store must be asked: then
// the cursor has not moved, and reading the feed from it finds the same changes again.
func (k *Keeper) applyHints() bool {
	var fixes []Fix
	var seen sights
	cursor := k.cursor
	for _, e := range k.inTurn {
		fixes = append(fixes, e.Fixes...)
		seen.footprints, seen.signs = append(seen.footprints, e.Footprints...), append(seen.signs, e.Signs...)
		if e.Feature != nil {
			k.stale = true
			k.carried(e.Feature.Feature.Collection, e.Feature.Feature.ID)
		}
		cursor = e.Seq
	}
	if asked := k.apply(fixes); len(asked) > 0 {
		for _, fs := range asked {
			k.held, k.sifted = append(k.held, fs...), 0
		}
		return false
	}
	k.show(seen)
	k.cursor, k.inTurn = cursor, nil
	return true
}

// readFeed brings tails, gauges and cursor to the position of past.
func (k *Keeper) readFeed(ctx context.Context, past Past) error {
	head, changes, err := past.Since(ctx, k.cursor)
	if err != nil {
		return err
	}
	var spans, images, signs []Span
	for _, c := range changes {
		spans, images, signs = append(spans, c.Spans...), append(images, c.Images...), append(signs, c.Signs...)
		k.carried(c.Collection, c.ID)
		if c.Collection != "" && c.Collection != "gaps" {
			k.stale = true
		}
	}
	spans, images = unite(spans), unite(images)
	var fixes []Fix
	if len(spans) > 0 {
		if fixes, err = past.Fixes(ctx, spans); err != nil {
			return err
		}
	}
	if asked := k.apply(fixes); len(asked) > 0 {
		if err := k.applyFromStore(ctx, past, asked); err != nil {
			return err
		}
	}
	var seen sights
	if len(images) > 0 {
		if seen.footprints, err = past.Footprints(ctx, images); err != nil {
			return err
		}
	}
	if len(signs) > 0 {
		if seen.signs, err = past.Signs(ctx, unite(signs)); err != nil {
			return err
		}
	}
	k.show(seen)
	k.cursor, k.inTurn, k.missed, k.readAt = head, nil, false, k.cfg.Now()
	return nil
}

// carried tells gauges that another person may carry a tracker.
func (k *Keeper) carried(collection string, id uuid.UUID) {
	if collection != Trackers {
		return
	}
	for _, w := range k.kept {
		w.gauge.carried(id)
	}
}

// unite merges the spans of each tracker that meet.
func unite(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(compareIDs(a.Tracker, b.Tracker), cmp.Compare(a.FromMs, b.FromMs))
	})
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].Tracker == s.Tracker && s.FromMs <= out[n-1].ToMs+1 {
			out[n-1].ToMs = max(out[n-1].ToMs, s.ToMs)
			continue
		}
		out = append(out, s)
	}
	return out
}

// apply takes in fixes that are not stamped after T, and those held back until now. It
// returns, by tracker, what it could not judge without the store; nothing of that is
// taken in.
func (k *Keeper) apply(fixes []Fix) map[uuid.UUID][]Fix {
	if len(fixes) == 0 && k.sifted == k.at { // nothing that is held has become due
		return nil
	}
	fixes = append(k.held, fixes...)
	k.held, k.sifted = nil, k.at
	var due []Fix
	for _, f := range fixes {
		if stampOf(f.TMs) > k.at {
			k.held = append(k.held, f)
		} else {
			due = append(due, f)
		}
	}
	asked := map[uuid.UUID][]Fix{}
	for tracker, fs := range byTracker(due) {
		if !k.applyTail(tracker, fs) {
			asked[tracker] = fs
		}
	}
	return asked
}

// applyTail takes in fixes of one tracker by its tail alone. It changes nothing when
// the tail does not reach back far enough.
func (k *Keeper) applyTail(tracker uuid.UUID, fixes []Fix) bool {
	t := k.tails[tracker]
	if t == nil || fixes[0].TMs < t.sinceMs {
		return false
	}
	merged, changedMs, ok := merge(t.fixes, fixes)
	if !ok {
		return true
	}
	old, now := t.stretch, stretch{merged, t.sinceMs}
	type change struct {
		w        *keeping
		rule     Rule
		old, now []Mark
	}
	var changes []change
	box := boxAround(old.fixes, now.fixes, changedMs-affectedBeforeMs)
	for _, w := range k.nearby().told(tracker, t, box) {
		rule, paints := w.watch.Rule(t.kind)
		if !paints {
			continue
		}
		was, known := old.affected(rule, changedMs)
		is, known2 := now.affected(rule, changedMs)
		if !known || !known2 {
			t.deep = true
			return false
		}
		changes = append(changes, change{w, rule, was, is})
	}
	for _, c := range changes {
		c.w.gauge.change(tracker, c.old, c.now, c.rule)
		c.w.told(tracker, merged[len(merged)-1].TMs)
		k.noteLate(c.w, changedMs)
	}
	t.stretch = now
	t.trim()
	return true
}

// boxAround returns the smallest box around the fixes of two stretches from a time on.
func boxAround(a, b []Fix, fromMs int64) orb.Bound {
	var box orb.Bound
	first := true
	for _, fixes := range [2][]Fix{a, b} {
		for _, f := range fixes[indexAt(fixes, fromMs):] {
			if first {
				box, first = f.point().Bound(), false
			}
			box = box.Extend(f.point())
		}
	}
	return box
}

// applyFromStore takes in fixes of trackers whose tails do not reach back to them. What
// older evidence they may take back is in doubt, and read by repair.
func (k *Keeper) applyFromStore(ctx context.Context, past Evidence, asked map[uuid.UUID][]Fix) error {
	if k.anyUnknown(asked) {
		if err := k.reload(ctx); err != nil {
			return err
		}
	}
	var spans []Span
	for tracker, fixes := range asked {
		s := Span{Tracker: tracker, FromMs: fixes[0].TMs - affectedBeforeMs - EvidenceMarginMs, ToMs: int64(k.at)*1000 + aheadMs}
		if t := k.tails[tracker]; t != nil {
			s.ToMs = min(s.ToMs, fixes[len(fixes)-1].TMs+affectedAfterMs+EvidenceMarginMs)
		}
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b Span) int { return compareIDs(a.Tracker, b.Tracker) })
	stored, err := past.Fixes(ctx, spans)
	if err != nil {
		return err
	}
	lost, err := past.Superseded(ctx, spans)
	if err != nil {
		return err
	}
	now, beaten := byTracker(stored), byTracker(lost)
	for tracker, fixes := range now { // what is stamped after T waits for its turn
		due := indexAt(fixes, int64(k.at)*1000+1)
		k.held = append(k.held, fixes[due:]...)
		now[tracker] = fixes[:due]
	}
	for _, s := range spans {
		fixes := asked[s.Tracker]
		k.applyStored(s, now[s.Tracker], beaten[s.Tracker], fixes[0].TMs, fixes[len(fixes)-1].TMs)
	}
	return nil
}

func (k *Keeper) anyUnknown(asked map[uuid.UUID][]Fix) bool {
	for tracker := range asked {
		if _, ok := k.kinds[tracker]; !ok {
			return true
		}
	}
	return false
}

// applyStored lays what fixes of one tracker that came between fromMs and toMs change,
// from all its fixes within a span.
func (k *Keeper) applyStored(s Span, fixes, beaten []Fix, fromMs, toMs int64) {
	kind, t := k.kinds[s.Tracker], k.tails[s.Tracker]
	for _, w := range k.nearby().told(s.Tracker, t, boxAround(fixes, beaten, s.FromMs)) {
		if rule, paints := w.watch.Rule(kind); paints {
			w.lay(Span{s.Tracker, fromMs, toMs}, fixes, beaten, rule, k.at)
			k.noteLate(w, fromMs)
		}
	}
	if t == nil {
		t = &tail{kind: kind, stretch: stretch{fixes: fixes, sinceMs: s.FromMs}}
		k.tails[s.Tracker] = t
	} else {
		t.fixes, _, _ = merge(t.fixes, fixes[indexAt(fixes, t.sinceMs):])
	}
	t.trim()
}

func (k *Keeper) anyInDoubt() bool {
	for _, w := range k.kept {
		if w.gauge.inDoubt() {
			return true
		}
	}
	return false
}

// repair reads what is in doubt of a watch from the store.
func (k *Keeper) repair(ctx context.Context, past Past, w *keeping) error {
	if !w.gauge.inDoubt() {
		return nil
	}
	w.changed, w.laid = true, true
	l, err := w.gauge.mend(ctx, past, k.at, int64(k.at)*1000)
	k.held = append(k.held, l.fixes...)
	for _, tracker := range l.learned {
		if t := k.tails[tracker]; t != nil {
			t.among = nil // all watches are asked about it once more
		}
	}
	return err
}

// lay puts what the stored fixes of a tracker prove, of which some within came are new, in
// the place of what was laid there.
func (w *keeping) lay(came Span, fixes, beaten []Fix, rule Rule, at geo.Stamp) {
	if w.tellers.silentFrom(came.Tracker, came.FromMs) { // so that all fixes from there on are new
		old, _ := stretch{fixes: fixes[:indexAt(fixes, came.FromMs)]}.affected(rule, came.FromMs)
		now, _ := stretch{fixes: fixes}.affected(rule, came.FromMs)
		w.gauge.change(came.Tracker, old, now, rule)
	} else {
		s := Span{came.Tracker, came.FromMs - affectedBeforeMs, came.ToMs + affectedAfterMs}
		w.gauge.amend(s, fixes, beaten, rule, at)
	}
	if n := len(fixes); n > 0 {
		w.told(came.Tracker, fixes[n-1].TMs)
	}
}

// told notes that evidence of a tracker, whose newest fix is of ms, was laid.
func (w *keeping) told(tracker uuid.UUID, ms int64) {
	w.changed, w.laid = true, true
	w.tellers.note(tracker, ms)
}
