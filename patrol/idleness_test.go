package patrol

import (
	"testing"
	"time"

	"xunfang/geo"
)

func TestIdleClasses(t *testing.T) {
	for share, want := range map[float64]uint8{0: 1, 0.2499: 1, 0.25: 2, 0.5: 3, 0.75: 4, 0.999: 4, 1: 5, 1.99: 5, 2: 6, 4: 7, 1000: 7} {
		if got := idleClass(share); got != want {
			t.Errorf("%v of revisit_s is class %d, want %d", share, got, want)
		}
	}
}

// The picture of a walk across the field, as it ages; live and as of T alike.
func TestIdlenessAges(t *testing.T) {
	p, watch := field(t)
	person := Tracker{ID: id(1), Kind: Person}
	k, m, run := keeperOf(t, watch, person)
	for i := range 8 {
		at := p.LonLat(float64(i)*40+5, 100)
		k.Publish(m.commit([]Fix{{Tracker: person.ID, TMs: noon.UnixMilli() + int64(i-7)*10_000, Lon: at[0], Lat: at[1], AccuracyM: 4, SpeedMPS: Unknown}}))
	}
	x, y := geo.Tile{Z: 17}.Pixel(p.LonLat(150, 100))
	tile := geo.Tile{Z: 17, X: int(x) / geo.TileSide, Y: int(y) / geo.TileSide}
	pixel := func(at [2]float64) int {
		x, y := tile.Pixel(p.LonLat(at[0], at[1]))
		return int(y)*geo.TileSide + int(x)
	}
	places := map[string][2]float64{"walked": {150, 100}, "unseen": {150, 150}, "beside": {150, 260}}
	for _, c := range []struct {
		afterS int
		walked uint8
	}{{1, 1}, {300, 3}, {620, 5}, {1300, 6}, {3000, 7}} {
		run(int(noon.Add(time.Duration(c.afterS)*time.Second).Unix() - int64(k.at)))
		var live Idleness
		k.reply(t.Context(), ask{watch: watch.ID, view: func(w *keeping) { live = idleness(w.gauge, w.watch, tile, k.at) }})
		asOf, err := k.IdlenessAt(t.Context(), watch.ID, tile, live.AtMs)
		if err != nil || asOf != live {
			t.Errorf("after %d s the store shows another picture (%v)", c.afterS, err)
		}
		for place, want := range map[string]uint8{"walked": c.walked, "unseen": uint8(NeverSeen), "beside": NotSubject} {
			if got := live.Classes[pixel(places[place])]; got != want {
				t.Errorf("after %d s %s is class %d, want %d", c.afterS, place, got, want)
			}
		}
	}
}
