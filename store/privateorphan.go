package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// stopOrphan ends the PostgreSQL that a killed server left on this folder, if there
// is one, and waits until it has gone. postmaster.pid is only read: PostgreSQL alone
// knows when it may be removed.
func (h *home) stopOrphan(ctx context.Context, log *slog.Logger) error {
	pid, err := h.postmaster()
	if err != nil || pid == 0 {
		return err
	}
	process, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil // it has gone
	}
	if err != nil {
		return fmt.Errorf("look at process %d: %w", pid, err)
	}
	defer unix.Close(process)
	if !h.serves(pid) {
		return nil // the number belongs to somebody else by now
	}
	log.Info("stopping the PostgreSQL that a killed server left behind", "pid", pid)
	for _, step := range []struct {
		signal  unix.Signal
		patient time.Duration
	}{{unix.SIGINT, fastStop}, {unix.SIGQUIT, immediateStop}} {
		if err := unix.PidfdSendSignal(process, step.signal, nil, 0); errors.Is(err, unix.ESRCH) {
			return nil
		} else if err != nil {
			return fmt.Errorf("stop process %d: %w", pid, err)
		}
		gone, err := waitGone(ctx, process, step.patient)
		if err != nil || gone {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return fmt.Errorf("process %d still uses %s and does not stop", pid, h.data())
}

// postmaster returns the process that postmaster.pid names, 0 when there is none.
func (h *home) postmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for another PostgreSQL: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 0 {
		return 0, nil // half written by a machine that went down
	}
	return pid, nil
}

// serves reports whether process pid is a PostgreSQL on this very folder.
func (h *home) serves(pid int) bool {
	proc := fmt.Sprintf("/proc/%d/", pid)
	name, err := os.ReadFile(proc + "comm")
	if err != nil || strings.TrimSpace(string(name)) != "postgres" {
		return false
	}
	cwd, err := os.Readlink(proc + "cwd")
	return err == nil && cwd == h.data()
}

const pollEvery = 50 // milliseconds; how often a wait looks at its context

// waitGone reports whether the process behind a pidfd ended within patient, or
// before ctx did.
func waitGone(ctx context.Context, process int, patient time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	watched := []unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}}
	for ctx.Err() == nil {
		n, err := unix.Poll(watched, pollEvery)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return false, fmt.Errorf("wait for a process: %w", err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}
