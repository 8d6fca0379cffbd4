package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// knownF and knownA say that a version f or a applied at $1, as far as was recorded by $2
// (NULL: as it is now).
const (
	knownF = `CASE WHEN $2::timestamptz IS NULL THEN applies(f, $1) ELSE applied(f, $1, $2) END`
	knownA = `CASE WHEN $2::timestamptz IS NULL THEN applies(a, $1) ELSE applied(a, $1, $2) END`
)

// RosterKnown returns who answers for what in the versions that applied at a moment, of
// those recorded by when it may be known. Where there are no assignments it is empty.
func (s *Store) RosterKnown(ctx context.Context, m patrol.Moment) (patrol.Roster, error) {
	const q = `
		SELECT f.collection, f.id, f.props
		  FROM features f
		 WHERE f.collection IN ('assignments', 'teams', 'trackers', 'areas') AND ` + knownF + `
		   AND EXISTS (SELECT FROM features a WHERE a.collection = 'assignments' AND ` + knownA + `)
		   AND (f.collection <> 'trackers' OR f.props ? 'team'
		     OR EXISTS (SELECT FROM features a
		                 WHERE a.collection = 'assignments' AND ` + knownA + ` AND a.props->>'tracker' = f.id::text))
		 ORDER BY f.collection, f.id`
	rows, _ := s.db.Query(ctx, q, timeOf(m.AtMs), knownBy(m))
	fs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f patrol.Feature, err error) {
		err = row.Scan(&f.Collection, &f.ID, &f.Properties)
		return f, err
	})
	if err != nil {
		return patrol.Roster{}, failed("read the roster", err)
	}
	return patrol.NewRoster(fs)
}

// LastReports returns the time of the newest fix of each tracker that has one from..to.
func (p past) LastReports(ctx context.Context, trackers []uuid.UUID, fromMs, toMs int64) (map[uuid.UUID]int64, error) {
	const q = `
		SELECT of, newest.t
		  FROM unnest($1::uuid[]) AS of
		 CROSS JOIN LATERAL (
		       SELECT t
		         FROM fixes
		        WHERE tracker = of AND t BETWEEN $2 AND $3
		        ORDER BY t DESC
		        LIMIT 1) newest`
	rows, _ := p.tx.Query(ctx, q, trackers, timeOf(fromMs), timeOf(toMs))
	last := map[uuid.UUID]int64{}
	var tracker uuid.UUID
	var t time.Time
	_, err := pgx.ForEachRow(rows, []any{&tracker, &t}, func() error {
		last[tracker] = t.UnixMilli()
		return nil
	})
	return last, failed("read last reports", err)
}
