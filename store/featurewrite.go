package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// CreateFeature keeps the first version of a feature and returns its seq in the feed;
// patrol.ErrConflict when the id is taken or what it stands on has gone.
func (s *Store) CreateFeature(ctx context.Context, f patrol.Feature) (seq int64, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		seq, err = createFeature(ctx, tx, f)
		return err
	})
	return seq, failed("create feature", err)
}

func createFeature(ctx context.Context, tx pgx.Tx, f patrol.Feature) (seq int64, err error) {
	if err := holdReferences(ctx, tx, f); err != nil {
		return 0, err
	}
	if err := insertVersion(ctx, tx, f); err != nil {
		return 0, err
	}
	return appendToFeed(ctx, tx, createdKind, encodeFeatureRow(f.Collection, f.ID))
}

// ReplaceFeature keeps the next version of a feature and returns its seq in the feed.
// It takes the place of older ones from f.From on. patrol.ErrNotFound when the feature
// is not there or no more; patrol.ErrConflict when it is not f that follows the newest
// version, or what f stands on has gone.
func (s *Store) ReplaceFeature(ctx context.Context, f patrol.Feature) (seq int64, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		seq, err = replaceFeature(ctx, tx, f)
		return err
	})
	return seq, failed("replace feature", err)
}

func replaceFeature(ctx context.Context, tx pgx.Tx, f patrol.Feature) (seq int64, err error) {
	const yield = `
		UPDATE features
		   SET replaced_at = $3
		 WHERE collection = $1 AND id = $2 AND (replaced_at IS NULL OR replaced_at > $3)`
	if err := lockNewest(ctx, tx, f.Collection, f.ID, f.Version-1); err != nil {
		return 0, err
	}
	if err := holdReferences(ctx, tx, f); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, yield, f.Collection, f.ID, f.From); err != nil {
		return 0, err
	}
	if err := insertVersion(ctx, tx, f); err != nil {
		return 0, err
	}
	return appendChange(ctx, tx, f.Collection, f.ID)
}

// DeleteFeature ends a feature at a time, version being its newest, and returns the
// seq in the feed. A tracker's tokens end with it, a watch's open gaps are closed.
// patrol.ErrNotFound when it is not there; patrol.ErrConflict when it has a newer
// version; a *patrol.Conflict when others stand on it.
func (s *Store) DeleteFeature(ctx context.Context, collection string, id uuid.UUID, version int, at time.Time) (seq int64, err error) {
	const end = `
		UPDATE features
		   SET replaced_at = $3
		 WHERE collection = $1 AND id = $2 AND (replaced_at IS NULL OR replaced_at > $3)`
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockNewest(ctx, tx, collection, id, version); err != nil {
			return err
		}
		if err := checkNobodyStandsOn(ctx, tx, collection, id, at); err != nil {
			return err
		}
		switch collection {
		case patrol.Trackers:
			err = endTokens(ctx, tx, id)
		case patrol.Watches:
			err = endWatch(ctx, tx, id, at)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, end, collection, id, at); err != nil {
			return err
		}
		if err := moveGround(ctx, tx, collection); err != nil {
			return err
		}
		seq, err = appendToFeed(ctx, tx, featureKind, encodeFeatureRow(collection, id))
		return err
	})
	return seq, failed("delete feature", err)
}

func insertVersion(ctx context.Context, tx pgx.Tx, f patrol.Feature) error {
	const q = `
		INSERT INTO features (collection, id, version, geom, props, created_at, applies_from, in_force_from, in_force_to)
		VALUES ($1, $2, $3, ST_GeomFromEWKB($4), $5, $6, $7, $8, $9)`
	if f.Collection == patrol.Watches {
		f.Geometry = nil // its subject's, whatever that becomes
	}
	geom, err := encodeGeometry(f.Geometry)
	if err != nil {
		return err
	}
	from, to, err := orderOf(f)
	if err != nil {
		return err
	}
	if err := moveGround(ctx, tx, f.Collection); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, q, f.Collection, f.ID, f.Version, geom, []byte(f.Properties), f.Created, f.From, from, to)
	return err
}

// orderOf returns when the order of a zone's version holds; nil for drafts, liftings and
// what is no zone.
func orderOf(f patrol.Feature) (from, to *time.Time, err error) {
	if f.Collection != patrol.Zones {
		return nil, nil, nil
	}
	start, end, ok, err := patrol.ZoneOrder(f)
	if err != nil || !ok {
		return nil, nil, err
	}
	if end.IsZero() {
		return &start, nil, nil
	}
	return &start, &end, nil
}

// newestSQL finds the newest version of what is not deleted. It must be a statement of
// its own after the lock: one that waits for a row does not see the version that took
// its place.
const newestSQL = `
		SELECT version
		  FROM features
		 WHERE collection = $1 AND id = $2 AND replaced_at IS NULL`

// lockNewest makes sure that version is the newest of a feature that is not deleted,
// and that it stays so until the transaction ends; pgx.ErrNoRows when it is deleted.
func lockNewest(ctx context.Context, tx pgx.Tx, collection string, id uuid.UUID, version int) error {
	newest, err := lockFeature(ctx, tx, collection, id)
	if err == nil && newest != version {
		err = fmt.Errorf("version %d of %s/%v is not the newest: %w", version, collection, id, patrol.ErrConflict)
	}
	return err
}

// lockFeature keeps others from writing a feature until the transaction ends, and
// returns its newest version's number; pgx.ErrNoRows when it is deleted.
func lockFeature(ctx context.Context, tx pgx.Tx, collection string, id uuid.UUID) (newest int, err error) {
	const lock = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`
	if _, err := tx.Exec(ctx, lock, id.String()); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, newestSQL, collection, id).Scan(&newest)
	return newest, err
}

// holdReferences makes sure that what f stands on is there until the transaction ends.
func holdReferences(ctx context.Context, tx pgx.Tx, f patrol.Feature) error {
	references, err := patrol.References(f)
	if err != nil {
		return err
	}
	for _, r := range references {
		if err := holdFeature(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

func holdFeature(ctx context.Context, tx pgx.Tx, r patrol.Reference) error {
	const hold = `SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))`
	if _, err := tx.Exec(ctx, hold, r.ID.String()); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, newestSQL, r.Collection, r.ID)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("%s %s/%v is not there: %w", r.Field, r.Collection, r.ID, patrol.ErrConflict)
	}
	return err
}

// checkNobodyStandsOn refuses with a *patrol.Conflict to take away what others need
// then or later; assignments that have ended need nothing.
func checkNobodyStandsOn(ctx context.Context, tx pgx.Tx, collection string, id uuid.UUID, at time.Time) error {
	const q = `
		SELECT f.collection, count(*)
		  FROM features f
		 WHERE f.replaced_at IS NULL
		   AND (f.collection = 'areas'       AND $1 = 'areas' AND f.props->>'parent' = $2::uuid::text
		     OR f.collection = 'watches'     AND f.props->>'subject' = $1 || '/' || $2::uuid::text
		     OR f.collection = 'teams'       AND (f.props->>'area' = $2::uuid::text OR f.props->>'parent' = $2::uuid::text)
		     OR f.collection = 'trackers'    AND $1 = 'teams' AND f.props->>'team' = $2::uuid::text
		     OR f.collection = 'assignments' AND coalesce((f.props->>'to')::timestamptz, 'infinity') > $3
		        AND (f.props->>'team' = $2::uuid::text OR f.props->>'tracker' = $2::uuid::text
		          OR f.props->>'subject' = $1 || '/' || $2::uuid::text))
		 GROUP BY f.collection
		 UNION ALL
		SELECT 'roles of people', count(*) FROM grants WHERE $1 = 'areas' AND area = $2 HAVING count(*) > 0
		 ORDER BY 1`
	var others []string
	var on string
	var count int
	rows, _ := tx.Query(ctx, q, collection, id, at)
	_, err := pgx.ForEachRow(rows, []any{&on, &count}, func() error {
		others = append(others, fmt.Sprintf("%d %s", count, on))
		return nil
	})
	if err != nil || len(others) == 0 {
		return err
	}
	return &patrol.Conflict{Reason: "Others stand on it: " + strings.Join(others, ", ") + "; delete or change those first"}
}

// appendChange writes a change of a feature to the feed, after those that the watches
// over it undergo with it, and returns its seq.
func appendChange(ctx context.Context, tx pgx.Tx, collection string, id uuid.UUID) (seq int64, err error) {
	const q = `
		SELECT id
		  FROM features
		 WHERE collection = 'watches' AND replaced_at IS NULL AND props->>'subject' = $1 || '/' || $2::uuid::text
		 ORDER BY id`
	rows, _ := tx.Query(ctx, q, collection, id.String())
	watches, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, err
	}
	for _, watch := range watches {
		if _, err := appendToFeed(ctx, tx, featureKind, encodeFeatureRow(patrol.Watches, watch)); err != nil {
			return 0, err
		}
	}
	return appendToFeed(ctx, tx, featureKind, encodeFeatureRow(collection, id))
}
