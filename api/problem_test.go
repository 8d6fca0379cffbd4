package api

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xunfang/patrol"
)

// A sender that has ended its side of the connection still reads; to it, silence must
// not look like the 200 of fixes that are stored.
func TestWhoHasEndedSendingIsNotToldThatAllIsWell(t *testing.T) {
	handler, err := New(Config{
		Ingest: func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return fmt.Errorf("wait for the commit: %w", r.Context().Err())
		},
		Metrics: prometheus.NewRegistry(), Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(handler)
	defer door.Close()
	conn, err := net.Dial("tcp", door.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "POST /ingest/fixes HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("answered %d with %v", answer.StatusCode, answer.Header)
	}
}

// While storage is away every device tries again and again: that must not fill a disk.
func TestTheLogSaysOnceThatStorageIsAway(t *testing.T) {
	var log bytes.Buffer
	handler, err := New(Config{
		Ingest:  func(http.ResponseWriter, *http.Request) error { return patrol.ErrUnavailable },
		Metrics: prometheus.NewRegistry(), Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/ingest/fixes", nil))
	}
	if lines := strings.Count(log.String(), "\n"); lines < 1 || lines > 100 {
		t.Errorf("1000 failures are %d lines", lines)
	}
}
