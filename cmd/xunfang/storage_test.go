package main

import (
	"log/slog"
	"net/http"
	"testing"

	"xunfang/client"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// The database goes away under a running console and comes back: fixes are refused
// with 503 and stored when sent again, viewers keep their picture and are told.
func TestStorageGoesAwayAndComesBack(t *testing.T) {
	dir := storetest.DataDir(t)
	start := func() *store.Private {
		database, err := store.StartPrivate(t.Context(), dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return database
	}
	database := start()
	t.Cleanup(func() {
		if err := database.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := startConsole(t, func(cfg *Config) { cfg.DatabaseURL = database.URL() })
	c := clientOf(t, s)
	id, token := newTracker(t, c, "巡查 01")
	fixes := walk(3)
	if _, err := c.SendFixes(t.Context(), token, fixes[:1]); err != nil {
		t.Fatal(err)
	}
	viewer := tail(t, c)
	viewer.until(t, "the last position", at(id, fixes[0].TMs))

	if err := database.Stop(); err != nil {
		t.Fatal(err)
	}
	_, err := c.PostFixes(t.Context(), token, fixes[1:2])
	if !client.IsStatus(err, http.StatusServiceUnavailable) {
		t.Errorf("with the database away: %v, want 503", err)
	}
	viewer.until(t, "that storage is away", storeIs(true))

	sent := make(chan error, 1)
	go func() { // as a device does: again and again
		_, err := c.SendFixes(t.Context(), token, fixes[1:])
		sent <- err
	}()
	database = start()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	moved, back := false, false
	viewer.until(t, "the newest position, and that storage is back", func(line any) bool {
		moved = moved || at(id, fixes[2].TMs)(line)
		back = back || storeIs(false)(line)
		return moved && back
	})
	stored, err := s.store.FixesOf(t.Context(), patrol.EvidenceQuery{Tracker: id, Times: patrol.Times{FromMs: fixes[0].TMs, ToMs: fixes[2].TMs}})
	if err != nil || len(stored) != 3 {
		t.Errorf("%d fixes stored (%v), want 3", len(stored), err)
	}
}

func storeIs(away bool) func(any) bool {
	return func(line any) bool {
		l, ok := line.(client.StoreLine)
		return ok && l.Away == away
	}
}
