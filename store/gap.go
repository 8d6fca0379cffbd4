package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

const gapColumns = `
	g.id, g.watch, g.watch_name, g.kind, ST_AsEWKB(g.outline), ST_AsEWKB(g.label), g.size_m2, g.since,
	g.cause, g.setting, g.value, g.bound, g.state, g.opened_at, g.closed_at`

func scanGap(row pgx.CollectableRow) (g patrol.Gap, err error) {
	var outline, label []byte
	var since, opened time.Time
	var closed *time.Time
	err = row.Scan(&g.ID, &g.Watch, &g.WatchName, &g.Kind, &outline, &label, &g.Size, &since,
		&g.Why.Cause, &g.Why.Setting, &g.Why.Value, &g.Why.Limit, &g.State, &opened, &closed)
	if err != nil {
		return g, err
	}
	g.SinceMs, g.OpenedMs = since.UnixMilli(), opened.UnixMilli()
	if closed != nil {
		g.ClosedMs = closed.UnixMilli()
	}
	if g.Shape, err = decodeAs[orb.MultiPolygon](outline); err != nil {
		return g, err
	}
	g.Label, err = decodeAs[orb.Point](label)
	return g, err
}

// OpenGaps returns the recorded gaps of a watch that are not closed, oldest first.
func (s *Store) OpenGaps(ctx context.Context, watch uuid.UUID) ([]patrol.Gap, error) {
	const q = `
		SELECT ` + gapColumns + `
		  FROM gaps g
		 WHERE g.watch = $1 AND g.state = 'open'
		 ORDER BY g.id`
	rows, _ := s.db.Query(ctx, q, watch)
	gs, err := pgx.CollectRows(rows, scanGap)
	return gs, failed("read open gaps", err)
}

// Gap returns one recorded gap; patrol.ErrNotFound when there is none of that id.
func (s *Store) Gap(ctx context.Context, id uuid.UUID) (patrol.Gap, error) {
	const q = `SELECT ` + gapColumns + ` FROM gaps g WHERE g.id = $1`
	rows, _ := s.db.Query(ctx, q, id)
	g, err := pgx.CollectExactlyOneRow(rows, scanGap)
	return g, failed("find gap", err)
}

// Gaps returns the recorded gaps that q selects, and how many match it on all pages
// together.
func (s *Store) Gaps(ctx context.Context, q patrol.GapQuery) (gs []patrol.Gap, matched int, err error) {
	const (
		where = `
		  FROM gaps g
		 WHERE ($1 = '' OR g.state = $1)
		   AND ($2::uuid IS NULL OR g.watch = $2)
		   AND ($3 = '' OR g.cause = $3)
		   AND ($4::bytea IS NULL OR ST_Intersects(g.outline, ST_GeomFromEWKB($4)))
		   AND ($5::timestamptz IS NULL OR g.closed_at IS NULL OR g.closed_at > $5)
		   AND ($6::timestamptz IS NULL OR g.opened_at <= $6)`
		count = `SELECT count(*)` + where
		list  = `SELECT ` + gapColumns + where + ` AND g.id > $7 ORDER BY g.id LIMIT $8`
	)
	box, err := encodeBox(q.BBox)
	if err != nil {
		return nil, 0, err
	}
	var from, to *time.Time
	if q.During != nil {
		first, last := timeOf(q.During.FromMs), timeOf(q.During.ToMs)
		from, to = &first, &last
	}
	batch := &pgx.Batch{}
	batch.Queue(count, q.State, q.Watch, q.Cause, box, from, to).QueryRow(func(row pgx.Row) error {
		return row.Scan(&matched)
	})
	batch.Queue(list, q.State, q.Watch, q.Cause, box, from, to, q.After, q.Limit).Query(func(rows pgx.Rows) error {
		gs, err = pgx.CollectRows(rows, scanGap)
		return err
	})
	return gs, matched, failed("list gaps", s.db.SendBatch(ctx, batch).Close())
}

// WriteGaps commits changes of the lease's watch and returns their seq in the feed.
// When the lease is no longer the holder's it writes nothing and returns
// patrol.ErrLeaseLost.
func (s *Store) WriteGaps(ctx context.Context, lease patrol.Lease, changes []patrol.GapChange) (seq int64, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockLease(ctx, tx, lease); err != nil {
			return err
		}
		if err := writeGaps(ctx, tx, lease.Watch, changes); err != nil {
			return err
		}
		seq, err = appendToFeed(ctx, tx, gapsKind, encodeGapsRow(lease.Watch, changes))
		return err
	})
	return seq, failed("write gaps", err)
}

func writeGaps(ctx context.Context, tx pgx.Tx, watch uuid.UUID, changes []patrol.GapChange) error {
	const q = `
		INSERT INTO gaps (id, watch, watch_name, kind, outline, label, size_m2, since,
		                  cause, setting, value, bound, state, opened_at, closed_at)
		VALUES ($1, $2, $3, $4, ST_GeomFromEWKB($5), ST_GeomFromEWKB($6), $7, $8,
		        $9, $10, $11, $12, $13, $14, $15)
		    ON CONFLICT (id) DO UPDATE
		   SET watch_name = excluded.watch_name,
		       outline    = excluded.outline,
		       label      = excluded.label,
		       size_m2    = excluded.size_m2,
		       since      = excluded.since,
		       cause      = excluded.cause,
		       setting    = excluded.setting,
		       value      = excluded.value,
		       bound      = excluded.bound,
		       state      = excluded.state,
		       closed_at  = excluded.closed_at`
	batch := &pgx.Batch{}
	for _, c := range changes {
		g := c.Gap
		if g.Watch != watch {
			return fmt.Errorf("gap %v is of watch %v, the lease of %v", g.ID, g.Watch, watch)
		}
		outline, err := encodeGeometry(g.Shape)
		if err != nil {
			return err
		}
		label, err := encodeGeometry(g.Label)
		if err != nil {
			return err
		}
		var closed *time.Time
		if g.ClosedMs != 0 {
			at := timeOf(g.ClosedMs)
			closed = &at
		}
		batch.Queue(q, g.ID, g.Watch, g.WatchName, g.Kind, outline, label, g.Size, timeOf(g.SinceMs),
			g.Why.Cause, g.Why.Setting, g.Why.Value, g.Why.Limit, g.State, timeOf(g.OpenedMs), closed)
	}
	return tx.SendBatch(ctx, batch).Close()
}
