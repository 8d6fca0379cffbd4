package api

import (
	"sync"
	"time"
)

// How often somebody may fail to sign in: a burst, then one more each refill.
const (
	attemptsBurst  = 10
	attemptsRefill = 6 * time.Second
	attemptsKept   = 100_000 // keys; beyond that new ones must wait
)

// attempts counts failed sign-ins by key: an address.
type attempts struct {
	mu   sync.Mutex
	left map[string]allowance
}

// allowance is a bucket: how many attempts were left at a time.
type allowance struct {
	left float64
	at   time.Time
}

func newAttempts() *attempts { return &attempts{left: map[string]allowance{}} }

// take spends one attempt of every key, or none and says how long to wait.
func (a *attempts) take(now time.Time, keys ...string) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.left) >= attemptsKept {
		a.forget(now)
	}
	for _, key := range keys {
		left := a.leftOf(key, now)
		if _, known := a.left[key]; !known && len(a.left) >= attemptsKept {
			left = 0
		}
		if left < 1 {
			wait = max(wait, time.Duration((1-left)*float64(attemptsRefill)))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, key := range keys {
		a.left[key] = allowance{a.leftOf(key, now) - 1, now}
	}
	return 0
}

// giveBack returns what a successful attempt took.
func (a *attempts) giveBack(now time.Time, keys ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range keys {
		a.left[key] = allowance{min(attemptsBurst, a.leftOf(key, now)+1), now}
	}
}

func (a *attempts) leftOf(key string, now time.Time) float64 {
	was, known := a.left[key]
	if !known {
		return attemptsBurst
	}
	return min(attemptsBurst, was.left+float64(max(0, now.Sub(was.at)))/float64(attemptsRefill))
}

// forget drops keys that have their whole allowance again.
func (a *attempts) forget(now time.Time) {
	for key := range a.left {
		if a.leftOf(key, now) >= attemptsBurst {
			delete(a.left, key)
		}
	}
}
