package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// ActOnGap has a person's event done to a gap and returns its seq in the feed with the gap
// as it now stands. patrol.ErrNotFound when there is no such gap; a *patrol.Conflict when
// its state does not allow it; a *patrol.Invalid when it names somebody who is not here.
func (s *Store) ActOnGap(ctx context.Context, id uuid.UUID, e patrol.GapEvent) (seq int64, g patrol.Gap, err error) {
	const (
		lock = `SELECT ` + gapColumns + ` FROM gaps g WHERE g.id = $1 FOR UPDATE`
		set  = `
		UPDATE gaps
		   SET state           = $2,
		       acknowledged_at = $3,
		       acknowledged_by = $4,
		       assigned_to     = $5,
		       assigned_name   = $6,
		       note            = $7,
		       reason          = $8
		 WHERE id = $1`
	)
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, lock, id)
		if g, err = pgx.CollectExactlyOneRow(rows, scanGap); err != nil {
			return err
		}
		name, err := assigneeName(ctx, tx, e.To, s.now())
		if err != nil {
			return err
		}
		if g, err = g.Act(e, name); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(set, id, g.State, timeOrNil(g.AcknowledgedMs), g.AcknowledgedBy, g.AssignedTo, g.AssignedName, g.Note, g.Reason)
		queueGapEvent(batch, id, e)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		seq, err = appendToFeed(ctx, tx, gapsKind, append(g.Watch[:], id[:]...))
		return err
	})
	return seq, g, failed("act on a gap", err)
}

// assigneeName returns the name of teams/ID, trackers/ID or users/NAME; "" of nobody.
func assigneeName(ctx context.Context, tx pgx.Tx, to string, now time.Time) (name string, err error) {
	const (
		user    = `SELECT name FROM users WHERE name = $1`
		feature = `
		SELECT f.props->>'name'
		  FROM features f
		 WHERE f.collection = $2 AND f.id = $3 AND applies(f, $1)`
	)
	if to == "" {
		return "", nil
	}
	a, err := patrol.ParseAssignee(to)
	if err != nil {
		return "", err
	}
	if a.User != "" {
		err = tx.QueryRow(ctx, user, a.User).Scan(&name)
	} else {
		err = tx.QueryRow(ctx, feature, now, a.Collection, a.ID).Scan(&name)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return "", patrol.Invalidf("to", "names nobody who is here")
	}
	return name, err
}

// GapHistory returns what has happened to a gap, oldest first; patrol.ErrNotFound when
// there is no such gap.
func (s *Store) GapHistory(ctx context.Context, id uuid.UUID) ([]patrol.GapEvent, error) {
	const q = `
		SELECT e.at, e.event, e.by, e.note, e.assigned_to, e.other
		  FROM gap_events e
		 WHERE e.gap = $1
		 ORDER BY e.n`
	rows, _ := s.db.Query(ctx, q, id)
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e patrol.GapEvent, err error) {
		var at time.Time
		var other *uuid.UUID
		err = row.Scan(&at, &e.Event, &e.By, &e.Note, &e.To, &other)
		e.AtMs = at.UnixMilli()
		if other != nil {
			e.Other = *other
		}
		return e, err
	})
	if err == nil && len(events) == 0 {
		err = pgx.ErrNoRows
	}
	return events, failed("read a gap's history", err)
}

// evidenceEvent returns what a change by evidence is in a gap's life, if it is one.
func evidenceEvent(c patrol.GapChange) (patrol.GapEvent, bool) {
	e := patrol.GapEvent{AtMs: c.Gap.OpenedMs, Event: c.Event, Other: c.Other}
	switch {
	case c.Event == "changed":
		return e, false
	case c.Event == "opened" && c.Other != uuid.Nil:
		e.Event = "split"
	case c.Event == "closed":
		e.AtMs = c.Gap.ClosedMs
		if c.Other != uuid.Nil {
			e.Event = "merged"
		}
	}
	return e, true
}

func queueGapEvent(batch *pgx.Batch, gap uuid.UUID, e patrol.GapEvent) {
	const q = `
		INSERT INTO gap_events (gap, at, event, by, note, assigned_to, other)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	var other *uuid.UUID
	if e.Other != uuid.Nil {
		other = &e.Other
	}
	batch.Queue(q, gap, timeOf(e.AtMs), e.Event, e.By, e.Note, e.To, other)
}
