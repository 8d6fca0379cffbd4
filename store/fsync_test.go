package store

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// A PostgreSQL that was told not to wait for its disk is refused.
func TestOpenRefusesFsyncOff(t *testing.T) {
	dir, err := os.MkdirTemp("", "xunfang-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	home, err := openHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &Private{home: home, log: slog.New(slog.DiscardHandler), done: make(chan struct{})}
	defer p.Stop()
	if err := home.initialize(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.socket, err = home.makeSocketDir(); err != nil {
		t.Fatal(err)
	}
	if err := p.launch(append(p.settings(), "-c", "fsync=off")); err != nil {
		t.Fatal(err)
	}
	if err := p.createDatabase(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), p.URL(), fstest.MapFS{}, time.Now, p.log)
	if err == nil || !strings.Contains(err.Error(), "fsync is off") {
		t.Errorf("Open = %v, want a refusal", err)
	}
}
