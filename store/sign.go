package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xunfang/patrol"
)

// AddSigns commits those that are new and returns them with their seq in the feed, 0 when
// there are none. Any error is a patrol.ErrUnavailable: they may or may not be there, and
// can be given again.
func (s *Store) AddSigns(ctx context.Context, signs []patrol.Sign) (seq int64, added []patrol.Sign, err error) {
	const q = `
		INSERT INTO signs (tracker, t, checkpoint, received_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`
	signs = slices.Clone(signs)
	slices.SortStableFunc(signs, compareSigns) // in one order everywhere, so that nobody waits in a circle
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		added = nil
		batch := &pgx.Batch{}
		for _, sign := range signs {
			batch.Queue(q, sign.Tracker, timeOf(sign.TMs), sign.Checkpoint, timeOf(sign.ReceivedMs)).
				Exec(func(done pgconn.CommandTag) error {
					if done.RowsAffected() > 0 {
						added = append(added, sign)
					}
					return nil
				})
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil || len(added) == 0 {
			return err
		}
		seq, err = appendToFeed(ctx, tx, signsKind, encodeSpans(spansOf(added, signMoment)))
		return err
	})
	if err != nil {
		return 0, nil, fmt.Errorf("add %d signs: %w: %w", len(signs), patrol.ErrUnavailable, err)
	}
	return seq, added, nil
}

func compareSigns(a, b patrol.Sign) int {
	return cmp.Or(bytes.Compare(a.Tracker[:], b.Tracker[:]), cmp.Compare(a.TMs, b.TMs), bytes.Compare(a.Checkpoint[:], b.Checkpoint[:]))
}

// Signs returns the signs within spans.
func (p past) Signs(ctx context.Context, spans []patrol.Span) ([]patrol.Sign, error) {
	const q = `
		SELECT s.tracker, s.t, s.checkpoint, s.received_at
		  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS span (of, first, last)
		  JOIN signs s ON s.tracker = span.of AND s.t BETWEEN span.first AND span.last`
	var trackers []uuid.UUID
	var firsts, lasts []time.Time
	for _, s := range mergeSpans(spans) {
		trackers = append(trackers, s.Tracker)
		firsts, lasts = append(firsts, timeOf(s.FromMs)), append(lasts, timeOf(s.ToMs))
	}
	rows, _ := p.tx.Query(ctx, q, trackers, firsts, lasts)
	signs, err := pgx.CollectRows(rows, scanSign)
	return signs, failed("read signs", err)
}

func scanSign(row pgx.CollectableRow) (s patrol.Sign, err error) {
	var t, received time.Time
	err = row.Scan(&s.Tracker, &t, &s.Checkpoint, &received)
	s.TMs, s.ReceivedMs = t.UnixMilli(), received.UnixMilli()
	return s, err
}

// CheckIns returns who checked in at a checkpoint between two times.
func (p past) CheckIns(ctx context.Context, checkpoint uuid.UUID, fromMs, toMs int64) ([]uuid.UUID, error) {
	const q = `
		SELECT DISTINCT tracker
		  FROM signs
		 WHERE checkpoint = $1 AND checkpoint <> '00000000-0000-0000-0000-000000000000' AND t BETWEEN $2 AND $3`
	rows, _ := p.tx.Query(ctx, q, checkpoint, timeOf(fromMs), timeOf(toMs))
	trackers, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return trackers, failed("find check-ins", err)
}

// Carriers returns what applied of the trackers at a time, or last, where they are
// deleted; of those that there never were nothing.
func (p past) Carriers(ctx context.Context, trackers []uuid.UUID, atMs int64) (map[uuid.UUID]patrol.Carrier, error) {
	const q = `
		SELECT DISTINCT ON (id) id, props->>'kind', coalesce(props->>'person', '')
		  FROM features
		 WHERE collection = 'trackers' AND id = ANY ($1) AND (applies_from <= $2 OR version = 1)
		 ORDER BY id, version DESC`
	carriers := make(map[uuid.UUID]patrol.Carrier, len(trackers))
	var id uuid.UUID
	var c patrol.Carrier
	rows, _ := p.tx.Query(ctx, q, trackers, timeOf(atMs))
	_, err := pgx.ForEachRow(rows, []any{&id, &c.Kind, &c.Person}, func() error {
		carriers[id] = c
		return nil
	})
	return carriers, failed("find who carries trackers", err)
}

// CheckpointSecret returns the secret of a checkpoint's codes, made when first asked for;
// patrol.ErrNotFound when there is no such checkpoint.
func (s *Store) CheckpointSecret(ctx context.Context, checkpoint uuid.UUID) ([]byte, error) {
	const (
		there = `
			SELECT EXISTS (SELECT FROM features f WHERE f.collection = 'checkpoints' AND f.id = $2 AND applies(f, $1))`
		create = `INSERT INTO checkpoint_secrets (checkpoint, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING`
		read   = `SELECT secret FROM checkpoint_secrets WHERE checkpoint = $1`
	)
	var exists bool
	if err := s.db.QueryRow(ctx, there, s.now(), checkpoint).Scan(&exists); err != nil {
		return nil, failed("find a checkpoint", err)
	}
	if !exists {
		return nil, failed("find a checkpoint", pgx.ErrNoRows)
	}
	fresh := make([]byte, 32)
	rand.Read(fresh)
	var secret []byte
	err := s.db.QueryRow(ctx, read, checkpoint).Scan(&secret)
	if err == nil {
		return secret, nil
	}
	if _, err := s.db.Exec(ctx, create, checkpoint, fresh); err != nil {
		return nil, failed("make a checkpoint's secret", err)
	}
	err = s.db.QueryRow(ctx, read, checkpoint).Scan(&secret)
	return secret, failed("read a checkpoint's secret", err)
}

// sweepSigns drops the signs of before kept that were received before it.
func (s *Store) sweepSigns(ctx context.Context, kept time.Time) error {
	const q = `
		WITH gone AS (DELETE FROM signs WHERE t < $1 AND received_at < $1 RETURNING t)
		UPDATE retention
		   SET horizon = greatest(horizon, (SELECT max(t) + interval '1 ms' FROM gone))
		 WHERE EXISTS (SELECT FROM gone)`
	_, err := s.db.Exec(ctx, q, kept)
	return err
}
