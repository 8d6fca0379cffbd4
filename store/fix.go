package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// FixesOf returns the fixes that q selects, in order of time; all when its limit is 0.
func (s *Store) FixesOf(ctx context.Context, q patrol.EvidenceQuery) ([]patrol.Fix, error) {
	const list = `
		SELECT ` + fixColumns + fixesWhere + `
		 ORDER BY t
		 LIMIT nullif($5, 0)`
	inside, err := encodeGround(q.Inside)
	if err != nil {
		return nil, err
	}
	fixes, err := collectFixes(s.db.Query(ctx, list, binaryRows, q.Tracker, timeOf(q.FromMs), timeOf(q.ToMs), inside, q.Limit))
	return fixes, failed("read fixes", err)
}

// CountFixes returns how many fixes q selects, whatever its limit.
func (s *Store) CountFixes(ctx context.Context, q patrol.EvidenceQuery) (n int, err error) {
	inside, err := encodeGround(q.Inside)
	if err != nil {
		return 0, err
	}
	err = s.db.QueryRow(ctx, `SELECT count(*)`+fixesWhere, q.Tracker, timeOf(q.FromMs), timeOf(q.ToMs), inside).Scan(&n)
	return n, failed("count fixes", err)
}

const fixesWhere = `
		  FROM fixes
		 WHERE tracker = $1 AND t BETWEEN $2 AND $3
		   AND ($4::bytea IS NULL OR ST_Intersects(ST_GeomFromEWKB($4), ST_SetSRID(ST_Point(lon, lat), 4326)))`

// LastFixes returns the newest fix of every tracker that has one since sinceMs.
func (s *Store) LastFixes(ctx context.Context, sinceMs int64) ([]patrol.Fix, error) {
	const q = `
		SELECT tracker, max(day)
		  FROM tracker_days
		 WHERE day >= $1
		 GROUP BY tracker`
	days, err := newestDays(s.db.Query(ctx, q, timeOf(sinceMs)))
	if err != nil {
		return nil, failed("read last fixes", err)
	}
	fixes, err := lastFixes(ctx, s.db, days, sinceMs)
	return fixes, failed("read last fixes", err)
}

// LastFix returns a tracker's newest fix; patrol.ErrNotFound when it has none.
func (s *Store) LastFix(ctx context.Context, tracker uuid.UUID) (patrol.Fix, error) {
	fixes, err := lastFixesOf(ctx, s.db, []uuid.UUID{tracker})
	if err == nil && len(fixes) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return patrol.Fix{}, failed("read last fix", err)
	}
	return fixes[0], nil
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// lastFixesOf returns the newest fix of those of the trackers that have any.
func lastFixesOf(ctx context.Context, db querier, trackers []uuid.UUID) ([]patrol.Fix, error) {
	const q = `
		SELECT tracker, max(day)
		  FROM tracker_days
		 WHERE tracker = ANY ($1)
		 GROUP BY tracker`
	days, err := newestDays(db.Query(ctx, q, trackers))
	if err != nil {
		return nil, err
	}
	return lastFixes(ctx, db, days, 0)
}

// trackerDay is a UTC day in which a tracker has fixes.
type trackerDay struct {
	tracker uuid.UUID
	day     time.Time
}

func newestDays(rows pgx.Rows, err error) ([]trackerDay, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d trackerDay, err error) {
		err = row.Scan(&d.tracker, &d.day)
		return d, err
	})
}

// lastFixes returns the newest fix of each tracker on its day, not before sinceMs.
func lastFixes(ctx context.Context, db querier, newest []trackerDay, sinceMs int64) ([]patrol.Fix, error) {
	const q = `
		SELECT ` + fixColumns + `
		  FROM unnest($1::uuid[], $2::date[]) AS newest (of, day)
		 CROSS JOIN LATERAL (
		       SELECT *
		         FROM fixes
		        WHERE tracker = newest.of
		          AND t >= newest.day::timestamptz AND t < (newest.day + 1)::timestamptz
		          AND t >= $3 AND t < $4
		        ORDER BY t DESC
		        LIMIT 1) f`
	if len(newest) == 0 {
		return nil, nil
	}
	trackers, days := make([]uuid.UUID, len(newest)), make([]time.Time, len(newest))
	first, last := newest[0].day, newest[0].day
	for i, d := range newest {
		trackers[i], days[i] = d.tracker, d.day
		if d.day.Before(first) {
			first = d.day
		}
		if d.day.After(last) {
			last = d.day
		}
	}
	if since := timeOf(sinceMs); since.After(first) {
		first = since
	}
	return collectFixes(db.Query(ctx, q, binaryRows, trackers, days, first, last.AddDate(0, 0, 1)))
}
