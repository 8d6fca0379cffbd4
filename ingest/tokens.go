package ingest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"xunfang/patrol"
)

const (
	tokenKept  = 4 * time.Second // a token that was revoked lives on so long
	tokensKept = 100_000
)

// tokens remembers whose token is whose for a short while, so that a sender of many
// small batches costs one look-up and not one each.
type tokens struct {
	trackers Trackers
	now      func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]knownTracker
}

type knownTracker struct {
	tracker patrol.Tracker
	until   time.Time
}

func newTokens(trackers Trackers, now func() time.Time) *tokens {
	return &tokens{trackers: trackers, now: now, known: make(map[[sha256.Size]byte]knownTracker)}
}

// bearer returns the tracker whose token a request carries, or ErrUnauthorized.
func (t *tokens) bearer(r *http.Request) (patrol.Tracker, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return patrol.Tracker{}, patrol.ErrUnauthorized
	}
	hash := sha256.Sum256([]byte(token))
	now := t.now()
	t.mu.Lock()
	known, ok := t.known[hash]
	t.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.tracker, nil
	}
	tracker, err := t.trackers.TrackerByToken(r.Context(), hash[:])
	if errors.Is(err, patrol.ErrNotFound) {
		return patrol.Tracker{}, patrol.ErrUnauthorized
	}
	if err != nil {
		return patrol.Tracker{}, fmt.Errorf("find the tracker of a token: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.known) >= tokensKept {
		clear(t.known)
	}
	t.known[hash] = knownTracker{tracker, now.Add(tokenKept)}
	return tracker, nil
}
