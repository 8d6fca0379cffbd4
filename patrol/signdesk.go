package patrol

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	wrongCodes     = 5                // in a row, then a tracker must wait:
	wrongCodeWait  = 30 * time.Second // for each further one
	checkInPast    = 24 * time.Hour   // a check-in may be told so long after it
	codeGuessesMax = 100_000          // trackers whose wrong codes are remembered
)

// SignStore keeps signs, and the secrets that codes are made of.
type SignStore interface {
	// AddSigns commits those that are new and returns them with their seq in the feed, 0
	// when there are none. Its errors wrap ErrUnavailable: the same may be given again.
	AddSigns(ctx context.Context, signs []Sign) (seq int64, added []Sign, err error)
	// CheckpointSecret returns the secret of a checkpoint that there is, made when first
	// asked for; ErrNotFound when there is none.
	CheckpointSecret(ctx context.Context, checkpoint uuid.UUID) ([]byte, error)
}

// SignDeskConfig is what a SignDesk needs.
type SignDeskConfig struct {
	Store     SignStore
	Publisher Publisher
	Now       func() time.Time
	Retention int // days that evidence is kept; 0 = for ever
}

// SignDesk takes in heartbeats and check-ins. Safe for concurrent use.
type SignDesk struct {
	cfg    SignDeskConfig
	limits timeLimits

	mu    sync.Mutex
	wrong map[uuid.UUID]guesses
}

// guesses are the wrong codes of one tracker in a row.
type guesses struct {
	n    int
	last time.Time
}

// NewSignDesk returns a desk over a store.
func NewSignDesk(cfg SignDeskConfig) *SignDesk {
	return &SignDesk{cfg: cfg, limits: timeLimits{anyPast: cfg.Retention == 0}, wrong: map[uuid.UUID]guesses{}}
}

// CheckIn is a code that somebody read at a checkpoint.
type CheckIn struct {
	Checkpoint uuid.UUID
	Code       string
	TMs        int64 // when it was read, by the device's clock
}

// Heartbeat commits that a tracker lived at a time. *Invalid: that time is not believed.
func (d *SignDesk) Heartbeat(ctx context.Context, tracker Tracker, tMs int64) (Receipt, error) {
	if err := d.limits.of(tracker, d.cfg.Now()).check(tMs); err != nil {
		return Receipt{}, Invalidf("t", "%v", err)
	}
	return d.add(ctx, Sign{Tracker: tracker.ID, TMs: tMs})
}

// CheckIn commits that a tracker was at a checkpoint. *Invalid: there is no such
// checkpoint, the code is not the one it showed, or the time is not believed.
// ErrTooOften: after too many wrong codes, until some time has passed.
func (d *SignDesk) CheckIn(ctx context.Context, tracker Tracker, c CheckIn) (Receipt, error) {
	now := d.cfg.Now()
	if err := d.limits.of(tracker, now).check(c.TMs); err != nil {
		return Receipt{}, Invalidf("t", "%v", err)
	}
	if now.Sub(time.UnixMilli(c.TMs)) > checkInPast {
		return Receipt{}, Invalidf("t", "is more than a day back: a check-in is told within a day")
	}
	if !d.mayGuess(tracker.ID, now) {
		return Receipt{}, fmt.Errorf("check in: %w", ErrTooOften)
	}
	secret, err := d.cfg.Store.CheckpointSecret(ctx, c.Checkpoint)
	if errors.Is(err, ErrNotFound) {
		return Receipt{}, Invalidf("checkpoint", "names no checkpoint that there is")
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("check in: %w", err)
	}
	if !codeMatches(secret, c.Code, c.TMs) {
		return Receipt{}, Invalidf("code", "is not the one that the checkpoint showed at that time")
	}
	d.mu.Lock()
	delete(d.wrong, tracker.ID)
	d.mu.Unlock()
	return d.add(ctx, Sign{Tracker: tracker.ID, TMs: c.TMs, Checkpoint: c.Checkpoint})
}

// mayGuess counts an attempt, which a right code makes good.
func (d *SignDesk) mayGuess(tracker uuid.UUID, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.wrong[tracker]
	if g.n >= wrongCodes && now.Sub(g.last) < wrongCodeWait {
		return false
	}
	if len(d.wrong) >= codeGuessesMax {
		clear(d.wrong)
	}
	d.wrong[tracker] = guesses{g.n + 1, now}
	return true
}

func (d *SignDesk) add(ctx context.Context, s Sign) (Receipt, error) {
	s.ReceivedMs = d.cfg.Now().UnixMilli()
	seq, added, err := d.cfg.Store.AddSigns(ctx, []Sign{s})
	if err != nil {
		return Receipt{}, fmt.Errorf("store a sign: %w", err)
	}
	if seq != 0 {
		d.cfg.Publisher.Publish(Event{Seq: seq, Signs: added})
	}
	return Receipt{Stored: len(added), Duplicate: 1 - len(added), Rejected: []Rejection{}}, nil
}

// Code returns what a checkpoint shows now, and when (Unix ms) the next one takes its
// place. ErrNotFound: there is no such checkpoint.
func (d *SignDesk) Code(ctx context.Context, checkpoint uuid.UUID) (code string, changesMs int64, err error) {
	secret, err := d.cfg.Store.CheckpointSecret(ctx, checkpoint)
	if err != nil {
		return "", 0, fmt.Errorf("code of a checkpoint: %w", err)
	}
	nowMs := d.cfg.Now().UnixMilli()
	return checkpointCode(secret, nowMs), codeChangesMs(nowMs), nil
}
