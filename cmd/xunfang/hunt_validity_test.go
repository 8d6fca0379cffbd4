package main

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/geo"
	"xunfang/store/storetest"
)

// Shapes on a small grid touch, overlap and repeat themselves in every way: what
// PostGIS finds valid is taken, the rest is refused.
func TestParseAreaAgreesWithPostGIS(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, storetest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	r := rand.New(rand.NewPCG(20261123, 1))
	shapes := make([]orb.MultiPolygon, 20_000)
	texts := make([]string, len(shapes))
	for i := range shapes {
		shapes[i] = gridShape(r)
		texts[i] = wkt.MarshalString(shapes[i])
	}
	rows, _ := conn.Query(ctx, `
		SELECT ST_IsValid(g), ST_IsValidReason(g)
		  FROM unnest($1::text[]) WITH ORDINALITY AS shape (text, n), ST_GeomFromText(text, 4326) AS g
		 ORDER BY n`, texts)
	type verdict struct {
		Valid  bool
		Reason string
	}
	verdicts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[verdict])
	if err != nil {
		t.Fatal(err)
	}
	valid, odd := 0, 0
	for i, want := range verdicts {
		_, err := geo.ParseArea(shapes[i])
		if want.Valid {
			valid++
		}
		if (err == nil) != want.Valid && odd < 10 {
			odd++
			t.Errorf("%s\nPostGIS: %s; ours: %v", texts[i], want.Reason, err)
		}
	}
	if valid < 1000 || len(shapes)-valid < 1000 {
		t.Errorf("%d of %d shapes are valid: one side was hardly tried", valid, len(shapes))
	}
}

// gridShape returns up to three polygons with up to two holes each, every vertex on a
// grid of 0 to 9, some given twice.
func gridShape(r *rand.Rand) orb.MultiPolygon {
	var mp orb.MultiPolygon
	for range 1 + r.IntN(6)/4 + r.IntN(9)/8 {
		poly := orb.Polygon{gridRing(r, 8)}
		for range r.IntN(3) {
			poly = append(poly, gridRing(r, 2+r.IntN(4)))
		}
		mp = append(mp, poly)
	}
	return mp
}

// gridRing returns a ring of at most size across: mostly one that goes round a centre,
// sometimes any.
func gridRing(r *rand.Rand, size int) orb.Ring {
	x, y := r.IntN(10-size), r.IntN(10-size)
	ring := make(orb.Ring, 3+r.IntN(5))
	for i := range ring {
		ring[i] = orb.Point{float64(x + r.IntN(size+1)), float64(y + r.IntN(size+1))}
	}
	if r.IntN(8) > 0 {
		cx, cy := float64(x)+float64(size)/2+0.1, float64(y)+float64(size)/2+0.2
		slices.SortFunc(ring, func(a, b orb.Point) int {
			return cmp.Compare(math.Atan2(a[1]-cy, a[0]-cx), math.Atan2(b[1]-cy, b[0]-cx))
		})
	}
	if i := r.IntN(3 * len(ring)); i < len(ring) {
		ring = slices.Insert(ring, i, ring[i])
	}
	return append(ring, ring[0])
}
