package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// A tile is 4096 units wide, of which its features reach 64 beyond its edge; 8 of them are
// a pixel where it is drawn 512 pixels wide.
const (
	tileUnits  = 4096
	tileBuffer = 64
	tilePixels = 512
)

// tileBox returns the lon/lat box of a tile and so many of its units around it, cut off
// at 180°.
func tileBox(t geo.Tile, units float64) orb.Bound {
	around := units / tileUnits * geo.TileSide
	nw, se := t.LonLat(-around, -around), t.LonLat(geo.TileSide+around, geo.TileSide+around)
	return orb.Bound{Min: orb.Point{max(nw[0], -180), se[1]}, Max: orb.Point{min(se[0], 180), nw[1]}}
}

// CollectionSeq returns the seq of the last change of a collection's features, 0 before
// the first.
func (s *Store) CollectionSeq(ctx context.Context, collection string) (seq int64, err error) {
	const q = `SELECT seq FROM collection_seq WHERE collection = $1`
	err = s.db.QueryRow(ctx, q, collection).Scan(&seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return seq, failed("find a collection's last change", err)
}

// Tile returns a tile as Mapbox Vector Tile 2.1: a layer named like the collection, and one
// of points for names, each in the one tile in which it lies. Both carry the features'
// properties and their id. Outlines are simplified to half a pixel, and what is narrower
// than a pixel is left out. Nothing for a tile in which there is nothing.
func (s *Store) Tile(ctx context.Context, q patrol.TileQuery) (mvt []byte, err error) {
	const tile = `
		WITH chosen AS MATERIALIZED (
		     SELECT f.id::text AS id, f.props, f.geom, f.label
		       FROM features f
		      WHERE f.collection = $1
		        AND CASE $1 WHEN 'zones' THEN in_force(f, $2, $2) AND applies(f, $2) ELSE applies(f, $3) END
		        AND f.geom && ST_MakeEnvelope($7, $8, $9, $10, 4326)
		        AND ($1 = 'checkpoints'
		          OR greatest(ST_XMax(f.geom) - ST_XMin(f.geom), ST_YMax(f.geom) - ST_YMin(f.geom)) >= $11)
		        AND ($17 OR seen(f, $18, $19, ST_GeomFromEWKB($20)))),
		shapes AS MATERIALIZED (
		     SELECT id, props, ST_AsMVTGeom(
		                ST_Simplify(ST_Transform(CASE WHEN greatest(ST_YMax(geom), -ST_YMin(geom)) > 85.06
		                                              THEN ST_ClipByBox2D(geom, ST_MakeEnvelope(-180, -85.06, 180, 85.06, 4326))
		                                              ELSE geom END, 3857), $12),
		                ST_TileEnvelope($4, $5, $6), 4096, 64, true) AS geom
		       FROM chosen),
		labels AS MATERIALIZED (
		     SELECT id, props, ST_AsMVTGeom(ST_Transform(label, 3857), ST_TileEnvelope($4, $5, $6), 4096, 0, true) AS geom
		       FROM chosen
		      WHERE label && ST_MakeEnvelope($13, $14, $15, $16, 4326))
		SELECT coalesce((SELECT ST_AsMVT(s, $1, 4096, 'geom') FROM shapes s WHERE geom IS NOT NULL), '') ||
		       coalesce((SELECT ST_AsMVT(l, $1 || '_label', 4096, 'geom') FROM labels l WHERE geom IS NOT NULL), '')`
	const equatorM = 40_075_016.68557849 // in web mercator
	t := q.Tile
	wide, inner := tileBox(t, tileBuffer), t.Bound()
	pixelDeg := (inner.Max[0] - inner.Min[0]) / tilePixels
	halfPixelM := pixelDeg / 360 * equatorM / 2
	in, err := scopeArgs(q.Scope)
	if err != nil {
		return nil, err
	}
	args := []any{q.Collection, q.At, s.now(), t.Z, t.X, t.Y,
		wide.Min[0], wide.Min[1], wide.Max[0], wide.Max[1], pixelDeg, halfPixelM,
		inner.Min[0], inner.Min[1], inner.Max[0], inner.Max[1]}
	err = s.db.QueryRow(ctx, tile, append(args, in...)...).Scan(&mvt)
	return mvt, failed("draw a tile", err)
}
