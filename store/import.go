package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/ewkb"

	"xunfang/geo"
	"xunfang/patrol"
)

// importBatch is how many features one COPY carries.
const importBatch = 1000

// madeSQL finds the features that imports of one file ($1 its digest) into one collection
// ($2) have made and that are still there.
const madeSQL = `
		  FROM imports i
		  JOIN import_originals o ON o.import = i.id
		 WHERE i.digest = $1 AND i.collection = $2
		   AND EXISTS (SELECT FROM features f WHERE f.collection = $2 AND f.id = o.feature AND f.replaced_at IS NULL)`

// Imported returns the indexes of the features that an earlier import of the same file
// into the same collection on the same datum has made and that are still there, and on
// which other datums there are such.
func (s *Store) Imported(ctx context.Context, order patrol.ImportOrder) (indexes map[int]bool, elsewhere []geo.Datum, err error) {
	const q = `SELECT DISTINCT i.datum` + madeSQL + ` AND i.datum <> $3`
	rows, _ := s.db.Query(ctx, q, order.Digest[:], order.Collection, order.Datum)
	if elsewhere, err = pgx.CollectRows(rows, pgx.RowTo[geo.Datum]); err != nil {
		return nil, nil, failed("find earlier imports", err)
	}
	indexes, err = imported(ctx, s.db, order)
	return indexes, elsewhere, failed("find earlier imports", err)
}

func imported(ctx context.Context, db querier, order patrol.ImportOrder) (map[int]bool, error) {
	const q = `SELECT o.index` + madeSQL + ` AND i.datum = $3`
	rows, _ := db.Query(ctx, q, order.Digest[:], order.Collection, order.Datum)
	indexes, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, err
	}
	there := make(map[int]bool, len(indexes))
	for _, i := range indexes {
		there[i] = true
	}
	return there, nil
}

// AreaNamed returns the one area of that name in a scope; patrol.ErrNotFound when there is
// none, patrol.ErrConflict when there are several.
func (s *Store) AreaNamed(ctx context.Context, scope *patrol.Scope, name string) (uuid.UUID, error) {
	const q = `
		SELECT f.id
		  FROM features f
		 WHERE f.collection = 'areas' AND f.replaced_at IS NULL AND f.props->>'name' = $1
		   AND ($2 OR seen(f, $3, $4, ST_GeomFromEWKB($5)))
		 LIMIT 2`
	in, err := scopeArgs(scope)
	if err != nil {
		return uuid.Nil, err
	}
	rows, _ := s.db.Query(ctx, q, append([]any{name}, in...)...)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	switch {
	case err != nil:
		return uuid.Nil, failed("find an area by name", err)
	case len(ids) == 0:
		return uuid.Nil, fmt.Errorf("find an area by name: %w", patrol.ErrNotFound)
	case len(ids) > 1:
		return uuid.Nil, fmt.Errorf("find an area by name: %w", patrol.ErrConflict)
	}
	return ids[0], nil
}

// ImportFeatures keeps all features that each gives to put, but for those that Imported
// finds, with their originals, in one transaction that writes one row of the feed.
// It returns how many those were and their seq; 0 when there were none.
func (s *Store) ImportFeatures(ctx context.Context, order patrol.ImportOrder, each func(put func(patrol.ImportedFeature) error) error) (created int, seq int64, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		staged, err := openStaging(ctx, tx, order)
		if err != nil {
			return err
		}
		if err := each(func(f patrol.ImportedFeature) error { return staged.put(ctx, f) }); err != nil {
			return err
		}
		if created, err = staged.keep(ctx); err != nil || created == 0 {
			return err
		}
		if err := moveGround(ctx, tx, order.Collection); err != nil {
			return err
		}
		seq, err = appendToFeed(ctx, tx, importedKind, []byte(order.Collection))
		return err
	})
	return created, seq, failed("import features", err)
}

// staging is the features of an import before they find their places.
type staging struct {
	tx    pgx.Tx
	order patrol.ImportOrder
	there map[int]bool
	held  map[uuid.UUID]bool // what the features stand on, which is held
	rows  [][]any
	n     int
}

// openStaging makes the table. Who imports the same file at the same time waits, and
// finds it imported.
func openStaging(ctx context.Context, tx pgx.Tx, order patrol.ImportOrder) (*staging, error) {
	const (
		lock  = `SELECT pg_advisory_xact_lock(hashtextextended('import ' || $1, 0))`
		table = `
		CREATE TEMPORARY TABLE staged (
		    id uuid, kind text, geom bytea, props jsonb, created_at timestamptz,
		    in_force_from timestamptz, in_force_to timestamptz,
		    index int, original bytea, said jsonb
		) ON COMMIT DROP`
	)
	if _, err := tx.Exec(ctx, lock, hex.EncodeToString(order.Digest[:])); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, table); err != nil {
		return nil, err
	}
	there, err := imported(ctx, tx, order)
	return &staging{tx: tx, order: order, there: there, held: map[uuid.UUID]bool{}}, err
}

func (s *staging) put(ctx context.Context, f patrol.ImportedFeature) error {
	if s.there[f.Index] {
		return nil
	}
	references, err := patrol.References(f.Feature)
	if err != nil {
		return err
	}
	for _, r := range references {
		if s.held[r.ID] {
			continue
		}
		if err := holdFeature(ctx, s.tx, r); err != nil {
			return err
		}
		s.held[r.ID] = true
	}
	geom, err := encodeGeometry(f.Geometry)
	if err != nil {
		return err
	}
	original, err := ewkb.Marshal(f.Original, 0)
	if err != nil {
		return fmt.Errorf("encode an original: %w", err)
	}
	from, to, err := orderOf(f.Feature)
	if err != nil {
		return err
	}
	var p struct{ Kind string }
	if err := json.Unmarshal(f.Properties, &p); err != nil {
		return fmt.Errorf("read properties: %w", err)
	}
	s.rows = append(s.rows, []any{f.ID, p.Kind, geom, []byte(f.Properties), f.Created, from, to, f.Index, original, []byte(f.Said)})
	if len(s.rows) == importBatch {
		return s.flush(ctx)
	}
	return nil
}

func (s *staging) flush(ctx context.Context) error {
	columns := []string{"id", "kind", "geom", "props", "created_at", "in_force_from", "in_force_to", "index", "original", "said"}
	n, err := s.tx.CopyFrom(ctx, pgx.Identifier{"staged"}, columns, pgx.CopyFromRows(s.rows))
	s.n += int(n)
	s.rows = s.rows[:0]
	return err
}

// keep makes features of what was staged, the widest kinds of areas first so that others
// find them for their parents, and returns how many.
func (s *staging) keep(ctx context.Context) (int, error) {
	const (
		keep = `
		INSERT INTO features (collection, id, version, geom, props, created_at, applies_from, in_force_from, in_force_to)
		SELECT $1, s.id, 1, ST_GeomFromEWKB(s.geom), s.props, s.created_at, '0001-01-01 00:00:00Z', s.in_force_from, s.in_force_to
		  FROM staged s`
		note = `
		INSERT INTO imports (id, collection, datum, file, digest, imported_by, imported_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
		originals = `
		INSERT INTO import_originals (feature, import, index, geom, props)
		SELECT id, $1, index, ST_GeomFromEWKB(original), said FROM staged`
	)
	if err := s.flush(ctx); err != nil || s.n == 0 {
		return 0, err
	}
	var err error
	if s.order.Nested && s.order.Collection == patrol.Areas {
		err = s.keepNested(ctx)
	} else {
		_, err = s.tx.Exec(ctx, keep, s.order.Collection)
	}
	if err != nil {
		return 0, err
	}
	o := s.order
	if _, err := s.tx.Exec(ctx, note, o.ID, o.Collection, o.Datum, o.File, o.Digest[:], o.By.Name, o.At); err != nil {
		return 0, err
	}
	_, err = s.tx.Exec(ctx, originals, o.ID)
	return s.n, err
}

// keepNested is keep for areas that find their parents: each the smallest area of a wider
// kind that holds a point inside it, unless it has one.
func (s *staging) keepNested(ctx context.Context) error {
	const (
		keep = `
		WITH placed AS MATERIALIZED (
		     SELECT s.*, ST_GeomFromEWKB(s.geom) AS shape FROM staged s WHERE s.kind = $1)
		INSERT INTO features (collection, id, version, geom, props, created_at, applies_from)
		SELECT 'areas', p.id, 1, p.shape,
		       CASE WHEN p.props ? 'parent' OR around.id IS NULL THEN p.props
		            ELSE p.props || jsonb_build_object('parent', around.id) END,
		       p.created_at, '0001-01-01 00:00:00Z'
		  FROM placed p
		  LEFT JOIN LATERAL (
		       SELECT f.id
		         FROM features f
		        WHERE f.collection = 'areas' AND f.replaced_at IS NULL AND f.props->>'kind' = ANY ($2)
		          AND ST_Covers(f.geom, ST_PointOnSurface(p.shape))
		        ORDER BY ST_Area(f.geom), f.id
		        LIMIT 1) around ON true`
		parents = `
		SELECT DISTINCT (f.props->>'parent')::uuid
		  FROM staged s JOIN features f ON f.collection = 'areas' AND f.id = s.id
		 WHERE f.props ? 'parent'`
	)
	kinds := patrol.AreaKinds()
	for i, kind := range kinds {
		if _, err := s.tx.Exec(ctx, keep, kind, kinds[:i]); err != nil {
			return err
		}
	}
	rows, _ := s.tx.Query(ctx, parents)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	for _, id := range ids { // none of them goes before these have come
		if err := holdFeature(ctx, s.tx, patrol.Reference{Field: "parent", Collection: patrol.Areas, ID: id}); err != nil {
			return err
		}
	}
	return nil
}

// Original returns where a feature was imported from; patrol.ErrNotFound when it was not.
func (s *Store) Original(ctx context.Context, collection string, id uuid.UUID) (patrol.Original, error) {
	const q = `
		SELECT i.id, i.file, encode(i.digest, 'hex'), i.datum, o.index, i.imported_at, i.imported_by, ST_AsEWKB(o.geom), o.props
		  FROM import_originals o
		  JOIN imports i ON i.id = o.import
		 WHERE i.collection = $1 AND o.feature = $2`
	var o patrol.Original
	var geom []byte
	err := s.db.QueryRow(ctx, q, collection, id).Scan(&o.Import, &o.File, &o.Digest, &o.Datum, &o.Index, &o.At, &o.By, &geom, &o.Properties)
	if err != nil {
		return o, failed("find an original", err)
	}
	o.Geometry, err = decodeGeometry(geom)
	return o, failed("find an original", err)
}
