package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

const featureColumns = `f.collection, f.id, f.version, ST_AsEWKB(f.geom), f.props, f.created_at`

func scanFeature(row pgx.CollectableRow) (f patrol.Feature, err error) {
	var geom, props []byte
	if err = row.Scan(&f.Collection, &f.ID, &f.Version, &geom, &props, &f.Created); err != nil {
		return f, err
	}
	f.Properties = json.RawMessage(props)
	f.Geometry, err = decodeGeometry(geom)
	return f, err
}

// CreateFeature keeps the first version of a feature and returns its seq in the
// feed; patrol.ErrConflict when the id is taken.
func (s *Store) CreateFeature(ctx context.Context, f patrol.Feature) (seq int64, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		seq, err = createFeature(ctx, tx, f)
		return err
	})
	return seq, failed("create feature", err)
}

func createFeature(ctx context.Context, tx pgx.Tx, f patrol.Feature) (seq int64, err error) {
	const q = `
		INSERT INTO features (collection, id, version, geom, props, created_at)
		VALUES ($1, $2, $3, ST_GeomFromEWKB($4), $5, $6)`
	geom, err := encodeGeometry(f.Geometry)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, q, f.Collection, f.ID, f.Version, geom, []byte(f.Properties), f.Created)
	if err != nil {
		return 0, err
	}
	return appendToFeed(ctx, tx, featureKind, encodeFeatureRow(f.Collection, f.ID))
}

// Feature returns the version in force; patrol.ErrNotFound when there is none.
func (s *Store) Feature(ctx context.Context, collection string, id uuid.UUID) (patrol.Feature, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = $1 AND f.id = $2 AND f.replaced_at IS NULL`
	rows, _ := s.db.Query(ctx, q, collection, id)
	f, err := pgx.CollectExactlyOneRow(rows, scanFeature)
	return f, failed("find feature", err)
}

// Features returns the features in force that q selects, and how many match it on
// all pages together.
func (s *Store) Features(ctx context.Context, q patrol.Query) (fs []patrol.Feature, matched int, err error) {
	const (
		where = `
		  FROM features f
		 WHERE f.collection = $1
		   AND f.replaced_at IS NULL
		   AND ($2::bytea IS NULL OR ST_Intersects(f.geom, ST_GeomFromEWKB($2)))
		   AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS e (name, value)
		                    WHERE f.props->>e.name IS DISTINCT FROM e.value)`
		count = `SELECT count(*)` + where
		list  = `SELECT ` + featureColumns + where + ` AND f.id > $5 ORDER BY f.id LIMIT $6`
	)
	box, err := encodeBox(q.BBox)
	if err != nil {
		return nil, 0, err
	}
	names, values := []string{}, []string{}
	for name, value := range q.Equal {
		names, values = append(names, name), append(values, value)
	}
	batch := &pgx.Batch{}
	batch.Queue(count, q.Collection, box, names, values).QueryRow(func(row pgx.Row) error {
		return row.Scan(&matched)
	})
	batch.Queue(list, q.Collection, box, names, values, q.After, q.Limit).Query(func(rows pgx.Rows) error {
		fs, err = pgx.CollectRows(rows, scanFeature)
		return err
	})
	return fs, matched, failed("list features", s.db.SendBatch(ctx, batch).Close())
}

// Extent returns the smallest lon/lat box around the features in force of a
// collection, or around the open gaps for "gaps"; nil when there are none.
func (s *Store) Extent(ctx context.Context, collection string) (*orb.Bound, error) {
	const q = `
		SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
		  FROM (SELECT ST_Extent(geom) AS box
		          FROM (SELECT geom FROM features WHERE collection = $1 AND replaced_at IS NULL
		                UNION ALL
		                SELECT outline FROM gaps WHERE $1 = 'gaps' AND state = 'open') g) e`
	var west, south, east, north *float64
	if err := s.db.QueryRow(ctx, q, collection).Scan(&west, &south, &east, &north); err != nil {
		return nil, failed("find extent", err)
	}
	if west == nil {
		return nil, nil
	}
	return &orb.Bound{Min: orb.Point{*west, *south}, Max: orb.Point{*east, *north}}, nil
}
