package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// deadAfter is how long a live connection may be silent: the server beats every 5 s.
const deadAfter = 12 * time.Second

// The lines of Tail: what a viewer would see.

// PositionLine is a tracker's newest position.
type PositionLine struct {
	Type    string      `json:"type"` // position
	Tracker uuid.UUID   `json:"tracker"`
	Name    string      `json:"name"`
	Kind    patrol.Kind `json:"kind"`
	Lon     float64     `json:"lon"`
	Lat     float64     `json:"lat"`
	T       string      `json:"t"`
}

// GapLine is a gap that opened, changed or closed. Gaps that are open at the
// beginning come as opened.
type GapLine struct {
	Type  string          `json:"type"` // gap
	Event string          `json:"event"`
	Gap   json.RawMessage `json:"gap"` // a GeoJSON feature
}

// FeatureLine is a feature that was created, replaced or deleted.
type FeatureLine struct {
	Type       string          `json:"type"` // feature
	Collection string          `json:"collection"`
	Event      string          `json:"event"`
	ID         uuid.UUID       `json:"id"`
	Feature    json.RawMessage `json:"feature"`
}

// WarningLine says that a post is about to fall short.
type WarningLine struct {
	Type         string    `json:"type"` // warning
	Kind         string    `json:"kind"` // post_lapsing
	Watch        uuid.UUID `json:"watch"`
	Checkpoint   uuid.UUID `json:"checkpoint"`
	At           string    `json:"at"`
	StaffedUntil string    `json:"staffed_until"`
	Present      int       `json:"present"`
	MinStaff     int       `json:"min_staff"`
}

// ImportedLine says that many features of a collection are new at once.
type ImportedLine struct {
	Type       string `json:"type"` // imported
	Collection string `json:"collection"`
}

// StoreLine says that the server's storage went away or came back.
type StoreLine struct {
	Type  string `json:"type"` // store
	Away  bool   `json:"away"`
	Since string `json:"since"`
}

// Tail gives line after line to show, until ctx ends, show fails, or the server
// refuses who asks. Lines with a place come only from within bbox (nil: everywhere).
// A broken connection is taken up again where it broke; one that never was is an error.
func (c *Client) Tail(ctx context.Context, bbox *orb.Bound, show func(line any) error) error {
	v := viewer{bbox: bbox, show: show}
	wait := firstWait
	for {
		before := v.messages
		err := c.watch(ctx, &v)
		var refused *Error
		switch {
		case ctx.Err() != nil:
			return nil
		case v.failed != nil:
			return v.failed
		case errors.As(err, &refused) && refused.Status < 500 && refused.Status != http.StatusTooManyRequests:
			return err
		case v.messages == 0:
			return err
		}
		if v.messages > before {
			wait = firstWait
		}
		if pause(ctx, wait) != nil {
			return nil
		}
		wait = min(2*wait, longWait)
	}
}

// watch holds one connection to /live until it breaks.
func (c *Client) watch(ctx context.Context, v *viewer) error {
	target := "ws" + strings.TrimPrefix(c.server, "http") + "/live"
	if v.epoch != "" {
		target += "?" + url.Values{"epoch": {v.epoch}, "seq": {strconv.FormatInt(v.seq, 10)}}.Encode()
	}
	header := http.Header{}
	c.auth.set(header)
	conn, answer, err := websocket.DefaultDialer.DialContext(ctx, target, header)
	if answer != nil && err != nil {
		text, _ := io.ReadAll(answer.Body) // the dialer has read the most of it that it keeps
		return failure(answer, text)
	}
	if err != nil {
		return fmt.Errorf("connect to %s: %w", target, err)
	}
	hangUp := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		if hangUp() {
			conn.Close()
		}
	}()
	for {
		if err := conn.SetReadDeadline(time.Now().Add(deadAfter)); err != nil {
			return err
		}
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		v.messages++
		if kind == websocket.BinaryMessage {
			err = v.frame(message)
		} else {
			err = v.text(message)
		}
		if err != nil {
			return err
		}
	}
}
