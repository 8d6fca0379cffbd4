package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// BenchmarkTile asks for tiles that show about 2,000 buildings each: cold, when nobody has
// asked for the tile since its collection changed, and cached. The database is on the same
// machine; HTTP is included.
func BenchmarkTile(b *testing.B) {
	s := startConsole(b, nil)
	admin := s.admin(b)
	if got := admin.importFile("kind=areas&datum=wgs84&area_kind=building", buildings(20_000)); got.State != "done" {
		b.Fatalf("%+v", got)
	}
	// Rows are 0.0004° apart: of 44 by 44 buildings the tile is 0.022° wide, zoom 14.
	middle := tileWith(orb.Point{113.525, 34.625}, 14)
	ask := func(b *testing.B, t geo.Tile) {
		r, err := http.NewRequest(http.MethodGet, s.url+fmt.Sprintf("/tiles/areas/%d/%d/%d.mvt", t.Z, t.X, t.Y), nil)
		if err != nil {
			b.Fatal(err)
		}
		admin.sign(r)
		if got := (asker{b, s.url, admin.sign}).send(r); got.status != http.StatusOK || len(got.body) < 100_000 {
			b.Fatalf("%d, %d bytes", got.status, len(got.body))
		}
	}
	b.Run("cached", func(b *testing.B) {
		ask(b, middle)
		for b.Loop() {
			ask(b, middle)
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			admin.create("areas", ring(`[1,1],[1.1,1],[1.1,1.1],[1,1]`), `{"name":"x","kind":"grid"}`)
			b.StartTimer()
			ask(b, middle)
		}
	})
}
