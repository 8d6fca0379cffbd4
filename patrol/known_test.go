package patrol

import (
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What was answered live is answered again, to the bit, when no more is known than then,
// whatever has come since: late fixes, better ones of the same millisecond, images.
func TestKnownThenIsWhatWasAnsweredThen(t *testing.T) {
	p, watch := field(t)
	watch.Sources = Kinds[:]
	person, driver, drone := Tracker{ID: id(11), Kind: Person}, Tracker{ID: id(12), Kind: Vehicle}, Tracker{ID: id(13), Kind: Drone}
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory([]Watch{watch}, person, driver, drone)
		fixes := append(wander(p, person.ID, rapid.Uint64().Draw(t, "person"), 40), wander(p, driver.ID, rapid.Uint64().Draw(t, "driver"), 40)...)
		arrivals := schedule(fixes, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "arrivals"), 3)))
		landed := imageArrivals(fly(t, p, drone.ID, rapid.Uint64().Draw(t, "drone")), rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "landings"), 5)))
		clock := noon
		k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
		begin(t, k, t.Context())
		answers := map[Moment]Coverage{}
		for i, a := range arrivals {
			if a.at.After(clock) {
				clock = a.at
			}
			clock = clock.Add(time.Millisecond) // nothing else comes in the millisecond of an answer
			for j := range a.fixes {
				a.fixes[j].ReceivedMs = clock.UnixMilli()
			}
			k.Publish(m.commit(a.fixes))
			for len(landed) > 0 && !landed[0].at.After(clock) {
				for j := range landed[0].images {
					landed[0].images[j].ReceivedMs = clock.UnixMilli()
				}
				k.Publish(m.expose(landed[0].images))
				landed = landed[1:]
			}
			if i%6 == 0 {
				got := k.cover(t.Context(), watch.ID)
				if got.err != nil {
					t.Fatal(got.err)
				}
				answers[Moment{got.coverage.AtMs, clock.UnixMilli()}] = got.coverage
			}
		}
		revised := false
		for m, want := range answers {
			got, err := k.CoverageKnown(t.Context(), watch.ID, m)
			if err != nil {
				t.Fatal(err)
			}
			now, err := k.CoverageAt(t.Context(), watch.ID, m.AtMs)
			if err != nil {
				t.Fatal(err)
			}
			want.Seq = got.Seq
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%v after noon, known then: %s", time.UnixMilli(m.AtMs).Sub(noon), diff)
			}
			revised = revised || now.RasterSHA256 != want.RasterSHA256
		}
		if !revised {
			t.Fatal("nothing came late: nothing was compared")
		}
	})
}
