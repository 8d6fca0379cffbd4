package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"xunfang/ingest"
	"xunfang/patrol"
)

const (
	minFreeShare = 0.10 // of the disk: below, fixes are refused before PostgreSQL fails
	diskEvery    = 5 * time.Second
)

// diskGuard says when the disk of the private database is nearly full. Nothing is taken
// in then; devices keep their fixes meanwhile.
type diskGuard struct {
	folder string // "": the database is somebody else's
	now    func() time.Time

	mu     sync.Mutex
	looked time.Time
	full   bool
}

func newDiskGuard(cfg Config, now func() time.Time) *diskGuard {
	g := &diskGuard{folder: cfg.Data, now: now}
	if cfg.DatabaseURL != "" {
		g.folder = ""
	}
	return g
}

// check returns ErrUnavailable while the disk is nearly full.
func (g *diskGuard) check() error {
	if g.folder == "" {
		return nil
	}
	full, err := g.nearlyFull()
	if err != nil {
		return fmt.Errorf("look at the disk: %w: %w", patrol.ErrUnavailable, err)
	}
	if full {
		return fmt.Errorf("the disk is nearly full: %w", patrol.ErrUnavailable)
	}
	return nil
}

// guardedFixes is an intake that takes nothing while the disk is nearly full.
type guardedFixes struct {
	intake ingest.Intake
	disk   *diskGuard
}

// Submit is the intake's, or ErrUnavailable while the disk is nearly full.
func (g guardedFixes) Submit(ctx context.Context, t patrol.Tracker, fixes []patrol.Fix) (patrol.Receipt, error) {
	if err := g.disk.check(); err != nil {
		return patrol.Receipt{}, fmt.Errorf("take fixes: %w", err)
	}
	return g.intake.Submit(ctx, t, fixes)
}

// guardedImages is the same for images.
type guardedImages struct {
	images ingest.Images
	disk   *diskGuard
}

// SubmitImages is the desk's, or ErrUnavailable while the disk is nearly full.
func (g guardedImages) SubmitImages(ctx context.Context, t patrol.Tracker, images []patrol.Image) (patrol.Receipt, error) {
	if err := g.disk.check(); err != nil {
		return patrol.Receipt{}, fmt.Errorf("take images: %w", err)
	}
	return g.images.SubmitImages(ctx, t, images)
}

// guardedSigns is the same for heartbeats and check-ins.
type guardedSigns struct {
	signs ingest.Signs
	disk  *diskGuard
}

// Heartbeat is the desk's, or ErrUnavailable while the disk is nearly full.
func (g guardedSigns) Heartbeat(ctx context.Context, t patrol.Tracker, tMs int64) (patrol.Receipt, error) {
	if err := g.disk.check(); err != nil {
		return patrol.Receipt{}, fmt.Errorf("take a heartbeat: %w", err)
	}
	return g.signs.Heartbeat(ctx, t, tMs)
}

// CheckIn is the desk's, or ErrUnavailable while the disk is nearly full.
func (g guardedSigns) CheckIn(ctx context.Context, t patrol.Tracker, c patrol.CheckIn) (patrol.Receipt, error) {
	if err := g.disk.check(); err != nil {
		return patrol.Receipt{}, fmt.Errorf("take a check-in: %w", err)
	}
	return g.signs.CheckIn(ctx, t, c)
}

func (g *diskGuard) nearlyFull() (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.looked) >= diskEvery {
		var disk unix.Statfs_t
		if err := unix.Statfs(g.folder, &disk); err != nil {
			return false, err
		}
		g.looked = now
		g.full = float64(disk.Bavail) < minFreeShare*float64(disk.Blocks)
	}
	return g.full, nil
}
