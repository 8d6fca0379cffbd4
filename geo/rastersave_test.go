package geo

import (
	"bytes"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// What is loaded answers as what was saved, then and after more paint.
func TestSavedRasterIsTheSame(t *testing.T) {
	g := NewGround(rectangle(t, orb.Point{113.62, 34.75}, 150, 110, 0.2), 12)
	rapid.Check(t, func(t *rapid.T) {
		r := NewRaster(g)
		at := Stamp(1_700_000_000)
		paint := func(on ...*Raster) {
			for range rapid.IntRange(0, 8).Draw(t, "brushes") {
				b := Brush{
					At:      g.LonLat(g.x0+rapid.Float64Range(0, 180).Draw(t, "x"), g.y0+rapid.Float64Range(0, 180).Draw(t, "y")),
					RadiusM: rapid.Float64Range(0.5, 30).Draw(t, "r"), Stamp: at - Stamp(rapid.IntRange(0, 500).Draw(t, "age")),
				}
				for _, r := range on {
					r.Paint(b, nil)
				}
			}
		}
		paint(r)
		r.Parts(at-1000, at-200)
		saved := r.Save([]byte("before"))[len("before"):]
		loaded := NewRaster(g)
		rest, err := loaded.Load(append(saved, "after"...))
		if err != nil || string(rest) != "after" {
			t.Fatal(err, rest)
		}
		at += 30
		paint(r, loaded)
		if r.Hash(0, at) != loaded.Hash(0, at) || !bytes.Equal(r.Save(nil), loaded.Save(nil)) {
			t.Fatal("another raster was loaded")
		}
		checkSurvey(t, loaded, at-1000, at-200, at)
	})
}

// Bytes that are no raster over this ground are refused.
func FuzzRasterLoad(f *testing.F) {
	g := NewGround(rectangle(f, orb.Point{113.62, 34.75}, 150, 110, 0.2), 12)
	r := NewRaster(g)
	r.Paint(Brush{At: orb.Point{113.62, 34.75}, RadiusM: 20, Stamp: 5}, nil)
	saved := r.Save(nil)
	f.Add(saved)
	f.Add(saved[:len(saved)-1])
	f.Add(NewRaster(NewGround(rectangle(f, orb.Point{113.62, 34.75}, 151, 110, 0.2), 12)).Save(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, again := NewRaster(g), NewRaster(g)
		rest, err := r.Load(b)
		if err != nil {
			return
		}
		if _, err := again.Load(r.Save(nil)); err != nil || again.Hash(0, noStamp) != r.Hash(0, noStamp) || len(rest) > len(b) {
			t.Fatal("what was loaded cannot be saved and loaded again", err)
		}
	})
}
