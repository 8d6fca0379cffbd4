package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// feedKept is how far back the feed reaches; who was away longer rebuilds.
const feedKept = 24 * time.Hour

// Sweep drops what has outlived its use: the feed's rows of more than 24 hours ago,
// sessions that have ended, and, unless retentionDays is 0, the days of fixes that
// are past retention and in which nothing was received since, and such footprints,
// duties, field links and samples.
func (s *Store) Sweep(ctx context.Context, retentionDays int) error {
	now := s.now()
	err := errors.Join(
		s.sweepFeed(ctx, now.Add(-feedKept)),
		s.sweepSessions(ctx, now),
	)
	if retentionDays > 0 {
		kept := now.AddDate(0, 0, -retentionDays)
		err = errors.Join(err, s.sweepFixes(ctx, kept), s.sweepFootprints(ctx, kept), s.sweepSigns(ctx, kept), s.sweepField(ctx, kept), s.sweepSamples(ctx, kept))
	}
	return failed("sweep", err)
}

func (s *Store) sweepFeed(ctx context.Context, before time.Time) error {
	const q = `
		DELETE FROM feed
		 WHERE seq <= (SELECT max(seq) FROM feed WHERE at < $1)`
	_, err := s.db.Exec(ctx, q, before)
	return err
}

func (s *Store) sweepSessions(ctx context.Context, now time.Time) error {
	const q = `DELETE FROM sessions WHERE expires_at <= $1`
	_, err := s.db.Exec(ctx, q, now)
	return err
}

// sweepFixes drops, each in a transaction of its own, the days that ended before
// kept and in which nothing was received since kept.
func (s *Store) sweepFixes(ctx context.Context, kept time.Time) error {
	const (
		past = `SELECT day FROM fix_days() AS day WHERE (day + 1)::timestamptz <= $1`
		drop = `SELECT drop_fix_day($1, $2)`
	)
	rows, _ := s.db.Query(ctx, past, kept)
	days, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return err
	}
	for _, day := range days {
		var dropped bool
		if err := s.db.QueryRow(ctx, drop, day, kept).Scan(&dropped); err != nil {
			return err
		}
		if dropped {
			s.log.Info("dropped a day of fixes", "day", day.Format(time.DateOnly))
		}
	}
	return nil
}

// sweepFootprints drops the footprints of before kept that were received before it.
func (s *Store) sweepFootprints(ctx context.Context, kept time.Time) error {
	const (
		drop = `
			WITH gone AS (DELETE FROM footprints WHERE t < $1 AND received_at < $1 RETURNING t)
			UPDATE retention
			   SET horizon = greatest(horizon, (SELECT max(t) + interval '1 ms' FROM gone))
			 WHERE EXISTS (SELECT FROM gone)`
		forget = `
			DELETE FROM sightings s
			 WHERE slot < $1
			   AND NOT EXISTS (SELECT FROM footprints f
			                    WHERE f.tracker = s.tracker
			                      AND f.t >= to_timestamp(s.slot * 600.0) AND f.t < to_timestamp((s.slot + 1) * 600.0))`
	)
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, drop, kept); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, forget, slotOf(kept.UnixMilli()))
		return err
	})
}
