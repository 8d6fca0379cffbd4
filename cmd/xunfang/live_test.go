package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"

	"xunfang/client"
)

var eastGate = orb.Point{113.62, 34.75}

// tailing is a viewer whose lines a test reads one by one.
type tailing struct {
	lines chan any
	ended chan error
}

// tail looks at c's server until the test ends.
func tail(t *testing.T, c *client.Client) *tailing {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	v := &tailing{lines: make(chan any), ended: make(chan error, 1)}
	go func() {
		v.ended <- c.Tail(ctx, nil, func(line any) error {
			select {
			case v.lines <- line:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-v.ended
	})
	return v
}

// until reads lines until one is wanted.
func (v *tailing) until(t *testing.T, what string, wanted func(line any) bool) {
	t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for {
		select {
		case line := <-v.lines:
			if wanted(line) {
				return
			}
		case err := <-v.ended:
			v.ended <- err
			t.Fatalf("the viewer ended with %v before it saw %s", err, what)
		case <-patience.C:
			t.Fatalf("no viewer saw %s within a minute", what)
		}
	}
}

func at(tracker uuid.UUID, tMs int64) func(any) bool {
	want := time.UnixMilli(tMs).UTC().Format("2006-01-02T15:04:05.000Z")
	return func(line any) bool {
		p, ok := line.(client.PositionLine)
		return ok && p.Tracker == tracker && p.T == want
	}
}

func TestLiveShowsFixesAndFeatures(t *testing.T) {
	s := startConsole(t, nil)
	c := clientOf(t, s)
	id, token := newTracker(t, c, "巡查 01")
	fixes := walk(3)
	if _, err := c.SendFixes(t.Context(), token, fixes[:1]); err != nil {
		t.Fatal(err)
	}
	viewer := tail(t, c)
	viewer.until(t, "the last position", at(id, fixes[0].TMs))
	if _, err := c.SendFixes(t.Context(), token, fixes[2:]); err != nil {
		t.Fatal(err)
	}
	viewer.until(t, "the new position", at(id, fixes[2].TMs))

	// A late fix moves no marker back; a tracker made meanwhile appears.
	if _, err := c.SendFixes(t.Context(), token, fixes[1:2]); err != nil {
		t.Fatal(err)
	}
	second, secondToken := newTracker(t, c, "巡查 02")
	if _, err := c.SendFixes(t.Context(), secondToken, fixes[:1]); err != nil {
		t.Fatal(err)
	}
	back := at(id, fixes[1].TMs)
	viewer.until(t, "the second tracker", func(line any) bool {
		if back(line) {
			t.Error("a late fix moved the marker back")
		}
		return at(second, fixes[0].TMs)(line)
	})
	gate, _, err := c.CreateFeature(t.Context(), "checkpoints", eastGate, map[string]any{"name": "东门", "radius_m": 20, "min_staff": 1})
	if err != nil {
		t.Fatal(err)
	}
	viewer.until(t, "the checkpoint", func(line any) bool {
		f, ok := line.(client.FeatureLine)
		return ok && f.Collection == "checkpoints" && f.Event == "created" && f.ID == gate
	})
}

// connection is a raw viewer.
type connection struct {
	*websocket.Conn
	t *testing.T
}

func dial(t *testing.T, s *server, query string) connection {
	t.Helper()
	header := http.Header{}
	r := http.Request{Header: header}
	r.SetBasicAuth("admin", adminPassword)
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/live"+query, header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return connection{conn, t}
}

// next returns the next text message of one of the types.
func (c connection) next(types ...string) (m struct {
	Type    string
	Epoch   string
	Seq     int64
	Resumed bool
	ID      uuid.UUID
	Feature json.RawMessage
}) {
	c.t.Helper()
	for {
		kind, text, err := c.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for %v: %v", types, err)
		}
		if kind != websocket.TextMessage {
			continue
		}
		if err := json.Unmarshal(text, &m); err != nil {
			c.t.Fatal(err)
		}
		for _, want := range types {
			if m.Type == want {
				return m
			}
		}
	}
}

func TestLiveResumesAfterABreak(t *testing.T) {
	s := startConsole(t, nil)
	c := clientOf(t, s)
	first := dial(t, s, "")
	hello := first.next("hello")
	if hello.Resumed {
		t.Error("resumed from nothing")
	}
	first.next("snapshot")
	first.Close()

	made, _, err := c.CreateFeature(t.Context(), "checkpoints", eastGate, map[string]any{"name": "东门", "radius_m": 20, "min_staff": 1})
	if err != nil {
		t.Fatal(err)
	}
	resume := fmt.Sprintf("?epoch=%s&seq=%d", hello.Epoch, hello.Seq)
	second := dial(t, s, resume)
	if !second.next("hello").Resumed {
		t.Fatal("not resumed")
	}
	if m := second.next("feature", "snapshot"); m.Type != "feature" || m.ID != made {
		t.Errorf("after the break came %s %s, want the feature %s", m.Type, m.ID, made)
	}
	for _, stale := range []string{"?epoch=" + hello.Epoch + "&seq=99999", "?epoch=x&seq=1", "?epoch=" + hello.Epoch + "&seq=-5"} {
		other := dial(t, s, stale)
		if other.next("hello").Resumed {
			t.Errorf("%s: resumed", stale)
		}
		other.next("snapshot")
	}
}

func TestLiveKnowsWhoAsks(t *testing.T) {
	s := startConsole(t, func(cfg *Config) { cfg.TrustProxy = true })
	for _, c := range []struct {
		name   string
		header http.Header
		signed bool
		status int
	}{
		{"nobody", http.Header{}, false, 401},
		{"another origin's page", http.Header{"Origin": {"https://elsewhere.example"}}, true, 403},
		{"its own page", http.Header{"Origin": {s.url}}, true, 101},
		{"its own page, through a proxy", http.Header{"Origin": {"https://public.example"}, "X-Forwarded-Host": {"public.example"}}, true, 101},
		{"a program", http.Header{}, true, 101},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.signed {
				r := http.Request{Header: c.header}
				r.SetBasicAuth("admin", adminPassword)
			}
			conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/live", c.header)
			if err == nil {
				defer conn.Close()
			}
			if answer == nil || answer.StatusCode != c.status {
				t.Errorf("answered %v (%v), want %d", answer, err, c.status)
			}
		})
	}
}

func TestTailSaysWhyItCannotBegin(t *testing.T) {
	s := startConsole(t, nil)
	refused := client.New(s.url, client.Auth{User: "admin", Password: "wrong"})
	defer refused.Close()
	err := refused.Tail(t.Context(), nil, func(any) error { return nil })
	if !client.IsStatus(err, http.StatusUnauthorized) || !strings.Contains(err.Error(), "Sign in") {
		t.Errorf("a wrong password: %v", err)
	}
	away := client.New("http://127.0.0.1:1", client.Auth{})
	defer away.Close()
	if err := away.Tail(t.Context(), nil, func(any) error { return nil }); err == nil {
		t.Error("no server: no error")
	}
}
