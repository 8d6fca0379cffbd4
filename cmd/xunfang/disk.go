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

// diskGuard is an intake that takes nothing while the disk of the private database is
// nearly full; devices keep their fixes meanwhile.
type diskGuard struct {
	intake ingest.Intake
	folder string
	now    func() time.Time

	mu     sync.Mutex
	looked time.Time
	full   bool
}

// newDiskGuard guards the intake, unless the database is somebody else's.
func newDiskGuard(intake ingest.Intake, cfg Config, now func() time.Time) ingest.Intake {
	if cfg.DatabaseURL != "" {
		return intake
	}
	return &diskGuard{intake: intake, folder: cfg.Data, now: now}
}

// Submit is the intake's, or ErrUnavailable while the disk is nearly full.
func (g *diskGuard) Submit(ctx context.Context, t patrol.Tracker, fixes []patrol.Fix) (patrol.Receipt, error) {
	full, err := g.nearlyFull()
	if err != nil {
		return patrol.Receipt{}, fmt.Errorf("look at the disk: %w: %w", patrol.ErrUnavailable, err)
	}
	if full {
		return patrol.Receipt{}, fmt.Errorf("take fixes: the disk is nearly full: %w", patrol.ErrUnavailable)
	}
	return g.intake.Submit(ctx, t, fixes)
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
