package patrol

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

// keeperOf returns a Keeper of one watch over an empty memory, and how to let seconds
// pass one by one.
func keeperOf(t *testing.T, watch Watch, trackers ...Tracker) (k *Keeper, m *memory, run func(seconds int)) {
	t.Helper()
	m = newMemory([]Watch{watch}, trackers...)
	clock := noon
	k = NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
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
