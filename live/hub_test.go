package live

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"xunfang/patrol"
)

// liveHub runs a Hub behind HTTP until the test ends; ended gets one value for every
// session that did.
func liveHub(t *testing.T, now func() time.Time) (hub *Hub, url string, ended <-chan struct{}) {
	t.Helper()
	hub = NewHub(HubConfig{Board: NewBoard(), AccessChanged: func() {}, Now: now, Log: slog.New(slog.DiscardHandler)})
	hub.Reset(Picture{Seq: 1})
	sessions := make(chan struct{}, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := hub.Serve(w, r.WithContext(patrol.WithScope(r.Context(), patrol.Everything))); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
		sessions <- struct{}{}
	}))
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(16 << 10); err != nil { // soon full
			t.Error(err)
		}
		return ctx
	}
	server.Start()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { hub.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		server.Close()
	})
	return hub, "ws" + strings.TrimPrefix(server.URL, "http"), sessions
}

func join(t *testing.T, url string, dialer *websocket.Dialer) *websocket.Conn {
	t.Helper()
	conn, _, err := dialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// areaOfSize is a change whose message has about so many bytes.
func areaOfSize(seq int64, bytes int) patrol.Event {
	return patrol.Event{Seq: seq, Feature: &patrol.FeatureChange{Event: "created", Feature: patrol.Feature{
		Collection: "areas", ID: uuid.New(), Version: 1,
		Properties: json.RawMessage(`{"name":"` + strings.Repeat("x", bytes) + `"}`),
	}}}
}

// readFeatures reads until n changes of features have come, and returns how many did.
func readFeatures(conn *websocket.Conn, n int) (got int, err error) {
	for got < n {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return got, err
		}
		if bytes.HasPrefix(message, []byte(`{"type":"feature"`)) {
			got++
		}
	}
	return got, nil
}

// A viewer who takes nothing in is dropped; the others see everything meanwhile.
func TestHubDropsAStalledViewer(t *testing.T) {
	// By this clock a write's deadline comes after two seconds of ours.
	slow := func() time.Time { return time.Now().Add(2*time.Second - writeTimeout) }
	hub, url, ended := liveHub(t, slow)
	narrow := &websocket.Dialer{NetDial: func(network, addr string) (net.Conn, error) {
		conn, err := net.Dial(network, addr)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	}}
	join(t, url, narrow)
	reading := join(t, url, websocket.DefaultDialer)

	const changes = 30
	for seq := range int64(changes) {
		hub.Apply(areaOfSize(2+seq, 32<<10), nil)
	}
	if n, err := readFeatures(reading, changes); n != changes || err != nil {
		t.Errorf("the viewer who reads saw %d changes of %d (%v)", n, changes, err)
	}
	<-ended // the stalled one's: the other is still there
	if err := reading.WriteMessage(websocket.TextMessage, []byte("still here")); err != nil {
		t.Error(err)
	}
}

func TestHubSendsEveryoneAwayInANewEpoch(t *testing.T) {
	hub, url, ended := liveHub(t, time.Now)
	code := func(conn *websocket.Conn) int {
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				if closed, ok := err.(*websocket.CloseError); ok {
					return closed.Code
				}
				t.Fatal(err)
			}
		}
	}
	first := join(t, url, websocket.DefaultDialer)
	if _, _, err := first.ReadMessage(); err != nil { // hello: it is in
		t.Fatal(err)
	}
	hub.Reset(Picture{Seq: 7})
	if got := code(first); got != websocket.CloseTryAgainLater {
		t.Errorf("in a new epoch: closed with %d", got)
	}
	<-ended
}

func TestHubEndsASessionThatSaysTooMuch(t *testing.T) {
	_, url, ended := liveHub(t, time.Now)
	conn := join(t, url, websocket.DefaultDialer)
	if err := conn.WriteMessage(websocket.TextMessage, make([]byte, readLimit+1)); err != nil {
		t.Fatal(err)
	}
	<-ended
}
