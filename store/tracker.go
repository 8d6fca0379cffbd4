package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// CreateTracker keeps a new tracker with the hash of its token, and returns its seq
// in the feed.
func (s *Store) CreateTracker(ctx context.Context, f patrol.Feature, tokenHash []byte) (seq int64, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if err := addToken(ctx, tx, f.ID, tokenHash); err != nil {
			return err
		}
		seq, err = createFeature(ctx, tx, f)
		return err
	})
	return seq, failed("create tracker", err)
}

// SetTrackerToken gives a tracker the token with that hash in place of all it had, or
// none for nil; patrol.ErrNotFound when there is no such tracker.
func (s *Store) SetTrackerToken(ctx context.Context, tracker uuid.UUID, tokenHash []byte) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := lockFeature(ctx, tx, patrol.Trackers, tracker); err != nil {
			return err
		}
		if err := endTokens(ctx, tx, tracker); err != nil || tokenHash == nil {
			return err
		}
		return addToken(ctx, tx, tracker, tokenHash)
	})
	return failed("set a tracker's token", err)
}

func addToken(ctx context.Context, tx pgx.Tx, tracker uuid.UUID, hash []byte) error {
	const q = `INSERT INTO tracker_tokens (token_hash, tracker) VALUES ($1, $2)`
	_, err := tx.Exec(ctx, q, hash, tracker)
	return err
}

func endTokens(ctx context.Context, tx pgx.Tx, tracker uuid.UUID) error {
	const q = `DELETE FROM tracker_tokens WHERE tracker = $1`
	_, err := tx.Exec(ctx, q, tracker)
	return err
}

// TrackerByToken returns whose token it is; patrol.ErrNotFound when it is nobody's.
func (s *Store) TrackerByToken(ctx context.Context, hash []byte) (patrol.Tracker, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM tracker_tokens t
		  JOIN features f ON f.collection = 'trackers' AND f.id = t.tracker AND applies(f, $1)
		 WHERE t.token_hash = $2`
	rows, _ := s.db.Query(ctx, q, s.now(), hash)
	t, err := pgx.CollectExactlyOneRow(rows, scanTracker)
	return t, failed("find tracker", err)
}

// Trackers lists every tracker, oldest first.
func (s *Store) Trackers(ctx context.Context) ([]patrol.Tracker, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = 'trackers' AND applies(f, $1)
		 ORDER BY f.id`
	rows, _ := s.db.Query(ctx, q, s.now())
	ts, err := pgx.CollectRows(rows, scanTracker)
	return ts, failed("list trackers", err)
}

// TrackerKinds returns the kind of every tracker there ever was.
func (s *Store) TrackerKinds(ctx context.Context) (map[uuid.UUID]patrol.Kind, error) {
	const q = `
		SELECT id, props->>'kind'
		  FROM features
		 WHERE collection = 'trackers' AND version = 1`
	kinds := map[uuid.UUID]patrol.Kind{}
	var id uuid.UUID
	var kind patrol.Kind
	rows, _ := s.db.Query(ctx, q)
	_, err := pgx.ForEachRow(rows, []any{&id, &kind}, func() error {
		kinds[id] = kind
		return nil
	})
	return kinds, failed("list kinds of trackers", err)
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
