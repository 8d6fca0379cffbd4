package live

import (
	"sync"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"xunfang/patrol"
)

// Board keeps every tracker's last fix and encodes what moved, once for all viewers.
// Time on it is counted in ticks: a frame holds what moved since some tick, so that
// a viewer who is behind gets one newer frame instead of many older ones.
type Board struct {
	mu     sync.RWMutex
	marks  map[uuid.UUID]*mark
	byRef  []*mark // ref r is byRef[r-1]; nil where that tracker was deleted
	tick   int64   // ticks that have passed
	moved  bool    // since the last tick
	frames map[int64]*websocket.PreparedMessage
}

// mark is one tracker on the board.
type mark struct {
	ref     uint32
	tracker patrol.Tracker
	fix     patrol.Fix
	tick    int64 // the tick in which it last moved; 0 = it has no fix yet
}

// NewBoard returns an empty Board.
func NewBoard() *Board {
	b := &Board{}
	b.clear()
	return b
}

// Last returns a tracker's last fix, and whether it is known: a tracker that has
// been silent since a day before this server started is not on the board.
func (b *Board) Last(tracker uuid.UUID) (patrol.Fix, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	m := b.marks[tracker]
	if m == nil || m.tick == 0 {
		return patrol.Fix{}, false
	}
	return m.fix, true
}

// clear forgets everything; refs start anew.
func (b *Board) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.marks = make(map[uuid.UUID]*mark)
	b.byRef = nil
	b.frames = make(map[int64]*websocket.PreparedMessage)
}

// introduce gives a tracker its ref, or takes its new name and kind.
func (b *Board) introduce(t patrol.Tracker) trackerMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.marks[t.ID]
	if m == nil {
		m = &mark{ref: uint32(len(b.byRef) + 1)}
		b.marks[t.ID] = m
		b.byRef = append(b.byRef, m)
	}
	m.tracker = t
	return m.message()
}

// has reports whether a tracker is on the board.
func (b *Board) has(tracker uuid.UUID) bool {
	_, ok := b.mark(tracker)
	return ok
}

// mark returns a tracker as the board shows it.
func (b *Board) mark(tracker uuid.UUID) (mark, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	m := b.marks[tracker]
	if m == nil {
		return mark{}, false
	}
	return *m, true
}

// all lists every tracker on the board, by ref.
func (b *Board) all() (marks []mark) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, m := range b.byRef {
		if m != nil {
			marks = append(marks, *m)
		}
	}
	return marks
}

// remove takes a tracker off the board. Its ref is not given to another.
func (b *Board) remove(tracker uuid.UUID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := b.marks[tracker]; m != nil {
		b.byRef[m.ref-1] = nil
		delete(b.marks, tracker)
		clear(b.frames)
	}
}

// move takes fixes in; those not newer than what the board shows change nothing, and
// neither do fixes of strangers.
func (b *Board) move(fixes []patrol.Fix) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range fixes {
		m := b.marks[f.Tracker]
		if m == nil {
			continue
		}
		newer := m.tick == 0 || f.TMs > m.fix.TMs || (f.TMs == m.fix.TMs && f.Beats(m.fix))
		if newer {
			m.fix, m.tick = f, b.tick+1
			b.moved = true
		}
	}
}

// advance ends a tick and reports whether anything moved in it.
func (b *Board) advance() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.moved {
		return false
	}
	b.moved = false
	b.tick++
	clear(b.frames)
	return true
}

// frame returns what moved after tick since and the tick it leads to, or nil when
// nothing did. since -1 gives every tracker's last position, be it none.
func (b *Board) frame(since int64) (frame *websocket.PreparedMessage, tick int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if since >= b.tick {
		return nil, b.tick, nil
	}
	if frame := b.frames[since]; frame != nil {
		return frame, b.tick, nil
	}
	var moved []position
	for _, m := range b.byRef {
		if m != nil && m.tick > max(since, 0) {
			moved = append(moved, position{m.ref, m.fix})
		}
	}
	frame, err = websocket.NewPreparedMessage(websocket.BinaryMessage, encodePositions(moved))
	if err != nil {
		return nil, 0, err
	}
	b.frames[since] = frame
	return frame, b.tick, nil
}

// trackers lists everyone on the board, by ref.
func (b *Board) trackers() []trackerMessage {
	b.mu.RLock()
	defer b.mu.RUnlock()
	list := make([]trackerMessage, 0, len(b.marks))
	for _, m := range b.byRef {
		if m != nil {
			list = append(list, m.message())
		}
	}
	return list
}

func (m *mark) message() trackerMessage {
	return trackerMessage{Type: "tracker", Ref: m.ref, ID: m.tracker.ID, Name: m.tracker.Name, Kind: m.tracker.Kind}
}
