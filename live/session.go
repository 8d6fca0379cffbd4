package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"xunfang/patrol"
)

const (
	writeTimeout = 10 * time.Second // a viewer that stalls so long is dropped
	pongTimeout  = 30 * time.Second // and so is one that answers no ping
	readLimit    = 64 << 10
)

// Why a session ends, other than by its viewer's wish. Each comes back for more.
var (
	errStopping = errors.New("the server is stopping")
	errNewEpoch = errors.New("the picture was read anew")
	errBehind   = errors.New("too far behind")
)

// session is one viewer's connection. Its handler's goroutine writes; a second one
// reads, and both have ended when serve returns. The places are the Hub's to change,
// under its lock.
type session struct {
	conn *websocket.Conn
	wake chan struct{} // holds one token: there may be something new
	ctx  context.Context
	drop context.CancelCauseFunc

	view  *view
	place int64 // in its history
	tick  int64 // that the last frame led to; -1 = no frame yet
	beats int64
}

// Serve makes the request a viewer's websocket and returns when either side has
// ended it, or the request's context ends. What the viewer may see is the scope in that
// context. It returns an error when it has answered nothing: patrol.ErrForbidden for a
// page of another origin, *patrol.Invalid for what is no websocket, or that what lies in
// the scope cannot be read now.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request) error {
	if !ownOrigin(r) {
		return patrol.ErrForbidden
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return patrol.Invalidf("", "/live speaks WebSocket only")
	}
	scope := patrol.ScopeFrom(r.Context())
	watches, err := h.watchesOf(r.Context(), scope)
	if err != nil {
		return err
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil // Upgrade has answered
	}
	ctx, drop := context.WithCancelCause(r.Context())
	s := &session{conn: conn, wake: make(chan struct{}, 1), ctx: ctx, drop: drop, tick: -1}
	defer drop(nil)

	seen := r.URL.Query()
	seq, err := strconv.ParseInt(seen.Get("seq"), 10, 64)
	if err != nil {
		seq = -1
	}
	first, err := h.join(s, scope, watches, seen.Get("epoch"), seq)
	if err != nil {
		h.part(s, err)
		conn.Close()
		return nil
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		drop(s.read(h.now))
	}()
	err = h.write(s, first)
	h.leave(s)
	h.part(s, err)
	conn.Close() // ends the reader
	<-read
	return nil
}

// ownOrigin reports whether a request comes from our own page, or from no page at all.
func ownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// read takes in pongs and whatever the viewer says, which means nothing, until the
// connection ends.
func (s *session) read(now func() time.Time) error {
	alive := func(string) error { return s.conn.SetReadDeadline(now().Add(pongTimeout)) }
	s.conn.SetReadLimit(readLimit)
	s.conn.SetPongHandler(alive)
	if err := alive(""); err != nil {
		return err
	}
	for {
		if _, _, err := s.conn.ReadMessage(); err != nil {
			return err
		}
	}
}

// write sends first, and then whatever is new whenever the Hub wakes it.
func (h *Hub) write(s *session, messages []*websocket.PreparedMessage) error {
	beats := s.beats
	for {
		for _, m := range messages {
			if err := s.conn.SetWriteDeadline(h.now().Add(writeTimeout)); err != nil {
				return err
			}
			if err := s.conn.WritePreparedMessage(m); err != nil {
				return err
			}
		}
		if beats != s.beats {
			beats = s.beats
			if err := s.conn.WriteControl(websocket.PingMessage, nil, h.now().Add(writeTimeout)); err != nil {
				return err
			}
		}
		select {
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		case <-s.wake:
		}
		var err error
		if messages, err = h.next(s); err != nil {
			return err
		}
	}
}

// part says goodbye with a reason, if the viewer still listens.
func (h *Hub) part(s *session, cause error) {
	code, reason := websocket.CloseNormalClosure, ""
	switch {
	case errors.Is(cause, errStopping):
		code, reason = websocket.CloseGoingAway, errStopping.Error()
	case errors.Is(cause, errNewEpoch), errors.Is(cause, errBehind), errors.Is(cause, patrol.ErrScopeChanged):
		code, reason = websocket.CloseTryAgainLater, cause.Error()
	case errors.Is(cause, patrol.ErrUnauthorized):
		code, reason = websocket.ClosePolicyViolation, "sign in again"
	}
	// The connection is closed in any case.
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), h.now().Add(time.Second))
}

// watchesOf returns the watches of whose gaps a scope sees; nil for the whole deployment.
func (h *Hub) watchesOf(ctx context.Context, scope *patrol.Scope) (map[uuid.UUID]bool, error) {
	if scope == patrol.Everything {
		return nil, nil
	}
	ids, err := h.sights.SeenWatches(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("open a view: %w", err)
	}
	watches := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		watches[id] = true
	}
	return watches, nil
}

// viewOf returns the view of a scope, which it begins when nobody looks with it yet.
func (h *Hub) viewOf(scope *patrol.Scope, watches map[uuid.UUID]bool) *view {
	if scope == patrol.Everything {
		return h.whole
	}
	v := h.views[scope.Key()]
	if v == nil {
		v = h.whole.narrowed(scope, watches, h.seq)
		h.views[scope.Key()] = v
	}
	return v
}

// join lets a session in and returns the first it must be told. Who comes back with
// this epoch and a seq that is still at hand gets the changes, others a snapshot.
func (h *Hub) join(s *session, scope *patrol.Scope, watches map[uuid.UUID]bool, epoch string, seq int64) ([]*websocket.PreparedMessage, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errStopping
	}
	v := h.viewOf(scope, watches)
	ours := h.epoch + "." + scope.Key() // refs are good for one view
	place, resumed := v.history.after(seq)
	if epoch != ours || seq > h.seq {
		resumed = false
	}
	hello, err := prepare(helloMessage{"hello", ours, h.seq, resumed, h.nowText(), tickEvery.Milliseconds()})
	if err != nil {
		return nil, err
	}
	first := []*websocket.PreparedMessage{hello}
	if resumed {
		missed, _ := v.history.from(place) // after has found them there
		for _, e := range missed {
			first = append(first, e.message)
		}
	} else {
		snapshot, err := v.snapshotNow(h.seq)
		if err != nil {
			return nil, err
		}
		first = append(first, snapshot)
	}
	if h.store.Since != "" {
		store, err := prepare(h.store)
		if err != nil {
			return nil, err
		}
		first = append(first, store)
	}
	frame, tick, err := v.board.frame(s.tick)
	if err != nil {
		return nil, err
	}
	s.view, s.place, s.tick, s.beats = v, v.history.end(), tick, h.beats
	v.sessions++
	h.sessions[s] = struct{}{}
	h.viewers.Add(1)
	return append(first, frame), nil
}

// leave lets a session go, and its view with the last of them.
func (h *Hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s)
	s.view.sessions--
	if key := s.view.scope.Key(); s.view.sessions == 0 && h.views[key] == s.view {
		delete(h.views, key)
	}
	h.viewers.Done()
}

// next returns what is new for s: the history's messages, then one frame, then a beat.
func (h *Hub) next(s *session) ([]*websocket.PreparedMessage, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	entries, ok := s.view.history.from(s.place)
	if !ok {
		return nil, errBehind
	}
	var messages []*websocket.PreparedMessage
	for _, e := range entries {
		messages = append(messages, e.message)
	}
	frame, tick, err := s.view.board.frame(s.tick)
	if err != nil {
		return nil, err
	}
	if frame != nil {
		messages = append(messages, frame)
	}
	if s.beats != h.beats {
		messages = append(messages, h.beat)
	}
	s.place, s.tick, s.beats = s.view.history.end(), tick, h.beats
	return messages, nil
}

func prepare(message any) (*websocket.PreparedMessage, error) {
	text, err := json.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	return websocket.NewPreparedMessage(websocket.TextMessage, text)
}
