package live

import "testing"

func TestHistoryIsBoundedAndSaysWhatItLost(t *testing.T) {
	h := history{maxBytes: 40, lostSeq: 4} // began at seq 5
	for _, seq := range []int64{5, 7, 7, 9} {
		if err := h.add(seq, "ten bytes"); err != nil { // 11 with its quotes
			t.Fatal(err)
		}
	}
	// 44 bytes are too many: the message of seq 5 is gone.
	if _, ok := h.from(0); ok {
		t.Error("a viewer at the beginning has missed nothing")
	}
	for _, c := range []struct {
		seen  int64
		ok    bool
		again int // messages that come
	}{
		{4, false, 0},
		{5, false, 0},
		{6, true, 3},
		{7, true, 3}, // both messages of 7 come again
		{8, true, 1},
		{9, true, 1},
		{10, true, 0},
	} {
		place, ok := h.after(c.seen)
		if ok != c.ok {
			t.Errorf("after %d: %v, want %v", c.seen, ok, c.ok)
			continue
		}
		if !ok {
			continue
		}
		if entries, there := h.from(place); !there || len(entries) != c.again {
			t.Errorf("after %d: %d messages, want %d", c.seen, len(entries), c.again)
		}
	}
}
