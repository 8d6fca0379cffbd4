package geo

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

func TestTilePlaces(t *testing.T) {
	for _, c := range []struct {
		tile Tile
		x, y float64
		want orb.Point
	}{
		{Tile{0, 0, 0}, 128, 128, orb.Point{0, 0}},
		{Tile{0, 0, 0}, 0, 0, orb.Point{-180, 85.0511287798066}},
		{Tile{1, 1, 1}, 256, 256, orb.Point{180, -85.0511287798066}},
		{Tile{22, 1<<22 - 1, 0}, 256, 0, orb.Point{180, 85.0511287798066}},
		{Tile{16, 53456, 26061}, 0, 0, orb.Point{113.642578125, 34.5382375272958}}, // as gdaltransform has it
	} {
		got := c.tile.LonLat(c.x, c.y)
		if math.Abs(got[0]-c.want[0]) > 1e-9 || math.Abs(got[1]-c.want[1]) > 1e-8 {
			t.Errorf("%v at %v, %v is %v, want %v", c.tile, c.x, c.y, got, c.want)
		}
		if x, y := c.tile.Pixel(got); math.Abs(x-c.x) > 1e-6 || math.Abs(y-c.y) > 1e-6 {
			t.Errorf("%v and back is %v, %v", got, x, y)
		}
	}
	for _, bad := range []Tile{{-1, 0, 0}, {23, 0, 0}, {3, 8, 0}, {3, 0, -1}} {
		if bad.Valid() {
			t.Errorf("%v is a tile", bad)
		}
	}
}

// Every pixel of a picture shows the very cell in which its centre lies, at any zoom.
func TestPictureShowsTheCells(t *testing.T) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0.4)
	area, err := ParseArea(orb.Polygon{
		{p.LonLat(0, 0), p.LonLat(900, 0), p.LonLat(900, 600), p.LonLat(0, 600), p.LonLat(0, 0)},
		{p.LonLat(300, 200), p.LonLat(300, 400), p.LonLat(600, 400), p.LonLat(600, 200), p.LonLat(300, 200)},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := NewRaster(NewGround(area, 30))
	for i := range 9 {
		y := float64(60 * i)
		r.Paint(Brush{From: p.LonLat(-20, y), At: p.LonLat(950, y+50), Leg: true, RadiusM: 15, Stamp: Stamp(1000 + 100*i)}, nil)
	}
	r.Paint(Brush{At: p.LonLat(450, 100), RadiusM: 50, Stamp: 5000}, nil) // after at
	const horizon, at = 1150, 2000
	for z := 4; z <= 20; z += 2 {
		x, y := Tile{Z: z}.Pixel(p.LonLat(450, 100))
		tile := Tile{z, int(x) / TileSide, int(y) / TileSide}
		picture := r.Picture(tile, horizon, at)
		kinds := map[string]int{}
		for i, got := range picture {
			centre := tile.LonLat(float64(i%TileSide)+0.5, float64(i/TileSide)+0.5)
			cx, cy := r.ground.cells(r.ground.XY(centre))
			if frac := func(v float64) float64 { return math.Abs(v - math.Round(v)) }; frac(cx) < 0.02 || frac(cy) < 0.02 {
				continue // on the line between two cells
			}
			want, kind := Outside, "outside"
			if r.ground.has(int(math.Floor(cy)), int(math.Floor(cx))) {
				want, kind = r.stampAt(int(cy), int(cx)), "seen"
				if want <= horizon || want > at {
					want, kind = 0, "never"
				}
			}
			kinds[kind]++
			if got != want {
				t.Fatalf("zoom %d, pixel %d: %d, want %d", z, i, got, want)
			}
			if inside := planar.MultiPolygonContains(area.Shape(), centre); z >= 14 && inside && got == Outside {
				t.Fatalf("zoom %d, pixel %d lies inside and shows nothing", z, i)
			}
		}
		if z >= 14 && z <= 16 && (kinds["outside"] == 0 || kinds["seen"] == 0 || kinds["never"] == 0) {
			t.Errorf("zoom %d shows %v: nothing to compare", z, kinds)
		}
	}
	if far := r.Picture(Tile{16, 0, 0}, horizon, at); far[0] != Outside {
		t.Error("a tile far away shows something")
	}
}

// A perimeter is drawn as a line two pixels to either side, shaded where it was seen.
func TestPictureOfAPerimeter(t *testing.T) {
	p := NewPlane(orb.Point{113.62, 34.75}, 0)
	area, err := ParseArea(orb.Polygon{{p.LonLat(0, 0), p.LonLat(300, 0), p.LonLat(300, 200), p.LonLat(0, 200), p.LonLat(0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	tape := NewTape(NewPerimeter(area))
	tape.Paint(Brush{From: p.LonLat(-10, 0), At: p.LonLat(150, 0), Leg: true, RadiusM: 15, Stamp: 1000}, nil)
	x, y := Tile{Z: 17}.Pixel(p.LonLat(150, 20))
	tile := Tile{17, int(x) / TileSide, int(y) / TileSide}
	picture := tape.Picture(tile, 500, 2000)
	for _, c := range []struct {
		name   string
		x, y   float64
		offPx  float64 // southward
		expect Stamp
	}{
		{"walked", 100, 0, 0, 1000},
		{"walked, beside the line", 100, 0, 1.4, 1000},
		{"off the line", 100, 0, 4, Outside},
		{"unseen", 200, 0, 0, 0},
		{"inside", 150, 30, 0, Outside},
	} {
		x, y := tile.Pixel(p.LonLat(c.x, c.y))
		if x < 0 || x >= TileSide || y+c.offPx < 0 || y+c.offPx >= TileSide {
			t.Fatalf("%s is not on the tile: %v, %v", c.name, x, y)
		}
		if got := picture[int(y+c.offPx)*TileSide+int(x)]; got != c.expect {
			t.Errorf("%s: %d, want %d", c.name, got, c.expect)
		}
	}
	if late := tape.Picture(tile, 500, 900); slices.Contains(late[:], 1000) {
		t.Error("before the walk it is shown")
	}
}

// has reports whether a cell is one of the ground's.
func (g *Ground) has(row, col int) bool {
	if row < 0 || col < 0 || row >= g.rows || col >= g.cols {
		return false
	}
	_, share := g.shareAt(row, col)
	return share > 0
}

func BenchmarkPicture(b *testing.B) {
	area, err := ParseArea(orb.Bound{Min: orb.Point{113.6, 34.7}, Max: orb.Point{113.65, 34.75}}.ToPolygon())
	if err != nil {
		b.Fatal(err)
	}
	r := NewRaster(NewGround(area, 30))
	r.Paint(Brush{At: orb.Point{113.62, 34.72}, RadiusM: 1000, Stamp: 5}, nil)
	x, y := Tile{Z: 14}.Pixel(orb.Point{113.62, 34.72})
	for b.Loop() {
		r.Picture(Tile{14, int(x) / TileSide, int(y) / TileSide}, 0, 10)
	}
}
