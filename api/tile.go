package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"xunfang/patrol"
)

const typeMVT = "application/vnd.mapbox-vector-tile"

// Tiles are drawn by the store.
type Tiles interface {
	Tile(ctx context.Context, q patrol.TileQuery) ([]byte, error)
	CollectionSeq(ctx context.Context, collection string) (int64, error)
}

// serveTile answers with a vector tile, from the cache while nothing of its collection has
// changed.
func (s *server) serveTile(w http.ResponseWriter, r *http.Request) error {
	q, err := s.tileQuery(r)
	if err != nil {
		return err
	}
	version, err := s.Store.CollectionSeq(r.Context(), q.Collection)
	if err != nil {
		return err
	}
	key := tileKey{q.Collection, q.Tile, q.At, q.Scope.Key(), version}
	if !r.URL.Query().Has("datetime") {
		key.at = time.Time{} // what the clock changes is a change like any other
	}
	tile, err := s.tiles.get(key, func() ([]byte, error) { return s.Store.Tile(r.Context(), q) })
	if err != nil {
		return err
	}
	w.Header().Set("ETag", tile.etag)
	if strings.Contains(r.Header.Get("If-None-Match"), tile.etag) {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	write(w, http.StatusOK, typeMVT, tile.mvt)
	return nil
}

// tileQuery reads which tile r asks for.
func (s *server) tileQuery(r *http.Request) (patrol.TileQuery, error) {
	q := patrol.TileQuery{Collection: r.PathValue("collection"), Scope: patrol.ScopeFrom(r.Context()), At: s.Now()}
	if !slices.Contains(patrol.Tiled, q.Collection) {
		return q, patrol.ErrNotFound
	}
	var err error
	if q.Tile, err = tileOf(r, ".mvt"); err != nil {
		return q, err
	}
	names := []string{}
	if q.Collection == patrol.Zones {
		names = append(names, "datetime")
	}
	query, err := parameters(r, names...)
	if err != nil || !query.Has("datetime") {
		return q, err
	}
	at, err := patrol.ParseTime("datetime", query.Get("datetime"))
	q.At = at
	return q, asParameter(err)
}

// tile is a drawn tile; it is not changed.
type tile struct {
	mvt  []byte
	etag string
}

func newTile(mvt []byte) tile {
	sum := sha256.Sum256(mvt)
	return tile{mvt, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}
