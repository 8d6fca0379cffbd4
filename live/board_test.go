package live

import (
	"testing"

	"github.com/google/uuid"

	"xunfang/patrol"
)

func TestBoardMarkersNeverMoveBack(t *testing.T) {
	b := NewBoard()
	id := uuid.New()
	b.introduce(patrol.Tracker{ID: id, Name: "巡查 01", Kind: patrol.Person})
	if _, known := b.Last(id); known {
		t.Error("a tracker without a fix is somewhere")
	}
	for _, c := range []struct {
		name string
		fix  patrol.Fix
		want float64 // the marker's longitude
	}{
		{"first", patrol.Fix{TMs: 1000, Lon: 1, AccuracyM: 9}, 1},
		{"newer", patrol.Fix{TMs: 2000, Lon: 2, AccuracyM: 9}, 2},
		{"late", patrol.Fix{TMs: 1500, Lon: 3, AccuracyM: 1}, 2},
		{"same moment, better", patrol.Fix{TMs: 2000, Lon: 4, AccuracyM: 5}, 4},
		{"same moment, worse", patrol.Fix{TMs: 2000, Lon: 5, AccuracyM: 50}, 4},
	} {
		c.fix.Tracker = id
		b.move([]patrol.Fix{c.fix})
		if last, _ := b.Last(id); last.Lon != c.want {
			t.Errorf("%s: the marker is at %v, want %v", c.name, last.Lon, c.want)
		}
	}
	b.move([]patrol.Fix{{Tracker: uuid.New(), TMs: 1}}) // a stranger
}

// Viewers who saw the same tick share one frame; who is behind gets one newer frame
// with all that moved meanwhile.
func TestBoardFrames(t *testing.T) {
	b := NewBoard()
	var ids []uuid.UUID
	for range 3 {
		ids = append(ids, uuid.New())
		b.introduce(patrol.Tracker{ID: ids[len(ids)-1]})
	}
	positionsSince := func(since int64) (n int) {
		b.mu.RLock()
		defer b.mu.RUnlock()
		for _, m := range b.byRef {
			if m.tick > max(since, 0) {
				n++
			}
		}
		return n
	}
	if b.advance() {
		t.Error("a tick passed, though nothing moved")
	}
	for i, id := range ids { // tick 1: the first moves, tick 2: the second, tick 3: the third
		b.move([]patrol.Fix{{Tracker: id, TMs: int64(1000 + i)}})
		if !b.advance() {
			t.Error("no tick passed, though something moved")
		}
	}
	for since, want := range map[int64]int{-1: 3, 0: 3, 1: 2, 2: 1} {
		frame, tick, err := b.frame(since)
		if err != nil || frame == nil || tick != 3 {
			t.Fatalf("since %d: frame %v to tick %d, %v", since, frame, tick, err)
		}
		if again, _, _ := b.frame(since); again != frame {
			t.Errorf("since %d: encoded twice", since)
		}
		if got := positionsSince(since); got != want {
			t.Errorf("since %d: %d positions, want %d", since, got, want)
		}
	}
	if frame, _, _ := b.frame(3); frame != nil {
		t.Error("a frame, though nothing moved since")
	}
}
