package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// Flusher commits batches of fixes. It remembers what it has written, so that the
// usual batch, of times that move on, is one COPY without a look at what is there.
// One goroutine uses it; several flushers on one database get on with each other.
type Flusher struct {
	s *Store

	days        *recent[int64, struct{}] // that have a partition
	visits      *recent[visit, struct{}]
	trackerDays *recent[trackerDay, struct{}]
	marks       *recent[uuid.UUID, int64] // no fix of this tracker is newer, Unix ms; -1: it has none
	copied      []byte                    // reused from batch to batch
}

const (
	rememberedKeys = 100_000
	// What is remembered must not outlive the day it is about: a day is dropped no
	// sooner than a day after its last fix was received.
	rememberedFor = time.Hour
	maxTries      = 10
)

// NewFlusher returns a flusher that remembers nothing yet.
func NewFlusher(s *Store) *Flusher {
	return &Flusher{
		s:           s,
		days:        newRecent[int64, struct{}](rememberedKeys, rememberedFor),
		visits:      newRecent[visit, struct{}](rememberedKeys, rememberedFor),
		trackerDays: newRecent[trackerDay, struct{}](rememberedKeys, rememberedFor),
		marks:       newRecent[uuid.UUID, int64](rememberedKeys, rememberedFor),
	}
}

// Flush commits fixes in one transaction and says what became of each. Of two of
// one tracker and millisecond the better is kept (patrol.Fix.Beats) and the other
// goes to fixes_superseded; whichever arrived later is the Duplicate. What the
// database will not take is Refused by itself. Any error is a patrol.ErrUnavailable:
// the batch may or may not be there, and can be given again.
func (f *Flusher) Flush(ctx context.Context, fixes []patrol.Fix) (patrol.Flushed, error) {
	flushed, err := f.flush(ctx, fixes)
	if err != nil {
		f.forget()
		return patrol.Flushed{}, fmt.Errorf("flush %d fixes: %w: %w", len(fixes), patrol.ErrUnavailable, err)
	}
	return flushed, nil
}

func (f *Flusher) flush(ctx context.Context, fixes []patrol.Fix) (patrol.Flushed, error) {
	f.age()
	refused := make([]bool, len(fixes))
	b := newBatch(fixes, refused)
	w := writing{b: b}
	var err error
	for try := range maxTries {
		if err = f.write(ctx, &w); err == nil {
			return f.committed(w), nil
		}
		if !isData(err) {
			return patrol.Flushed{}, err
		}
		// Another flusher may have been faster, or a day may have been dropped since.
		// With nothing taken for granted, a data error is about the data.
		f.forget()
		if try > 0 && sqlState(err) != uniqueViolation {
			culprits, err := f.culprits(ctx, w.b.entries)
			if err != nil {
				return patrol.Flushed{}, err
			}
			for _, e := range culprits {
				refused[e.best] = true
			}
		}
		w = writing{b: newBatch(fixes, refused), careful: true}
	}
	return patrol.Flushed{}, fmt.Errorf("given up after %d tries: %w", maxTries, err)
}

// culprits returns the entries that the database will not take, by halving.
func (f *Flusher) culprits(ctx context.Context, entries []entry) ([]entry, error) {
	w := writing{b: &batch{entries: entries}, careful: true, rehearsal: true}
	err := f.write(ctx, &w)
	switch {
	case errors.Is(err, errRehearsed), sqlState(err) == uniqueViolation:
		return nil, nil
	case !isData(err):
		return nil, err
	case len(entries) == 1:
		return entries, nil
	}
	left, err := f.culprits(ctx, entries[:len(entries)/2])
	if err != nil {
		return nil, err
	}
	right, err := f.culprits(ctx, entries[len(entries)/2:])
	return append(left, right...), err
}

var errRehearsed = errors.New("rehearsed, not committed")

// writing is one try at writing a batch.
type writing struct {
	b         *batch
	careful   bool // every entry is looked up, whatever is remembered
	rehearsal bool // roll back what went well

	stored []patrol.Fix // entries that are new or beat what was there
	lost   []patrol.Fix // entries that lost against what was there
	beaten []patrol.Fix // rows that lost against an entry
	seq    int64

	visits      []visit
	trackerDays []trackerDay
}

func (f *Flusher) write(ctx context.Context, w *writing) error {
	if len(w.b.entries) == 0 {
		return nil
	}
	if err := f.addDays(ctx, w.b.entries); err != nil {
		return err
	}
	return f.s.inTx(ctx, func(tx pgx.Tx) error {
		if err := f.decide(ctx, tx, w); err != nil {
			return err
		}
		if err := f.store(ctx, tx, w); err != nil {
			return err
		}
		if w.rehearsal {
			return errRehearsed
		}
		return nil
	})
}

// addDays makes partitions for the days of entries, in a transaction of its own:
// making one locks more than a flush should.
func (f *Flusher) addDays(ctx context.Context, entries []entry) error {
	const q = `SELECT add_fix_day(day) FROM unnest($1::date[]) AS day ORDER BY day`
	missing := map[int64]struct{}{}
	for _, e := range entries {
		if _, ok := f.days.get(dayOf(e.TMs)); !ok {
			missing[dayOf(e.TMs)] = struct{}{}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var dates []time.Time
	for day := range missing {
		dates = append(dates, timeOf(day*dayMs))
	}
	if _, err := f.s.db.Exec(ctx, q, dates); err != nil {
		return fmt.Errorf("add days: %w", err)
	}
	for day := range missing {
		f.days.put(day, struct{}{}, f.s.now())
	}
	return nil
}

// committed remembers what was written and says what became of the batch.
func (f *Flusher) committed(w writing) patrol.Flushed {
	now := f.s.now()
	for _, v := range w.visits {
		f.visits.put(v, struct{}{}, now)
	}
	for _, d := range w.trackerDays {
		f.trackerDays.put(d, struct{}{}, now)
	}
	for _, fix := range w.stored {
		if mark, ok := f.marks.get(fix.Tracker); ok {
			f.marks.put(fix.Tracker, max(mark, fix.TMs), now)
		}
	}
	return patrol.Flushed{Seq: w.seq, Outcomes: w.b.outcomes, Stored: w.stored}
}

// age lets go of what has been remembered for too long.
func (f *Flusher) age() {
	now := f.s.now()
	f.days.age(now)
	f.visits.age(now)
	f.trackerDays.age(now)
	f.marks.age(now)
}

func (f *Flusher) forget() {
	f.days.forget()
	f.visits.forget()
	f.trackerDays.forget()
	f.marks.forget()
}
