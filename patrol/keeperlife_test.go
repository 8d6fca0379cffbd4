package patrol

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// keeperOf returns a Keeper of one watch over an empty memory, and how to let seconds
// pass one by one.
func keeperOf(t *testing.T, watch Watch, trackers ...Tracker) (k *Keeper, m *memory, run func(seconds int)) {
	t.Helper()
	m = newMemory([]Watch{watch}, trackers...)
	clock := noon
	k = NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
	if err := k.begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	return k, m, func(seconds int) {
		t.Helper()
		for range seconds {
			clock = clock.Add(time.Second)
			if err := k.tick(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Recorded gaps live within [active_from, active_to) only, though nobody ever comes.
func TestGapsLiveWhileTheWatchIsActive(t *testing.T) {
	_, watch := field(t)
	watch.ActiveFromMs = noon.Add(time.Minute).UnixMilli()
	watch.ActiveToMs = noon.Add(3 * time.Minute).UnixMilli()
	_, m, run := keeperOf(t, watch)
	run(89)
	if len(m.written) != 0 {
		t.Fatalf("recorded %v before the watch was active for 30 s", m.written)
	}
	run(3)
	if len(m.written) != 1 || m.written[0].Event != "opened" {
		t.Fatalf("a gap should have opened 30 s after active_from: %v", m.written)
	}
	run(87)
	if len(m.written) != 1 {
		t.Fatalf("written again: %v", m.written)
	}
	run(3)
	if len(m.written) != 2 || m.written[1].Event != "closed" {
		t.Fatalf("the gap should have closed at active_to: %v", m.written)
	}
}

// A raster is surveyed when something can have changed, not at every tick.
func TestAGapThatStandsIsLeftAlone(t *testing.T) {
	_, watch := field(t)
	k, _, run := keeperOf(t, watch)
	w := k.kept[watch.ID]
	run(32)
	if !w.record[0].recorded() {
		t.Fatal("no gap was recorded")
	}
	looked := 0
	for range 600 {
		w.flipsAt--
		before := w.flipsAt
		run(1)
		if w.flipsAt != before {
			looked++
		}
	}
	if looked > 600/rewriteS+1 {
		t.Errorf("surveyed %d times in ten minutes in which nothing happened", looked)
	}
}

// A part too small to be recorded keeps nobody busy.
func TestASmallPartIsLeftAlone(t *testing.T) {
	_, watch := field(t)
	watch.MinGapM2 = 80_000 // the field has 60,000 m²: more than half of that
	k, m, run := keeperOf(t, watch)
	run(60)
	if w := k.kept[watch.ID]; w.record.waiting(k.at) {
		t.Error("a part that is too small is waited for")
	}
	if len(m.written) != 0 {
		t.Errorf("recorded: %v", m.written)
	}
}

// openGaps returns the ids and sizes of a memory's open gaps.
func openGaps(m *memory) map[uuid.UUID]float64 {
	open := map[uuid.UUID]float64{}
	for id, g := range m.gaps {
		if g.State == "open" {
			open[id] = g.Size
		}
	}
	return open
}

// A walk across cuts the field in two: the larger piece keeps the gap's identity, the
// smaller is one of its own at once. Another Keeper takes both up as they are. When the
// walk has expired they are one again, and it is the first.
//
//	┌────┬────────┐
//	│ 2  │   1    │
//	└────┴────────┘
func TestGapsKeepTheirIdentity(t *testing.T) {
	p, watch := field(t)
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	k, m, run := keeperOf(t, watch, person)
	run(31)
	if len(m.written) != 1 {
		t.Fatalf("want one gap: %v", m.written)
	}
	first := m.written[0].Gap.ID
	var walk []Fix
	for i, y := range []float64{-20, 70, 150, 220} {
		at := p.LonLat(100, y)
		walk = append(walk, Fix{Tracker: person.ID, TMs: noon.UnixMilli() + int64(i)*8000, Lon: at[0], Lat: at[1], AccuracyM: 4, SpeedMPS: Unknown})
	}
	k.Publish(m.commit(walk))
	run(1)
	open := openGaps(m)
	if len(open) != 2 || open[first] < 30_000 {
		t.Fatalf("want two gaps, the first the larger: %v", open)
	}
	split := m.written[len(m.written)-1]
	if split.Event != "opened" || split.Other != first {
		t.Errorf("the smaller does not say what it split off: %s, off %v", split.Event, split.Other)
	}
	k.kept, k.tails = nil, nil
	if err := k.begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	run(120)
	if again := openGaps(m); len(again) != 2 || again[first] != open[first] {
		t.Fatalf("taken up as %v, were %v", again, open)
	}
	run(600)
	open = openGaps(m)
	if len(open) != 1 || open[first] < 59_000 {
		t.Errorf("want the first gap again, whole: %v", open)
	}
	i := slices.IndexFunc(m.written, func(c GapChange) bool { return c.Gap.ID == split.Gap.ID && c.Event == "closed" })
	if i < 0 || m.written[i].Other != first {
		t.Errorf("the second does not say what it merged into: %v", m.written)
	}
}

// A gap opens from min_gap_m2 on and closes below half of that, not in between.
func TestGapsCloseBelowHalfOfWhatOpensThem(t *testing.T) {
	p, watch := field(t)
	watch.MinGapM2 = 40_000
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	k, m, run := keeperOf(t, watch, person)
	run(31)
	lanes, ms := 0, noon.UnixMilli()
	lane := func() { // 30 m of 200, 9,000 m²
		for i := range 5 {
			at := p.LonLat(float64(i)*80-10, 15+30*float64(lanes))
			ms += 8000
			k.Publish(m.commit([]Fix{{Tracker: person.ID, TMs: ms, Lon: at[0], Lat: at[1], AccuracyM: 4, SpeedMPS: Unknown}}))
		}
		lanes++
		ms += 30_000
		run(75)
	}
	for want := range 4 { // 51,000, 42,000, 33,000 and 24,000 m² are left
		lane()
		if open := openGaps(m); len(open) != 1 {
			t.Fatalf("after %d lanes: %v", want+1, open)
		}
	}
	lane()
	if open := openGaps(m); len(open) != 0 {
		t.Errorf("15,000 m² are less than half of what opens a gap: %v", open)
	}
}
