package live

import (
	"encoding/json"
	"fmt"

	"github.com/gorilla/websocket"
)

// history is the one log of text messages that every viewer reads at their own pace.
// It is bounded: who falls out of it has missed something.
type history struct {
	maxBytes int
	entries  []entry
	first    int64 // place of entries[0]
	bytes    int
	lostSeq  int64 // the newest change that is no longer at hand
}

type entry struct {
	seq     int64
	bytes   int
	message *websocket.PreparedMessage
}

// add appends a message that belongs to the change seq.
func (h *history) add(seq int64, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	h.entries = append(h.entries, entry{seq, len(text), prepared})
	h.bytes += len(text)
	for h.bytes > h.maxBytes {
		h.bytes -= h.entries[0].bytes
		h.lostSeq = h.entries[0].seq
		h.entries[0] = entry{}
		h.entries = h.entries[1:]
		h.first++
	}
	return nil
}

// end is the place after the last message.
func (h *history) end() int64 { return h.first + int64(len(h.entries)) }

// from returns the messages from a place on, or false when some are no longer there.
func (h *history) from(place int64) ([]entry, bool) {
	if place < h.first {
		return nil, false
	}
	return h.entries[place-h.first:], true
}

// after returns the place from which a viewer who has seen seq goes on, or false when
// something after seq is no longer at hand. Messages of seq itself come again: one
// change may have several, and the viewer may have missed the later ones.
func (h *history) after(seq int64) (place int64, ok bool) {
	if seq <= h.lostSeq {
		return 0, false
	}
	for i, e := range h.entries {
		if e.seq >= seq {
			return h.first + int64(i), true
		}
	}
	return h.end(), true
}
