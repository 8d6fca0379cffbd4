package main

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// A tile of a watch shows who walked where, now and as of then.
func TestIdlenessTiles(t *testing.T) {
	s := startConsole(t, nil)
	c, admin := clientOf(t, s), s.admin(t)
	watch := newWatch(t, c, orb.Bound{Min: orb.Point{113.62, 34.75}, Max: orb.Point{113.63, 34.755}}.ToPolygon(), map[string]any{"revisit_s": 3600})
	_, token := newTracker(t, c, "walker")
	start := time.Now().Add(-10 * time.Minute).Truncate(time.Second)
	var walk []patrol.Fix
	for i := range 30 {
		walk = append(walk, bareFix(start.UnixMilli()+int64(i)*10_000, 113.621+float64(i)*1e-4, 34.752))
	}
	if _, err := c.SendFixes(t.Context(), token, walk); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Coverage(t.Context(), watch, time.Time{}); err != nil { // live has taken it in
		t.Fatal(err)
	}
	x, y := geo.Tile{Z: 15}.Pixel(orb.Point{113.6225, 34.752})
	tile := geo.Tile{Z: 15, X: int(x) / geo.TileSide, Y: int(y) / geo.TileSide}
	path := fmt.Sprintf("/tiles/idleness/%s/%d/%d/%d.png", watch, tile.Z, tile.X, tile.Y)
	shades := func(query string) (walked, unseen, beside color.Color) {
		t.Helper()
		got := admin.get(path + query)
		got.want(t, http.StatusOK)
		picture, err := png.Decode(bytes.NewReader(got.body))
		if err != nil || got.header.Get("Content-Type") != "image/png" || picture.Bounds().Dx() != 256 || picture.Bounds().Dy() != 256 {
			t.Fatalf("no tile: %v, %s", err, got.header)
		}
		shade := func(lon, lat float64) color.Color {
			x, y := tile.Pixel(orb.Point{lon, lat})
			return picture.At(int(x), int(y))
		}
		return shade(113.6225, 34.752), shade(113.6225, 34.753), shade(113.6225, 34.7555)
	}
	walked, unseen, beside := shades("")
	if _, _, _, alpha := beside.RGBA(); alpha != 0 || walked == unseen || unseen == beside {
		t.Errorf("walked %v, unseen %v, beside %v", walked, unseen, beside)
	}
	if before, _, _ := shades("?at=" + patrol.FormatMs(start.UnixMilli()-1000)); before != unseen {
		t.Errorf("before the walk its way is %v, want %v", before, unseen)
	}
	tag := admin.get(path).header.Get("ETag")
	again := asker{t, s.url, func(r *http.Request) { admin.sign(r); r.Header.Set("If-None-Match", tag) }}
	again.get(path).want(t, http.StatusNotModified)

	for bad, status := range map[string]int{
		strings.Replace(path, "/15/", "/23/", 1):                                         http.StatusNotFound,
		strings.Replace(path, "/15/", "/2/", 1):                                          http.StatusNotFound,
		strings.TrimSuffix(path, ".png"):                                                 http.StatusNotFound,
		path + "?at=2999-01-01T00:00:00Z":                                                http.StatusBadRequest,
		path + "?at=yesterday":                                                           http.StatusBadRequest,
		strings.Replace(path, watch.String(), "0190b2c0-0000-7000-8000-000000000001", 1): http.StatusNotFound,
	} {
		admin.get(bad).wantProblem(t, status)
	}
}
