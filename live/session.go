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

	place int64 // in the history
	tick  int64 // that the last frame led to; -1 = no frame yet
	beats int64
}

// Serve makes the request a viewer's websocket and returns when either side has
// ended it, or the request's context ends. Who may see the picture was decided before.
// It returns an error when it
// has answered nothing: patrol.ErrForbidden for a page of another origin,
// *patrol.Invalid for what is no websocket.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request) error {
	if !ownOrigin(r) {
		return patrol.ErrForbidden
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return patrol.Invalidf("", "/live speaks WebSocket only")
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
	first, err := h.join(s, seen.Get("epoch"), seq)
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
	case errors.Is(cause, errNewEpoch), errors.Is(cause, errBehind):
		code, reason = websocket.CloseTryAgainLater, cause.Error()
	case errors.Is(cause, patrol.ErrUnauthorized):
		code, reason = websocket.ClosePolicyViolation, "sign in again"
	}
	// The connection is closed in any case.
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), h.now().Add(time.Second))
}

// join lets a session in and returns the first it must be told. Who comes back with
// this epoch and a seq that is still at hand gets the changes, others a snapshot.
func (h *Hub) join(s *session, epoch string, seq int64) ([]*websocket.PreparedMessage, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errStopping
	}
	place, resumed := h.history.after(seq)
	if epoch != h.epoch || seq > h.seq {
		resumed = false
	}
	hello, err := prepare(helloMessage{"hello", h.epoch, h.seq, resumed, h.nowText(), tickEvery.Milliseconds()})
	if err != nil {
		return nil, err
	}
	first := []*websocket.PreparedMessage{hello}
	if resumed {
		missed, _ := h.history.from(place) // after has found them there
		for _, e := range missed {
			first = append(first, e.message)
		}
	} else {
		if h.snapshot == nil {
			if h.snapshot, err = prepare(h.snapshotNow()); err != nil {
				return nil, err
			}
		}
		first = append(first, h.snapshot)
	}
	if h.store.Since != "" {
		store, err := prepare(h.store)
		if err != nil {
			return nil, err
		}
		first = append(first, store)
	}
	frame, tick, err := h.board.frame(s.tick)
	if err != nil {
		return nil, err
	}
	s.place, s.tick, s.beats = h.history.end(), tick, h.beats
	h.sessions[s] = struct{}{}
	h.viewers.Add(1)
	return append(first, frame), nil
}

func (h *Hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s)
	h.viewers.Done()
}

// next returns what is new for s: the history's messages, then one frame, then a beat.
func (h *Hub) next(s *session) ([]*websocket.PreparedMessage, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	entries, ok := h.history.from(s.place)
	if !ok {
		return nil, errBehind
	}
	var messages []*websocket.PreparedMessage
	for _, e := range entries {
		messages = append(messages, e.message)
	}
	frame, tick, err := h.board.frame(s.tick)
	if err != nil {
		return nil, err
	}
	if frame != nil {
		messages = append(messages, frame)
	}
	if s.beats != h.beats {
		messages = append(messages, h.beat)
	}
	s.place, s.tick, s.beats = h.history.end(), tick, h.beats
	return messages, nil
}

func (h *Hub) snapshotNow() snapshotMessage {
	gaps := make([]json.RawMessage, len(h.gaps))
	for i, g := range h.gaps {
		gaps[i] = g.feature
	}
	return snapshotMessage{"snapshot", h.seq, h.board.trackers(), gaps}
}

func prepare(message any) (*websocket.PreparedMessage, error) {
	text, err := json.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	return websocket.NewPreparedMessage(websocket.TextMessage, text)
}
