package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// Lease takes what is free or run out of the watches, renews what holder has, and
// returns the leases that holder now has, for 5 seconds by the database's clock. The
// term grows whenever a lease was not held without a break.
func (s *Store) Lease(ctx context.Context, holder string, watches []uuid.UUID) ([]patrol.Lease, error) {
	const q = `
		INSERT INTO watch_leases AS l (watch, holder, term, expires_at)
		SELECT watch, $1, 1, clock_timestamp() + interval '5 seconds'
		  FROM unnest($2::uuid[]) AS watch
		 ORDER BY watch
		    ON CONFLICT (watch) DO UPDATE
		   SET holder     = excluded.holder,
		       term       = l.term + CASE WHEN l.holder = excluded.holder AND l.expires_at > clock_timestamp()
		                                  THEN 0 ELSE 1 END,
		       expires_at = clock_timestamp() + interval '5 seconds'
		 WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
		RETURNING watch, holder, term`
	rows, _ := s.db.Query(ctx, q, holder, watches)
	leases, err := pgx.CollectRows(rows, pgx.RowToStructByPos[patrol.Lease])
	return leases, failed("lease watches", err)
}

// lockLease makes sure that a lease is still its holder's, and that it stays so until
// the transaction ends; patrol.ErrLeaseLost otherwise.
func lockLease(ctx context.Context, tx pgx.Tx, l patrol.Lease) error {
	const q = `
		SELECT 1
		  FROM watch_leases
		 WHERE watch = $1 AND holder = $2 AND term = $3 AND expires_at > clock_timestamp()
		   FOR UPDATE`
	var held int
	err := tx.QueryRow(ctx, q, l.Watch, l.Holder, l.Term).Scan(&held)
	if errors.Is(err, pgx.ErrNoRows) {
		return patrol.ErrLeaseLost
	}
	return err
}
