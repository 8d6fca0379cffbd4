package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// CreateTracker keeps a new tracker with the hash of its token, and returns its seq
// in the feed.
func (s *Store) CreateTracker(ctx context.Context, f patrol.Feature, tokenHash []byte) (seq int64, err error) {
	const q = `INSERT INTO tracker_tokens (token_hash, tracker) VALUES ($1, $2)`
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, q, tokenHash, f.ID); err != nil {
			return err
		}
		seq, err = createFeature(ctx, tx, f)
		return err
	})
	return seq, failed("create tracker", err)
}

// TrackerByToken returns whose token it is; patrol.ErrNotFound when it is nobody's.
func (s *Store) TrackerByToken(ctx context.Context, hash []byte) (patrol.Tracker, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM tracker_tokens t
		  JOIN features f ON f.collection = 'trackers' AND f.id = t.tracker AND f.replaced_at IS NULL
		 WHERE t.token_hash = $1`
	rows, _ := s.db.Query(ctx, q, hash)
	t, err := pgx.CollectExactlyOneRow(rows, scanTracker)
	return t, failed("find tracker", err)
}

// Trackers lists every tracker, oldest first.
func (s *Store) Trackers(ctx context.Context) ([]patrol.Tracker, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = 'trackers' AND f.replaced_at IS NULL
		 ORDER BY f.id`
	rows, _ := s.db.Query(ctx, q)
	ts, err := pgx.CollectRows(rows, scanTracker)
	return ts, failed("list trackers", err)
}

func scanTracker(row pgx.CollectableRow) (patrol.Tracker, error) {
	f, err := scanFeature(row)
	if err != nil {
		return patrol.Tracker{}, err
	}
	t, err := patrol.ParseTracker(f)
	if err != nil {
		return t, fmt.Errorf("read tracker %v: %w", f.ID, err)
	}
	return t, nil
}
