package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"xunfang/patrol"
)

const (
	tickEvery    = 250 * time.Millisecond
	beatEvery    = 5 * time.Second
	historyBytes = 16 << 20
)

// HubConfig is what a Hub needs.
type HubConfig struct {
	Board *Board
	Now   func() time.Time
	Log   *slog.Logger
}

// Hub shows the picture to every viewer: it is the Sink of a Follower and serves the
// websocket sessions of /live. Everything is encoded once and read by each session
// at its own pace.
type Hub struct {
	board    *Board
	now      func() time.Time
	log      *slog.Logger
	viewers  sync.WaitGroup
	upgrader websocket.Upgrader

	mu       sync.Mutex
	closed   bool
	sessions map[*session]struct{}
	epoch    string
	seq      int64
	gaps     []openGap // open, oldest first
	history  history
	store    storeMessage               // the last said of the store; Since empty: nothing yet
	beat     *websocket.PreparedMessage // the last beat,
	beats    int64                      // which was the so-manieth
	snapshot *websocket.PreparedMessage // nil: to be made anew
}

type openGap struct {
	id      uuid.UUID
	feature json.RawMessage
}

// NewHub makes a Hub; Run moves it.
func NewHub(cfg HubConfig) *Hub {
	return &Hub{
		board:    cfg.Board,
		now:      cfg.Now,
		log:      cfg.Log,
		sessions: make(map[*session]struct{}),
		upgrader: websocket.Upgrader{
			ReadBufferSize: 1 << 10, WriteBufferSize: 4 << 10,
			CheckOrigin: ownOrigin,
		},
	}
}

// Run ticks and beats until ctx ends; then it says goodbye to every viewer and waits
// for the last to leave. No viewer is let in after that.
func (h *Hub) Run(ctx context.Context) {
	tick, beat := time.NewTicker(tickEvery), time.NewTicker(beatEvery)
	defer tick.Stop()
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			h.mu.Lock()
			h.closed = true
			h.dropAll(errStopping)
			h.mu.Unlock()
			h.viewers.Wait()
			return
		case <-tick.C:
			h.board.advance()
		case <-beat.C:
			h.takeBeat()
		}
		h.wakeAll()
	}
}

// Viewers returns how many look at the picture now.
func (h *Hub) Viewers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sessions)
}

func (h *Hub) takeBeat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	text, err := json.Marshal(beatMessage{"beat", h.nowText(), h.seq})
	if err != nil {
		h.log.Error("cannot encode a beat", "error", err)
		return
	}
	if h.beat, err = websocket.NewPreparedMessage(websocket.TextMessage, text); err != nil {
		h.log.Error("cannot encode a beat", "error", err)
		return
	}
	h.beats++
}

// wakeAll tells sessions to look for something new.
func (h *Hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.sessions {
		select {
		case s.wake <- struct{}{}:
		default: // it is late and will look anyway
		}
	}
}

func (h *Hub) dropAll(cause error) {
	for s := range h.sessions {
		s.drop(cause)
	}
}

// Reset begins a new epoch: every viewer comes back for a snapshot.
func (h *Hub) Reset(p Picture) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch = uuid.NewString()
	h.seq = p.Seq
	h.history = history{maxBytes: historyBytes, lostSeq: p.Seq - 1}
	h.snapshot = nil
	h.board.clear()
	for _, t := range p.Trackers {
		h.board.introduce(t)
	}
	h.board.move(p.Fixes)
	h.board.advance()
	h.gaps = nil
	for _, g := range p.Gaps {
		h.keepGap(patrol.GapChange{Event: "opened", Gap: g})
	}
	h.dropAll(errNewEpoch)
}

// Apply takes the next changes in.
func (h *Hub) Apply(e patrol.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq = e.Seq
	if e.Feature != nil {
		h.tellFeature(*e.Feature)
	}
	for _, change := range e.Gaps {
		if feature, ok := h.keepGap(change); ok {
			h.tell(gapMessage{"gap", h.seq, change.Event, feature})
		}
	}
	h.board.move(e.Fixes)
}

// Away tells viewers, once, that the store went away or came back.
func (h *Hub) Away(away bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if away == h.store.Away {
		return
	}
	h.store = storeMessage{"store", away, h.nowText()}
	h.tell(h.store)
}

func (h *Hub) tell(message any) {
	h.snapshot = nil
	if err := h.history.add(h.seq, message); err != nil {
		h.log.Error("cannot tell viewers", "error", err)
	}
}

func (h *Hub) tellFeature(change patrol.FeatureChange) {
	f := change.Feature
	if f.Collection == patrol.Trackers && change.Event == "deleted" {
		h.board.remove(f.ID)
	} else if f.Collection == patrol.Trackers {
		tracker, err := patrol.ParseTracker(f)
		if err != nil {
			h.log.Error("a stored tracker is not one", "id", f.ID, "error", err)
			return
		}
		h.tell(h.board.introduce(tracker))
		return
	}
	feature, err := patrol.FeatureJSON(f, h.now())
	if err != nil {
		h.log.Error("a stored feature is not one", "id", f.ID, "error", err)
		return
	}
	h.tell(featureMessage{"feature", h.seq, f.Collection, change.Event, f.ID, feature})
}

// keepGap holds a gap among the open ones, or no longer.
func (h *Hub) keepGap(change patrol.GapChange) (json.RawMessage, bool) {
	feature, err := patrol.GapFeature(change.Gap)
	if err != nil {
		h.log.Error("a recorded gap is not one", "id", change.Gap.ID, "error", err)
		return nil, false
	}
	at := -1
	for i, g := range h.gaps {
		if g.id == change.Gap.ID {
			at = i
			break
		}
	}
	switch {
	case change.Event == "closed" && at >= 0:
		h.gaps = append(h.gaps[:at], h.gaps[at+1:]...)
	case change.Event == "closed":
	case at >= 0:
		h.gaps[at].feature = feature
	default:
		h.gaps = append(h.gaps, openGap{change.Gap.ID, feature})
	}
	return feature, true
}

func (h *Hub) nowText() string { return patrol.FormatMs(h.now().UnixMilli()) }
