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
	g.id, g.watch, g.watch_name, g.kind, ST_AsEWKB(g.outline), ST_AsEWKB(g.label), g.size, g.since,
	g.part, g.ring, g.from_m, g.to_m, g.present, g.min_staff,
	g.cause, g.setting, g.value, g.bound, g.state, g.opened_at, g.closed_at,
	g.severity, g.severity_level, g.acknowledged_at, g.acknowledged_by, g.assigned_to, g.assigned_name, g.note, g.reason`

func scanGap(row pgx.CollectableRow) (g patrol.Gap, err error) {
	var outline, label []byte
	var since, opened time.Time
	var closed, acknowledged *time.Time
	var part, ring, present, minStaff *int
	var fromM, toM *float64
	err = row.Scan(&g.ID, &g.Watch, &g.WatchName, &g.Kind, &outline, &label, &g.Size, &since,
		&part, &ring, &fromM, &toM, &present, &minStaff,
		&g.Why.Cause, &g.Why.Setting, &g.Why.Value, &g.Why.Limit, &g.State, &opened, &closed,
		&g.Severity.Score, &g.Severity.Level, &acknowledged, &g.AcknowledgedBy, &g.AssignedTo, &g.AssignedName, &g.Note, &g.Reason)
	if err != nil {
		return g, err
	}
	g.SinceMs, g.OpenedMs = since.UnixMilli(), opened.UnixMilli()
	g.ClosedMs, g.AcknowledgedMs = msOrZero(closed), msOrZero(acknowledged)
	if part != nil {
		g.Arc = &patrol.Arc{Part: *part, Ring: *ring, FromM: *fromM, ToM: *toM}
	}
	if present != nil {
		g.Short = &patrol.Shortfall{Present: *present, MinStaff: *minStaff}
	}
	if g.Shape, err = decodeGeometry(outline); err != nil {
		return g, err
	}
	g.Label, err = decodeAs[orb.Point](label)
	return g, err
}

// msOrZero returns Unix milliseconds, 0 for nil.
func msOrZero(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}

// timeOrNil is msOrZero's inverse.
func timeOrNil(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := timeOf(ms)
	return &t
}

// OpenGaps returns the recorded gaps of a watch that are not closed, oldest first.
func (s *Store) OpenGaps(ctx context.Context, watch uuid.UUID) ([]patrol.Gap, error) {
	const q = `
		SELECT ` + gapColumns + `
		  FROM gaps g
		 WHERE g.watch = $1 AND g.state <> 'closed'
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
		   AND (NOT $2 OR g.state <> 'closed')
		   AND ($3::uuid IS NULL OR g.watch = $3)
		   AND ($4 = '' OR g.cause = $4)
		   AND ($5 = '' OR g.severity_level = $5)
		   AND ($6::bytea IS NULL OR ST_Intersects(g.outline, ST_GeomFromEWKB($6)))
		   AND ($7::timestamptz IS NULL OR g.closed_at IS NULL OR g.closed_at > $7)
		   AND ($8::timestamptz IS NULL OR g.opened_at <= $8)
		   AND ($9 OR gap_seen(g.watch, $10, $11, ST_GeomFromEWKB($12)))`
		count = `SELECT count(*)` + where
		list  = `SELECT ` + gapColumns + where + ` AND g.id > $13 ORDER BY g.id LIMIT $14`
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
	in, err := scopeArgs(q.Scope)
	if err != nil {
		return nil, 0, err
	}
	args := append([]any{q.State, q.Stands, q.Watch, q.Cause, q.Level, box, from, to}, in...)
	batch := &pgx.Batch{}
	batch.Queue(count, args...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&matched)
	})
	batch.Queue(list, append(args, q.After, q.Limit)...).Query(func(rows pgx.Rows) error {
		gs, err = pgx.CollectRows(rows, scanGap)
		return err
	})
	return gs, matched, failed("list gaps", s.db.SendBatch(ctx, batch).Close())
}

// WriteGaps commits what evidence has changed of the gaps of the lease's watch, and
// returns the seq in the feed with the gaps as they now stand. How people handle a gap is
// left as they have it. When the lease is no longer the holder's it writes nothing and
// returns patrol.ErrLeaseLost.
func (s *Store) WriteGaps(ctx context.Context, lease patrol.Lease, changes []patrol.GapChange) (seq int64, written []patrol.GapChange, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockLease(ctx, tx, lease); err != nil {
			return err
		}
		if written, err = writeGaps(ctx, tx, lease.Watch, changes); err != nil {
			return err
		}
		seq, err = appendToFeed(ctx, tx, gapsKind, encodeGapsRow(lease.Watch, changes))
		return err
	})
	return seq, written, failed("write gaps", err)
}

func writeGaps(ctx context.Context, tx pgx.Tx, watch uuid.UUID, changes []patrol.GapChange) ([]patrol.GapChange, error) {
	const q = `
		INSERT INTO gaps AS g (id, watch, watch_name, kind, outline, label, size, since,
		                       cause, setting, value, bound, state, opened_at, closed_at, severity, severity_level,
		                       part, ring, from_m, to_m, present, min_staff)
		VALUES ($1, $2, $3, $4, ST_GeomFromEWKB($5), ST_GeomFromEWKB($6), $7, $8,
		        $9, $10, $11, $12, $13, $14, $15, $16, $17,
		        $18, $19, $20, $21, $22, $23)
		    ON CONFLICT (id) DO UPDATE
		   SET watch_name = excluded.watch_name,
		       outline    = excluded.outline,
		       label      = excluded.label,
		       size       = excluded.size,
		       part       = excluded.part,
		       ring       = excluded.ring,
		       from_m     = excluded.from_m,
		       to_m       = excluded.to_m,
		       present    = excluded.present,
		       min_staff  = excluded.min_staff,
		       since      = excluded.since,
		       cause      = excluded.cause,
		       setting    = excluded.setting,
		       value      = excluded.value,
		       bound      = excluded.bound,
		       state      = CASE excluded.state WHEN 'closed' THEN 'closed' ELSE g.state END,
		       closed_at  = excluded.closed_at,
		       severity       = excluded.severity,
		       severity_level = excluded.severity_level
		RETURNING ` + gapColumns
	// What has split off is handled as what it was part of.
	const inherit = `
		UPDATE gaps g
		   SET state           = of.state,
		       acknowledged_at = of.acknowledged_at,
		       acknowledged_by = of.acknowledged_by,
		       assigned_to     = of.assigned_to,
		       assigned_name   = of.assigned_name,
		       note            = of.note,
		       reason          = of.reason
		  FROM (SELECT * FROM gaps WHERE id = $2 AND state <> 'closed' FOR UPDATE) of
		 WHERE g.id = $1
		RETURNING ` + gapColumns
	written := make([]patrol.GapChange, len(changes))
	batch := &pgx.Batch{}
	for i, c := range changes {
		g := c.Gap
		if g.Watch != watch {
			return nil, fmt.Errorf("gap %v is of watch %v, the lease of %v", g.ID, g.Watch, watch)
		}
		outline, err := encodeGeometry(g.Shape)
		if err != nil {
			return nil, err
		}
		label, err := encodeGeometry(g.Label)
		if err != nil {
			return nil, err
		}
		state := patrol.GapOpen // of a new one
		if g.State == patrol.GapClosed {
			state = patrol.GapClosed
		}
		var part, ring, present, minStaff *int
		var fromM, toM *float64
		if a := g.Arc; a != nil {
			part, ring, fromM, toM = &a.Part, &a.Ring, &a.FromM, &a.ToM
		}
		if s := g.Short; s != nil {
			present, minStaff = &s.Present, &s.MinStaff
		}
		batch.Queue(q, g.ID, g.Watch, g.WatchName, g.Kind, outline, label, g.Size, timeOf(g.SinceMs),
			g.Why.Cause, g.Why.Setting, g.Why.Value, g.Why.Limit, state, timeOf(g.OpenedMs), timeOrNil(g.ClosedMs),
			g.Severity.Score, g.Severity.Level,
			part, ring, fromM, toM, present, minStaff,
		).Query(func(rows pgx.Rows) error {
			now, err := pgx.CollectExactlyOneRow(rows, scanGap)
			written[i] = patrol.GapChange{Event: c.Event, Gap: now, Other: c.Other}
			return err
		})
		e, ok := evidenceEvent(c)
		if ok {
			queueGapEvent(batch, g.ID, e)
		}
		if e.Event == "split" {
			batch.Queue(inherit, g.ID, c.Other).Query(func(rows pgx.Rows) error {
				heirs, err := pgx.CollectRows(rows, scanGap)
				for _, now := range heirs {
					written[i].Gap = now
				}
				return err
			})
		}
	}
	return written, tx.SendBatch(ctx, batch).Close()
}
