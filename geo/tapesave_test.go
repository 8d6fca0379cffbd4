package geo

import (
	"bytes"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// What is loaded answers as what was saved, then and after more is marked; bytes that are
// cut off are refused.
func TestSavedTapeIsTheSame(t *testing.T) {
	centre := orb.Point{113.62, 34.75}
	plane, p := NewPlane(centre, 0.2), NewPerimeter(rectangle(t, centre, 900, 1300, 0.2))
	rapid.Check(t, func(t *rapid.T) {
		tape := NewTape(p)
		mark := func(on ...*Tape) {
			for range rapid.IntRange(0, 8).Draw(t, "brushes") {
				b := Brush{
					At:      plane.LonLat(rapid.Float64Range(-500, 500).Draw(t, "x"), rapid.Float64Range(-700, 700).Draw(t, "y")),
					RadiusM: rapid.Float64Range(5, 200).Draw(t, "r"), Stamp: Stamp(rapid.IntRange(1, 500).Draw(t, "t")),
				}
				for _, t := range on {
					t.Paint(b, nil)
				}
			}
		}
		mark(tape)
		saved, loaded := tape.Save(nil), NewTape(p)
		if cut := rapid.IntRange(0, len(saved)-1).Draw(t, "cut"); cut > 0 {
			if _, err := NewTape(p).Load(saved[:cut]); err == nil {
				t.Fatal("a part was taken for the whole")
			}
		}
		if rest, err := loaded.Load(append(saved, "after"...)); err != nil || string(rest) != "after" {
			t.Fatal(err, rest)
		}
		mark(tape, loaded)
		if tape.Hash(0, 500) != loaded.Hash(0, 500) || !bytes.Equal(tape.Save(nil), loaded.Save(nil)) {
			t.Fatal("another tape was loaded")
		}
	})
}
