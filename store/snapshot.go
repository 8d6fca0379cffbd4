package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/geo"
	"xunfang/patrol"
)

// SaveSnapshot puts s in the place of its watch's snapshot. When the lease is no longer
// the holder's it writes nothing and returns patrol.ErrLeaseLost.
func (s *Store) SaveSnapshot(ctx context.Context, lease patrol.Lease, snapshot patrol.Snapshot) error {
	const q = `
		INSERT INTO watch_snapshots (watch, version, subject_version, seq, at, data)
		VALUES ($1, $2, $3, $4, $5, $6)
		    ON CONFLICT (watch) DO UPDATE
		   SET version         = excluded.version,
		       subject_version = excluded.subject_version,
		       seq             = excluded.seq,
		       at              = excluded.at,
		       data            = excluded.data`
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockLease(ctx, tx, lease); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, q, lease.Watch, snapshot.Version, snapshot.SubjectVersion, snapshot.Seq,
			timeOf(int64(snapshot.At)*1000), snapshot.Data)
		return err
	})
	return failed("save a snapshot", err)
}

// Snapshot returns a watch's snapshot; patrol.ErrNotFound when there is none.
func (s *Store) Snapshot(ctx context.Context, watch uuid.UUID) (patrol.Snapshot, error) {
	const q = `
		SELECT version, subject_version, seq, at, data
		  FROM watch_snapshots
		 WHERE watch = $1`
	out := patrol.Snapshot{Watch: watch}
	var at time.Time
	err := s.db.QueryRow(ctx, q, watch).Scan(&out.Version, &out.SubjectVersion, &out.Seq, &at, &out.Data)
	out.At = geo.Stamp(at.Unix())
	return out, failed("read a snapshot", err)
}
