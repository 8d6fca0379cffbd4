package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// featureColumns are of the features f as of the time $1: a watch has the shape that
// its subject has then.
const featureColumns = `
	f.collection, f.id, f.version,
	CASE WHEN f.replaced_at IS NULL THEN f.version
	     ELSE (SELECT max(n.version) FROM features n WHERE n.collection = f.collection AND n.id = f.id) END,
	ST_AsEWKB(CASE f.collection WHEN 'watches' THEN subject_geom(f.props->>'subject', $1) ELSE f.geom END),
	f.props, f.created_at, f.applies_from, f.replaced_at`

func scanFeature(row pgx.CollectableRow) (f patrol.Feature, err error) {
	var geom, props []byte
	var until *time.Time
	if err = row.Scan(&f.Collection, &f.ID, &f.Version, &f.Newest, &geom, &props, &f.Created, &f.From, &until); err != nil {
		return f, err
	}
	if until != nil {
		f.Until = *until
	}
	f.Properties = json.RawMessage(props)
	f.Geometry, err = decodeGeometry(geom)
	return f, err
}

// Feature returns the version that applies now; patrol.ErrNotFound when there is none.
func (s *Store) Feature(ctx context.Context, collection string, id uuid.UUID) (patrol.Feature, error) {
	return s.FeatureAt(ctx, collection, id, s.now())
}

// FeatureAt returns the version that applies at a time; patrol.ErrNotFound when there
// is none.
func (s *Store) FeatureAt(ctx context.Context, collection string, id uuid.UUID, at time.Time) (patrol.Feature, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = $2 AND f.id = $3 AND applies(f, $1)`
	rows, _ := s.db.Query(ctx, q, at, collection, id)
	f, err := pgx.CollectExactlyOneRow(rows, scanFeature)
	return f, failed("find feature", err)
}

// Versions returns every version of a feature that a scope sees, oldest first;
// patrol.ErrNotFound when there is no such feature or it was deleted.
func (s *Store) Versions(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) ([]patrol.Feature, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = $2 AND f.id = $3
		   AND ($4 OR seen(f, $5, $6, ST_GeomFromEWKB($7)))
		   AND EXISTS (SELECT FROM features n WHERE n.collection = $2 AND n.id = $3 AND n.replaced_at IS NULL)
		 ORDER BY f.version`
	in, err := scopeArgs(scope)
	if err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, q, append([]any{s.now(), collection, id}, in...)...)
	fs, err := pgx.CollectRows(rows, scanFeature)
	if err == nil && len(fs) == 0 {
		err = pgx.ErrNoRows
	}
	return fs, failed("list versions", err)
}

// Features returns the features that q selects, and how many match it on all pages
// together.
func (s *Store) Features(ctx context.Context, q patrol.Query) (fs []patrol.Feature, matched int, err error) {
	const (
		where = `
		  FROM features f
		 WHERE f.collection = $2
		   AND ($3::timestamptz IS NULL AND applies(f, $1)
		     OR $3 IS NOT NULL AND in_force(f, $3, $4)
		        AND NOT EXISTS (SELECT FROM features n
		                         WHERE n.collection = f.collection AND n.id = f.id AND n.version > f.version
		                           AND in_force(n, $3, $4)))
		   AND ($5::bytea IS NULL
		     OR ST_Intersects(f.geom, ST_GeomFromEWKB($5))
		     OR $2 = 'watches' AND ST_Intersects(subject_geom(f.props->>'subject', $1), ST_GeomFromEWKB($5)))
		   AND NOT EXISTS (SELECT FROM unnest($6::text[], $7::text[]) AS e (name, value)
		                    WHERE f.props->>e.name IS DISTINCT FROM e.value)
		   AND ($8 OR seen(f, $9, $10, ST_GeomFromEWKB($11))
		          AND ($2 NOT IN ('checkpoints', 'zones', 'streets') OR f.geom && ST_GeomFromEWKB($11)))`
		count = `SELECT count(*)` + where
		list  = `SELECT ` + featureColumns + where + ` AND f.id > $12 ORDER BY f.id LIMIT $13`
	)
	box, err := encodeBox(q.BBox)
	if err != nil {
		return nil, 0, err
	}
	var first, last *time.Time
	if q.InForce != nil {
		from, to := timeOf(q.InForce.FromMs), timeOf(q.InForce.ToMs)
		first, last = &from, &to
	}
	names, values := []string{}, []string{}
	for name, value := range q.Equal {
		names, values = append(names, name), append(values, value)
	}
	in, err := scopeArgs(q.Scope)
	if err != nil {
		return nil, 0, err
	}
	args := append([]any{s.now(), q.Collection, first, last, box, names, values}, in...)
	batch := &pgx.Batch{}
	batch.Queue(count, args...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&matched)
	})
	batch.Queue(list, append(args, q.After, q.Limit)...).Query(func(rows pgx.Rows) error {
		fs, err = pgx.CollectRows(rows, scanFeature)
		return err
	})
	return fs, matched, failed("list features", s.db.SendBatch(ctx, batch).Close())
}

// Extent returns the smallest lon/lat box around the features of a collection that
// apply now and that a scope sees, or around the gaps that are not closed for "gaps"; nil
// when there are none.
func (s *Store) Extent(ctx context.Context, scope *patrol.Scope, collection string) (*orb.Bound, error) {
	const q = `
		SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
		  FROM (SELECT ST_Extent(geom) AS box
		          FROM (SELECT f.geom
		                  FROM features f
		                 WHERE f.collection = $2 AND applies(f, $1) AND ($3 OR seen(f, $4, $5, ST_GeomFromEWKB($6)))
		                UNION ALL
		                SELECT subject_geom(f.props->>'subject', $1)
		                  FROM features f
		                 WHERE $2 = 'watches' AND f.collection = 'watches' AND applies(f, $1)
		                   AND ($3 OR seen(f, $4, $5, ST_GeomFromEWKB($6)))
		                UNION ALL
		                SELECT g.outline
		                  FROM gaps g
		                 WHERE $2 = 'gaps' AND g.state <> 'closed' AND ($3 OR gap_seen(g.watch, $4, $5, ST_GeomFromEWKB($6)))) g) e`
	in, err := scopeArgs(scope)
	if err != nil {
		return nil, err
	}
	var west, south, east, north *float64
	if err := s.db.QueryRow(ctx, q, append([]any{s.now(), collection}, in...)...).Scan(&west, &south, &east, &north); err != nil {
		return nil, failed("find extent", err)
	}
	if west == nil {
		return nil, nil
	}
	return &orb.Bound{Min: orb.Point{*west, *south}, Max: orb.Point{*east, *north}}, nil
}
