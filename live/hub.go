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
	Board  *Board // of the whole deployment
	Sights Sights
	// AccessChanged is called when what somebody may see may have changed; it must not
	// wait.
	AccessChanged func()
	Now           func() time.Time
	Log           *slog.Logger
}

// Hub shows the picture to every viewer: it is the Sink of a Follower and serves the
// websocket sessions of /live. It holds a view of the whole deployment, and one for each
// narrower scope that somebody looks with.
type Hub struct {
	sights        Sights
	accessChanged func()
	now           func() time.Time
	log           *slog.Logger
	viewers       sync.WaitGroup
	upgrader      websocket.Upgrader

	mu       sync.Mutex
	closed   bool
	sessions map[*session]struct{}
	epoch    string
	seq      int64
	whole    *view
	views    map[string]*view           // the narrower ones with sessions, by their scope's key
	store    storeMessage               // the last said of the store; Since empty: nothing yet
	beat     *websocket.PreparedMessage // the last beat,
	beats    int64                      // which was the so-manieth
}

// NewHub makes a Hub; Run moves it.
func NewHub(cfg HubConfig) *Hub {
	return &Hub{
		sights:        cfg.Sights,
		accessChanged: cfg.AccessChanged,
		now:           cfg.Now,
		log:           cfg.Log,
		sessions:      make(map[*session]struct{}),
		whole:         &view{scope: patrol.Everything, board: cfg.Board, now: cfg.Now, log: cfg.Log},
		views:         make(map[string]*view),
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
			h.advance()
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

// advance ends a tick on every board.
func (h *Hub) advance() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.whole.board.advance()
	for _, v := range h.views {
		v.board.advance()
	}
}

// Reset begins a new epoch: every viewer comes back for a snapshot.
func (h *Hub) Reset(p Picture) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch = uuid.NewString()
	h.seq = p.Seq
	h.whole.reset(p.Seq - 1)
	for _, t := range p.Trackers {
		h.whole.board.introduce(t)
	}
	h.whole.board.move(p.Fixes)
	h.whole.board.advance()
	for _, g := range p.Gaps {
		h.whole.keepGap(p.Seq, patrol.GapChange{Event: "opened", Gap: g}, false)
	}
	clear(h.views)
	h.dropAll(errNewEpoch)
	h.accessChanged()
}

// Scopes lists those, other than the whole deployment, with which somebody looks.
func (h *Hub) Scopes() (scopes []*patrol.Scope) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, v := range h.views {
		scopes = append(scopes, v.scope)
	}
	return scopes
}

// Apply takes the next changes in. A view of which seen does not tell began since they
// were looked at: what its viewers then read anew holds their features already, for their
// gaps they come back.
func (h *Hub) Apply(e patrol.Event, seen Seen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq = e.Seq
	if e.Feature != nil {
		h.applyFeature(*e.Feature, seen)
	}
	if e.Imported != "" {
		h.applyImported(e.Imported)
	}
	for _, change := range e.Gaps {
		h.applyGap(change, seen)
	}
	h.whole.board.move(e.Fixes)
	for _, v := range h.views {
		for _, f := range e.Fixes {
			h.followInto(v, f.Tracker)
		}
	}
}

// applyImported tells everybody to read a collection again: each reads of it what lies in
// their scope.
func (h *Hub) applyImported(collection string) {
	if collection == patrol.Areas {
		h.accessChanged()
	}
	h.whole.tell(h.seq, importedMessage{"imported", h.seq, collection})
	for _, v := range h.views {
		v.tell(h.seq, importedMessage{"imported", h.seq, collection})
	}
}

func (h *Hub) applyFeature(change patrol.FeatureChange, seen Seen) {
	switch f := change.Feature; f.Collection {
	case patrol.Users:
		h.accessChanged()
	case patrol.Trackers:
		h.applyTracker(change)
	default:
		if f.Collection == patrol.Areas || f.Collection == patrol.Teams {
			h.accessChanged()
		}
		h.whole.tellFeature(h.seq, change)
		for key, v := range h.views {
			switch sight := seen[key][f.ID]; {
			case sight.Now && change.Event != "deleted":
				v.tellFeature(h.seq, change)
			case sight.Ever:
				v.tellDeleted(h.seq, f.Collection, f.ID)
			}
		}
	}
}

func (h *Hub) applyTracker(change patrol.FeatureChange) {
	f := change.Feature
	if change.Event == "deleted" {
		h.whole.forget(h.seq, f.ID)
		for _, v := range h.views {
			if v.board.has(f.ID) {
				v.forget(h.seq, f.ID)
			}
		}
		return
	}
	tracker, err := patrol.ParseTracker(f)
	if err != nil {
		h.log.Error("a stored tracker is not one", "id", f.ID, "error", err)
		return
	}
	h.whole.tell(h.seq, h.whole.board.introduce(tracker))
	for _, v := range h.views {
		if v.board.has(f.ID) {
			v.tell(h.seq, v.board.introduce(tracker)) // under its new name
		}
		h.followInto(v, f.ID)
	}
}

// followInto has a view follow a tracker as the whole board shows it.
func (h *Hub) followInto(v *view, tracker uuid.UUID) {
	if m, ok := h.whole.board.mark(tracker); ok {
		v.follow(h.seq, m.tracker, m.fix, m.tick > 0)
	}
}

func (h *Hub) applyGap(change patrol.GapChange, seen Seen) {
	h.whole.keepGap(h.seq, change, true)
	for key, v := range h.views {
		sights, known := seen[key]
		switch {
		case !known:
			h.dropView(v)
		case sights[change.Gap.Watch].Now:
			v.keepGap(h.seq, change, true)
		}
	}
}

// dropView sends the viewers of v away to come back for another picture.
func (h *Hub) dropView(v *view) {
	for s := range h.sessions {
		if s.view == v {
			s.drop(errBehind)
		}
	}
}

// Warn tells viewers who see the checkpoint that it is about to fall short.
func (h *Hub) Warn(w patrol.Warning) {
	h.mu.Lock()
	defer h.mu.Unlock()
	message := newWarning(w, h.seq)
	h.whole.tell(h.seq, message)
	for _, v := range h.views {
		if v.scope.Contains(w.Place) {
			v.tell(h.seq, message)
		}
	}
}

// Away tells viewers, once, that the store went away or came back.
func (h *Hub) Away(away bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if away == h.store.Away {
		return
	}
	h.store = storeMessage{"store", away, h.nowText()}
	h.whole.tell(h.seq, h.store)
	for _, v := range h.views {
		v.tell(h.seq, h.store)
	}
}

func (h *Hub) nowText() string { return patrol.FormatMs(h.now().UnixMilli()) }
