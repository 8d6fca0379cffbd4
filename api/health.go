package api

import (
	"context"
	"net/http"
	"time"
)

const readyWithin = 2 * time.Second

// serveHealth says that the process answers.
func (s *server) serveHealth(w http.ResponseWriter, _ *http.Request) error {
	write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	return nil
}

// serveReady says whether requests can be answered: storage is at hand.
func (s *server) serveReady(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		return statusError{http.StatusServiceUnavailable, "Storage does not answer"}
	}
	write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ready\n"))
	return nil
}
