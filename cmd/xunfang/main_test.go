package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"xunfang/client"
	"xunfang/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childMark) != "" {
		os.Exit(serveAsChild())
	}
	code := storetest.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "something that a test started is still running:", err)
		code = 1
	}
	os.Exit(code)
}

const adminPassword = "correct horse battery"

// startConsole runs serve on a database of its own, on port 0, until the test ends;
// change may turn the configuration first.
func startConsole(t testing.TB, change func(*Config)) *server {
	t.Helper()
	cfg := Config{
		Addr: "127.0.0.1:0", DatabaseURL: storetest.URL(t), AdminPassword: adminPassword,
		RetentionDays: 30, Name: "Test", TimeZone: "UTC",
	}
	if change != nil {
		change(&cfg)
	}
	s, stop := startServing(t, cfg)
	t.Cleanup(stop)
	return s
}

// startServing runs serve and returns how to stop it.
func startServing(t testing.TB, cfg Config) (s *server, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up := make(chan *server, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, cfg, func(_ context.Context, s *server) error {
			up <- s
			return nil
		})
	}()
	select {
	case s = <-up:
	case err := <-ended:
		cancel()
		t.Fatalf("serve: %v", err)
	}
	stopped := false
	return s, func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	}
}

// clientOf returns a client of s as its first user.
func clientOf(t testing.TB, s *server) *client.Client {
	t.Helper()
	c := client.New(s.url, client.Auth{User: "admin", Password: adminPassword})
	t.Cleanup(c.Close)
	return c
}

// newTracker makes a person's tracker.
func newTracker(t testing.TB, c *client.Client, name string) (id uuid.UUID, token string) {
	t.Helper()
	id, token, err := c.CreateTracker(t.Context(), map[string]any{"name": name, "kind": "person"})
	if err != nil {
		t.Fatal(err)
	}
	return id, token
}

// testData returns the folder of real recordings, or says plainly that it is not here.
func testData(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("XUNFANG_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("NOT TESTED on real recordings: %v; set XUNFANG_TESTDATA", err)
	}
	return folder
}
