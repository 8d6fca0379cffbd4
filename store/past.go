package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// At runs f on one snapshot of the store; f's own errors come back as they are.
func (s *Store) At(ctx context.Context, f func(patrol.Past) error) error {
	tx, err := s.db.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return failed("open the past", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	return f(past{tx})
}

// past is a patrol.Past within one read-only transaction.
type past struct{ tx pgx.Tx }

// Since returns the feed's head and its rows after cursor; with ErrFeedGone the head
// alone.
func (p past) Since(ctx context.Context, cursor int64) (head int64, changes []patrol.Change, err error) {
	const (
		headSQL = `SELECT seq FROM feed_head`
		rowsSQL = `SELECT seq, kind, payload FROM feed WHERE seq > $1 ORDER BY seq`
	)
	if err := p.tx.QueryRow(ctx, headSQL).Scan(&head); err != nil {
		return 0, nil, failed("read the feed's head", err)
	}
	rows, _ := p.tx.Query(ctx, rowsSQL, cursor)
	if changes, err = pgx.CollectRows(rows, scanChange); err != nil {
		return 0, nil, failed("read the feed", err)
	}
	// A cursor ahead of the head is from another database's life.
	if int64(len(changes)) != head-cursor {
		return head, nil, patrol.ErrFeedGone
	}
	return head, changes, nil
}

// Fixes returns the fixes within spans, each once, by tracker and time.
func (p past) Fixes(ctx context.Context, spans []patrol.Span) ([]patrol.Fix, error) {
	const q = spanSQL + `
		         FROM fixes
		        WHERE tracker = span.of AND t BETWEEN span.first AND span.last AND t BETWEEN $4 AND $5
		        ORDER BY t) f`
	fixes, err := p.within(ctx, spans, q)
	return fixes, failed("read fixes", err)
}

// Superseded returns what within spans lost to another fix of its tracker and
// millisecond, by tracker and time.
func (p past) Superseded(ctx context.Context, spans []patrol.Span) ([]patrol.Fix, error) {
	const q = spanSQL + `
		         FROM fixes_superseded
		        WHERE tracker = span.of AND t BETWEEN span.first AND span.last AND t BETWEEN $4 AND $5
		        ORDER BY t) f`
	fixes, err := p.within(ctx, spans, q)
	return fixes, failed("read superseded fixes", err)
}

// spanSQL begins a look-up span by span: in the index, whatever the planner thinks
// of the spans. The range over all of them, $4 to $5, says which days to look in.
const spanSQL = `
		SELECT ` + fixColumns + `
		  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS span (of, first, last)
		 CROSS JOIN LATERAL (
		       SELECT *`

func (p past) within(ctx context.Context, spans []patrol.Span, sql string) ([]patrol.Fix, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	spans = mergeSpans(spans)
	var trackers []uuid.UUID
	var firsts, lasts []time.Time
	from, to := spans[0].FromMs, spans[0].ToMs
	for _, s := range spans {
		trackers = append(trackers, s.Tracker)
		firsts, lasts = append(firsts, timeOf(s.FromMs)), append(lasts, timeOf(s.ToMs))
		from, to = min(from, s.FromMs), max(to, s.ToMs)
	}
	fixes, err := collectFixes(p.tx.Query(ctx, sql, binaryRows, trackers, firsts, lasts, timeOf(from), timeOf(to)))
	slices.SortFunc(fixes, compareKeys) // as they come already, though SQL does not promise it
	return fixes, err
}

// mergeSpans returns spans by tracker and time, those that meet joined.
func mergeSpans(spans []patrol.Span) []patrol.Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b patrol.Span) int {
		return cmp.Or(bytes.Compare(a.Tracker[:], b.Tracker[:]), cmp.Compare(a.FromMs, b.FromMs))
	})
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && merged[n-1].Tracker == s.Tracker && s.FromMs <= merged[n-1].ToMs {
			merged[n-1].ToMs = max(merged[n-1].ToMs, s.ToMs)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
