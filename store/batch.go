package store

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// batch is what is to be flushed, one entry for each tracker and millisecond, by
// tracker and time: two flushers that take locks in this order never wait for each
// other in a ring.
type batch struct {
	entries  []entry
	beaten   []patrol.Fix // what lost within the batch
	outcomes []patrol.Outcome
}

// entry is the best fix of one tracker and millisecond within a batch.
type entry struct {
	patrol.Fix
	best  int // where that fix stands in what was given
	first int // where the first one of that tracker and millisecond stands
}

// Times outside the years 1970 to 9998 have no day to be kept in.
const (
	firstMs = 0
	lastMs  = 253_370_764_800_000 - 1
)

// newBatch resolves the duplicates within fixes, leaving out those whose outcome is
// Refused already.
func newBatch(fixes []patrol.Fix, refused []bool) *batch {
	b := &batch{outcomes: make([]patrol.Outcome, len(fixes))}
	order := make([]int, 0, len(fixes))
	for i, f := range fixes {
		if refused[i] || f.TMs < firstMs || f.TMs > lastMs {
			b.outcomes[i] = patrol.Refused
			continue
		}
		order = append(order, i)
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(compareKeys(fixes[i], fixes[j]), cmp.Compare(i, j))
	})
	for _, i := range order {
		f := fixes[i]
		f.AccuracyM = max(f.AccuracyM, 0)
		last := len(b.entries) - 1
		if last < 0 || compareKeys(b.entries[last].Fix, f) != 0 {
			b.entries = append(b.entries, entry{Fix: f, best: i, first: i})
			continue
		}
		b.outcomes[i] = patrol.Duplicate
		e := &b.entries[last]
		switch {
		case f.Beats(e.Fix):
			b.beaten = append(b.beaten, e.Fix)
			e.Fix, e.best = f, i
		case !sameReport(f, e.Fix):
			b.beaten = append(b.beaten, f)
		}
	}
	return b
}

// compareKeys orders fixes by tracker and time.
func compareKeys(f, g patrol.Fix) int {
	if c := bytes.Compare(f.Tracker[:], g.Tracker[:]); c != 0 {
		return c
	}
	return cmp.Compare(f.TMs, g.TMs)
}

// sameReport reports whether f and g say the same, whenever they arrived.
func sameReport(f, g patrol.Fix) bool {
	f.ReceivedMs = g.ReceivedMs
	return f == g
}

// trackers returns the trackers of the batch, each once, in order.
func (b *batch) trackers() []uuid.UUID {
	var ids []uuid.UUID
	for _, e := range b.entries {
		if n := len(ids); n == 0 || ids[n-1] != e.Tracker {
			ids = append(ids, e.Tracker)
		}
	}
	return ids
}
