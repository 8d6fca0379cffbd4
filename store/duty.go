package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// AddDuty keeps the start or end of a tracker's duty. What is told twice stands once.
func (s *Store) AddDuty(ctx context.Context, d patrol.Duty) error {
	const q = `
		INSERT INTO duties (tracker, t, on_duty, received_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (tracker, t) DO UPDATE SET on_duty = excluded.on_duty`
	_, err := s.db.Exec(ctx, q, d.Tracker, time.UnixMilli(d.TMs), d.On, s.now())
	return failed("add duty", err)
}

// LastDuty returns the newest start or end of a tracker's duty; patrol.ErrNotFound when
// it told none.
func (s *Store) LastDuty(ctx context.Context, tracker uuid.UUID) (patrol.Duty, error) {
	const q = `
		SELECT t, on_duty
		  FROM duties
		 WHERE tracker = $1
		 ORDER BY t DESC
		 LIMIT 1`
	d := patrol.Duty{Tracker: tracker}
	var at time.Time
	err := s.db.QueryRow(ctx, q, tracker).Scan(&at, &d.On)
	d.TMs = at.UnixMilli()
	return d, failed("read duty", err)
}

// sweepField drops what was told of times before kept, and links that ended then.
func (s *Store) sweepField(ctx context.Context, kept time.Time) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		for _, q := range []string{
			`DELETE FROM duties WHERE t < $1 AND received_at < $1`,
			`DELETE FROM field_links WHERE expires_at < $1`,
		} {
			if _, err := tx.Exec(ctx, q, kept); err != nil {
				return err
			}
		}
		return nil
	})
}
