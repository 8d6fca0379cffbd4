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
// are past retention and in which nothing was received since.
func (s *Store) Sweep(ctx context.Context, retentionDays int) error {
	now := s.now()
	err := errors.Join(
		s.sweepFeed(ctx, now.Add(-feedKept)),
		s.sweepSessions(ctx, now),
	)
	if retentionDays > 0 {
		err = errors.Join(err, s.sweepFixes(ctx, now.AddDate(0, 0, -retentionDays)))
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
