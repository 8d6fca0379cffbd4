package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// decide holds every entry against the row of its tracker and millisecond, and sets
// what is stored, what is lost and what is beaten.
func (f *Flusher) decide(ctx context.Context, tx pgx.Tx, w *writing) error {
	if err := f.learnMarks(ctx, tx, w.b.trackers()); err != nil {
		return err
	}
	var doubtful []patrol.Fix
	for _, e := range w.b.entries {
		if !f.isNew(e.Fix, w) {
			doubtful = append(doubtful, e.Fix)
		}
	}
	there, err := lockRows(ctx, tx, doubtful)
	if err != nil {
		return fmt.Errorf("look up what is there: %w", err)
	}
	for _, e := range w.b.entries {
		switch {
		case len(there) == 0 || compareKeys(there[0], e.Fix) != 0:
			w.stored = append(w.stored, e.Fix)
			continue
		case e.Beats(there[0]):
			w.stored = append(w.stored, e.Fix)
			w.beaten = append(w.beaten, there[0])
		case !sameReport(e.Fix, there[0]):
			w.lost = append(w.lost, e.Fix)
		}
		w.b.outcomes[e.first] = patrol.Duplicate
		there = there[1:]
	}
	return nil
}

// isNew reports whether it is sure that there is no row of fix's tracker and time,
// unless another flusher has just written one.
func (f *Flusher) isNew(fix patrol.Fix, w *writing) bool {
	mark, ok := f.marks.get(fix.Tracker)
	return ok && fix.TMs > mark && !w.careful
}

// learnMarks finds the newest fix of the trackers that this flusher has not met.
func (f *Flusher) learnMarks(ctx context.Context, tx pgx.Tx, trackers []uuid.UUID) error {
	unmet := slices.DeleteFunc(trackers, func(id uuid.UUID) bool {
		_, ok := f.marks.get(id)
		return ok
	})
	if len(unmet) == 0 {
		return nil
	}
	newest, err := lastFixesOf(ctx, tx, unmet)
	if err != nil {
		return fmt.Errorf("find newest fixes: %w", err)
	}
	now := f.s.now()
	for _, id := range unmet {
		f.marks.put(id, -1, now)
	}
	for _, fix := range newest {
		f.marks.put(fix.Tracker, fix.TMs, now)
	}
	return nil
}

// lockRows returns the rows of the trackers and times of fixes, in the same order,
// and keeps them from being changed until the transaction ends.
func lockRows(ctx context.Context, tx pgx.Tx, fixes []patrol.Fix) ([]patrol.Fix, error) {
	const q = `
		SELECT ` + fixColumns + `
		  FROM unnest($1::uuid[], $2::timestamptz[]) AS key (of, at)
		 CROSS JOIN LATERAL (
		       SELECT *
		         FROM fixes
		        WHERE tracker = key.of AND t = key.at AND t BETWEEN $3 AND $4
		          FOR UPDATE) f`
	if len(fixes) == 0 {
		return nil, nil
	}
	k := keysOf(fixes)
	rows, err := collectFixes(tx.Query(ctx, q, binaryRows, k.trackers, k.times, k.first, k.last))
	slices.SortFunc(rows, compareKeys)
	return rows, err
}

// keys are the primary keys of fixes as SQL parameters, with the range of time that
// says which days they lie in.
type keys struct {
	trackers    []uuid.UUID
	times       []time.Time
	first, last time.Time
}

func keysOf(fixes []patrol.Fix) keys {
	var k keys
	first, last := fixes[0].TMs, fixes[0].TMs
	for _, f := range fixes {
		k.trackers, k.times = append(k.trackers, f.Tracker), append(k.times, timeOf(f.TMs))
		first, last = min(first, f.TMs), max(last, f.TMs)
	}
	k.first, k.last = timeOf(first), timeOf(last)
	return k
}

// store writes what was decided, and ends with the feed.
func (f *Flusher) store(ctx context.Context, tx pgx.Tx, w *writing) error {
	if err := supersede(ctx, tx, w.beaten); err != nil {
		return fmt.Errorf("supersede fixes: %w", err)
	}
	if err := f.copy(ctx, tx, "fixes_superseded", append(w.lost, w.b.beaten...)); err != nil {
		return fmt.Errorf("copy superseded fixes: %w", err)
	}
	if len(w.stored) == 0 {
		return nil
	}
	if err := f.copy(ctx, tx, "fixes", w.stored); err != nil {
		return fmt.Errorf("copy fixes: %w", err)
	}
	return f.finish(ctx, tx, w)
}

// supersede moves rows that have lost out of fixes.
func supersede(ctx context.Context, tx pgx.Tx, beaten []patrol.Fix) error {
	const q = `
		WITH gone AS (
		     DELETE FROM fixes f
		      USING unnest($1::uuid[], $2::timestamptz[]) AS key (of, at)
		      WHERE f.tracker = key.of AND f.t = key.at AND f.t BETWEEN $3 AND $4
		     RETURNING f.*)
		INSERT INTO fixes_superseded (` + fixColumns + `)
		SELECT ` + fixColumns + ` FROM gone`
	if len(beaten) == 0 {
		return nil
	}
	k := keysOf(beaten)
	_, err := tx.Exec(ctx, q, k.trackers, k.times, k.first, k.last)
	return err
}

func (f *Flusher) copy(ctx context.Context, tx pgx.Tx, table string, fixes []patrol.Fix) error {
	if len(fixes) == 0 {
		return nil
	}
	f.copied = appendFixes(f.copied[:0], fixes)
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(f.copied),
		`COPY `+table+` (`+fixColumns+`) FROM STDIN (FORMAT binary)`)
	return err
}

// finish writes who was where, and takes the batch's place in the feed, in one round
// trip.
func (f *Flusher) finish(ctx context.Context, tx pgx.Tx, w *writing) error {
	const (
		addVisits = `
			INSERT INTO visits (cell, slot, tracker)
			SELECT * FROM unnest($1::bigint[], $2::int[], $3::uuid[]) ORDER BY 1, 2, 3
			ON CONFLICT DO NOTHING`
		addDays = `
			INSERT INTO tracker_days (tracker, day)
			SELECT * FROM unnest($1::uuid[], $2::date[]) ORDER BY 1, 2
			ON CONFLICT DO NOTHING`
	)
	f.collect(w)
	last := &pgx.Batch{}
	if n := len(w.visits); n > 0 {
		cells, slots, trackers := make([]int64, n), make([]int32, n), make([]uuid.UUID, n)
		for i, v := range w.visits {
			cells[i], slots[i], trackers[i] = v.cell, v.slot, v.tracker
		}
		last.Queue(addVisits, cells, slots, trackers)
	}
	if n := len(w.trackerDays); n > 0 {
		trackers, days := make([]uuid.UUID, n), make([]time.Time, n)
		for i, d := range w.trackerDays {
			trackers[i], days[i] = d.tracker, d.day
		}
		last.Queue(addDays, trackers, days)
	}
	last.Queue(feedSQL, fixesKind, encodeSpans(spansOf(w.stored, fixMoment))).QueryRow(func(row pgx.Row) error {
		return row.Scan(&w.seq)
	})
	return tx.SendBatch(ctx, last).Close()
}

// collect finds the visits and days of what is stored that may not be there yet.
func (f *Flusher) collect(w *writing) {
	visits, days := map[visit]struct{}{}, map[trackerDay]struct{}{}
	for _, fix := range w.stored {
		v := visitOf(fix)
		if _, ok := f.visits.get(v); !ok {
			if _, ok := visits[v]; !ok {
				visits[v] = struct{}{}
				w.visits = append(w.visits, v)
			}
		}
		d := trackerDay{tracker: fix.Tracker, day: timeOf(dayOf(fix.TMs) * dayMs)}
		if _, ok := f.trackerDays.get(d); !ok {
			if _, ok := days[d]; !ok {
				days[d] = struct{}{}
				w.trackerDays = append(w.trackerDays, d)
			}
		}
	}
}
