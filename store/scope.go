package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// hairDeg is by how much a scope's ground is narrower than its areas, so that a
// neighbour who shares an edge of them lies outside; half a metre. What is written may
// reach as far beyond.
const hairDeg = "5e-6"

// Scope returns the scope of some areas, and of the teams that somebody leads ("":
// nobody). Areas that are no more give nothing. A team without an area of its own works
// where the team above it does; who leads a team leads those within it.
func (s *Store) Scope(ctx context.Context, roots []uuid.UUID, leader string) (*patrol.Scope, error) {
	const (
		areasSQL = `
		WITH RECURSIVE below AS (
		     SELECT f.id
		       FROM features f
		      WHERE f.collection = 'areas' AND f.id = ANY ($1) AND f.replaced_at IS NULL
		      UNION
		     SELECT f.id
		       FROM below b
		       JOIN features f ON f.collection = 'areas' AND f.replaced_at IS NULL AND f.props->>'parent' = b.id::text)
		SELECT id FROM below`
		teamsSQL = `
		WITH RECURSIVE own AS (
		     SELECT f.id, coalesce(f.props->>'leader' = $2, false) AS led
		       FROM features f
		      WHERE f.collection = 'teams' AND f.replaced_at IS NULL
		        AND (f.props->>'area' = ANY ($1::uuid[]::text[]) OR $2 <> '' AND f.props->>'leader' = $2)
		      UNION
		     SELECT f.id, o.led
		       FROM own o
		       JOIN features f ON f.collection = 'teams' AND f.replaced_at IS NULL AND f.props->>'parent' = o.id::text
		      WHERE o.led OR NOT f.props ? 'area')
		SELECT DISTINCT id FROM own`
		groundSQL = `
		SELECT ST_AsEWKB(ST_Multi(CASE WHEN ST_IsEmpty(inner_) THEN whole ELSE inner_ END))
		  FROM (SELECT whole, ST_Buffer(whole, -` + hairDeg + `, 'join=mitre') AS inner_
		          FROM (` + rootsSQL + `) w) g
		 WHERE whole IS NOT NULL`
	)
	var areas, teams []uuid.UUID
	var ground orb.MultiPolygon
	err := pgx.BeginTxFunc(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		rows, _ := tx.Query(ctx, areasSQL, roots)
		if areas, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
			return err
		}
		rows, _ = tx.Query(ctx, teamsSQL, areas, leader)
		if teams, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
			return err
		}
		rows, _ = tx.Query(ctx, groundSQL, roots)
		shapes, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
		if err != nil || len(shapes) == 0 {
			return err
		}
		ground, err = decodeAs[orb.MultiPolygon](shapes[0])
		return err
	})
	if err != nil {
		return nil, failed("find a scope", err)
	}
	return patrol.NewScope(roots, areas, teams, ground), nil
}

// rootsSQL gives the areas $1 as one shape.
const rootsSQL = `
		SELECT ST_Union(f.geom) AS whole
		  FROM features f
		 WHERE f.collection = 'areas' AND f.id = ANY ($1) AND f.replaced_at IS NULL`

// scopeArgs is a scope as four arguments: whether it is the whole deployment, then its
// areas, teams and ground. A statement that begins its condition with the first costs
// nothing where that is so.
func scopeArgs(s *patrol.Scope) (args []any, err error) {
	switch s {
	case patrol.Everything:
		return []any{true, nil, nil, nil}, nil
	case nil:
		return []any{false, nil, nil, nil}, nil
	}
	ground, err := encodeGround(s.Ground)
	return []any{false, s.Areas, s.Teams, ground}, err
}

// encodeGround writes the ground of a scope as EWKB, NULL where there is none.
func encodeGround(ground orb.MultiPolygon) ([]byte, error) {
	if len(ground) == 0 {
		return nil, nil
	}
	return encodeGeometry(ground)
}

// Sees reports whether a feature or gap, as it is now or last was, lies in a scope. Of
// trackers it says whether they are of its teams.
func (s *Store) Sees(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) (bool, error) {
	const (
		feature = `
		SELECT seen(f, $3, $4, ST_GeomFromEWKB($5))
		  FROM features f
		 WHERE f.collection = $1 AND f.id = $2
		 ORDER BY applies(f, $6) DESC, f.version DESC
		 LIMIT 1`
		gap = `
		SELECT gap_seen(g.watch, $2, $3, ST_GeomFromEWKB($4))
		  FROM gaps g
		 WHERE g.id = $1`
	)
	if scope == nil || scope == patrol.Everything {
		return scope == patrol.Everything, nil
	}
	ground, err := encodeGround(scope.Ground)
	if err != nil {
		return false, err
	}
	if collection == patrol.Gaps {
		return s.oneBool(ctx, "look into a scope", gap, id, scope.Areas, scope.Teams, ground)
	}
	return s.oneBool(ctx, "look into a scope", feature, collection, id, scope.Areas, scope.Teams, ground, s.now())
}

// Sight is Sees, and whether any version of a feature, or of a watch's subject, ever lay
// in the scope.
func (s *Store) Sight(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) (patrol.Sight, error) {
	const ever = `
		SELECT bool_or(seen(f, $3, $4, ST_GeomFromEWKB($5))
		            OR EXISTS (SELECT
		                         FROM features s
		                        WHERE f.collection = 'watches' AND s.collection <> 'areas'
		                          AND s.collection = split_part(f.props->>'subject', '/', 1)
		                          AND s.id = nullif(split_part(f.props->>'subject', '/', 2), '')::uuid
		                          AND ST_Intersects(s.geom, ST_GeomFromEWKB($5))))
		  FROM features f
		 WHERE f.collection = $1 AND f.id = $2`
	now, err := s.Sees(ctx, scope, collection, id)
	if err != nil || now {
		return patrol.Sight{Now: now, Ever: now}, err
	}
	in, err := scopeArgs(scope)
	if err != nil {
		return patrol.Sight{}, err
	}
	was, err := s.oneBool(ctx, "look into a scope", ever, append([]any{collection, id}, in[1:]...)...)
	return patrol.Sight{Ever: was}, err
}

// SeenWatches lists the watches, deleted ones too, that lie in a scope.
func (s *Store) SeenWatches(ctx context.Context, scope *patrol.Scope) ([]uuid.UUID, error) {
	const q = `
		SELECT id
		  FROM (SELECT DISTINCT ON (f.id) f.id, seen(f, $2, $3, ST_GeomFromEWKB($4)) AS seen
		          FROM features f
		         WHERE f.collection = 'watches'
		         ORDER BY f.id, f.version DESC) w
		 WHERE $1 OR seen`
	in, err := scopeArgs(scope)
	if err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, q, in...)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, failed("list watches in a scope", err)
}

// Governs reports whether a feature or a gap's watch, as it is now or last was, lies in
// a scope whole.
func (s *Store) Governs(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) (bool, error) {
	const q = `
		SELECT within_scope(f, $4, $5, (` + widenedSQL + `))
		  FROM features f
		 WHERE CASE $2 WHEN 'gaps' THEN f.collection = 'watches' AND f.id = (SELECT watch FROM gaps WHERE id = $3)
		       ELSE f.collection = $2 AND f.id = $3 END
		 ORDER BY applies(f, $6) DESC, f.version DESC
		 LIMIT 1`
	if scope == nil || scope == patrol.Everything {
		return scope == patrol.Everything, nil
	}
	return s.oneBool(ctx, "look into a scope", q, scope.Roots, collection, id, scope.Areas, scope.Teams, s.now())
}

// widenedSQL is the ground on which something may be written: that of the areas $1, and
// a hair beyond.
const widenedSQL = `SELECT ST_Buffer(whole, ` + hairDeg + `, 'join=mitre') FROM (` + rootsSQL + `) w`

// Beyond returns a place where g leaves the ground of a scope, nil when it does not. It
// asks edge by edge, and stops at the first that leaves: what two shapes of 10,000
// vertices have in common is more than a database can hold, since they may cross a
// hundred million times.
func (s *Store) Beyond(ctx context.Context, scope *patrol.Scope, g orb.Geometry) (*orb.Point, error) {
	const q = `
		WITH w AS MATERIALIZED (
		     SELECT g, coalesce((` + widenedSQL + `), 'SRID=4326;POLYGON EMPTY') AS ground
		       FROM ST_GeomFromEWKB($2) AS g)
		(SELECT ST_AsEWKB(ST_PointOnSurface(ST_Difference(edge.geom, w.ground)))
		   FROM w, ST_DumpSegments(CASE ST_Dimension(w.g) WHEN 2 THEN ST_Boundary(w.g) ELSE w.g END) AS edge
		  WHERE NOT ST_Covers(w.ground, edge.geom)
		  LIMIT 1)
		UNION ALL
		(SELECT ST_AsEWKB(w.g) FROM w WHERE ST_Dimension(w.g) = 0 AND NOT ST_Covers(w.ground, w.g))
		UNION ALL
		(SELECT ST_AsEWKB(ST_StartPoint(hole.geom))
		   FROM w, ST_Dump(w.ground) AS part, ST_DumpRings(part.geom) AS ring, ST_ExteriorRing(ring.geom) AS hole (geom)
		  WHERE ST_Dimension(w.g) = 2 AND ring.path[1] > 0 AND ST_Covers(w.g, ST_StartPoint(hole.geom))
		  LIMIT 1)
		LIMIT 1`
	if scope == patrol.Everything || g == nil {
		return nil, nil
	}
	shape, err := encodeGeometry(g)
	if err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, q, rootsOf(scope), shape)
	places, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(places) == 0 {
		return nil, failed("look beyond a scope", err)
	}
	place, err := decodeAs[orb.Point](places[0])
	return &place, err
}

func rootsOf(s *patrol.Scope) []uuid.UUID {
	if s == nil {
		return nil
	}
	return s.Roots
}

// oneBool reads one boolean, false when there is no row or it is NULL.
func (s *Store) oneBool(ctx context.Context, doing, q string, args ...any) (bool, error) {
	rows, _ := s.db.Query(ctx, q, args...)
	found, err := pgx.CollectRows(rows, pgx.RowTo[*bool])
	return err == nil && len(found) == 1 && found[0] != nil && *found[0], failed(doing, err)
}

// moveGround notes that the tree of areas or teams changes, from which scopes are made.
func moveGround(ctx context.Context, tx pgx.Tx, collection string) error {
	if collection != patrol.Areas && collection != patrol.Teams {
		return nil
	}
	const q = `UPDATE scope_ground SET version = version + 1`
	_, err := tx.Exec(ctx, q)
	return err
}
