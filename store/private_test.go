package store_test

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

func startPrivate(t *testing.T, dir string, log *slog.Logger) *store.Private {
	t.Helper()
	p, err := store.StartPrivate(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// postmaster returns the process number of the PostgreSQL on dir.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestPrivateStartsStopsAndStartsAgain(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := storetest.DataDir(t)
	for _, round := range []string{"first", "second"} {
		p := startPrivate(t, dir, quiet())
		s, err := store.Open(t.Context(), p.URL(), storetest.Migrations(), time.Now, quiet())
		if err != nil {
			t.Fatalf("%s start: %v", round, err)
		}
		users, err := s.Users(t.Context())
		if err != nil || (round == "second") != (len(users) == 1) {
			t.Errorf("%s start: users %v, %v", round, users, err)
		}
		if round == "first" {
			u := patrol.User{ID: uuid.New(), Name: "admin", Grants: []patrol.Grant{{Role: patrol.Admin}}, Created: time.Now()}
			if err := s.CreateUser(t.Context(), u, "hash"); err != nil {
				t.Error(err)
			}
		}
		s.Close()
		if err := p.Stop(); err != nil {
			t.Errorf("%s stop: %v", round, err)
		}
		select {
		case <-p.Done():
		default:
			t.Errorf("%s stop: Done is open", round)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "socket"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder: %v, %v", info, err)
	}
}

func TestPrivateInAFolderWithALongPath(t *testing.T) {
	dir := filepath.Join(storetest.DataDir(t), strings.Repeat("long", 25))
	p := startPrivate(t, dir, quiet())
	conn, err := pgx.Connect(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
}

// A checkout under /root: PostgreSQL's account cannot walk down to its data folder.
func TestPrivateBelowAClosedFolder(t *testing.T) {
	closed := storetest.DataDir(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "pg")
	t.Cleanup(func() { // only as root there is another folder
		if there, err := filepath.EvalSymlinks(filepath.Join(dir, "elsewhere")); err == nil {
			_ = os.RemoveAll(there)
		}
	})
	for _, round := range []string{"first", "second"} {
		p := startPrivate(t, dir, quiet())
		conn, err := pgx.Connect(t.Context(), p.URL())
		if err != nil {
			t.Fatal(err)
		}
		q := `CREATE TABLE kept ()`
		if round == "second" {
			q = `SELECT FROM kept`
		}
		if _, err := conn.Exec(t.Context(), q); err != nil {
			t.Errorf("%s start: %v", round, err)
		}
		conn.Close(t.Context())
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
}

func TestPrivateRefusesAFolderInUse(t *testing.T) {
	dir := storetest.DataDir(t)
	startPrivate(t, dir, quiet())
	_, err := store.StartPrivate(t.Context(), dir, quiet())
	if err == nil || !strings.Contains(err.Error(), "in use by another xunfang") {
		t.Errorf("a second server on the folder: %v", err)
	}
}

// serveElsewhere runs a server on dir in a process of its own.
func serveElsewhere(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the server said %q, %v", line, err)
	}
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
}

func TestPrivateDiesWithAKilledServer(t *testing.T) {
	dir := storetest.DataDir(t)
	server := serveElsewhere(t, dir)
	child, err := unix.PidfdOpen(postmaster(t, dir), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(child)
	kill(t, server)
	if _, err := unix.Poll([]unix.PollFd{{Fd: int32(child), Events: unix.POLLIN}}, -1); err != nil {
		t.Fatal(err)
	}
	startPrivate(t, dir, quiet())
}

// notices is a slog.Handler that passes messages on.
type notices struct {
	slog.Handler
	said chan string
}

func (n notices) Enabled(context.Context, slog.Level) bool { return true }

func (n notices) Handle(_ context.Context, r slog.Record) error {
	select {
	case n.said <- r.Message:
	default:
	}
	return nil
}

// A PostgreSQL that did not hear its server die, for it was stopped, is found by the
// next server, which waits until it has ended.
func TestPrivateStopsAnOrphan(t *testing.T) {
	dir := storetest.DataDir(t)
	server := serveElsewhere(t, dir)
	orphan := postmaster(t, dir)
	if err := syscall.Kill(orphan, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	kill(t, server)
	defer func() { _ = syscall.Kill(orphan, syscall.SIGKILL) }() // unless it has gone

	log := notices{Handler: slog.DiscardHandler, said: make(chan string, 1)}
	started := make(chan error, 1)
	var p *store.Private
	go func() {
		var err error
		p, err = store.StartPrivate(context.Background(), dir, slog.New(log))
		started <- err
	}()
	select {
	case said := <-log.said:
		if !strings.Contains(said, "left behind") {
			t.Errorf("it said %q", said)
		}
	case err := <-started:
		t.Fatalf("it started beside the orphan: %v", err)
	}
	if err := syscall.Kill(orphan, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	if postmaster(t, dir) == orphan {
		t.Error("the orphan still serves")
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

func TestACrashIsUnavailableAndLosesNothing(t *testing.T) {
	dir := storetest.DataDir(t)
	p := startPrivate(t, dir, quiet())
	s, err := store.Open(t.Context(), p.URL(), storetest.Migrations(), time.Now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tracker, f := uuid.New(), store.NewFlusher(s)
	var acknowledged int64
	for ; ; acknowledged++ {
		if acknowledged == 20 {
			if err := syscall.Kill(postmaster(t, dir), syscall.SIGQUIT); err != nil {
				t.Fatal(err)
			}
		}
		_, err := f.Flush(t.Context(), []patrol.Fix{fixAt(tracker, acknowledged)})
		if err == nil {
			continue
		}
		if !errors.Is(err, patrol.ErrUnavailable) {
			t.Fatalf("after the crash: %v, want unavailable", err)
		}
		break
	}
	<-p.Done()
	if _, err := s.Head(t.Context()); !errors.Is(err, patrol.ErrUnavailable) {
		t.Errorf("Head without a database: %v, want unavailable", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, patrol.ErrUnavailable) {
		t.Errorf("Ping without a database: %v, want unavailable", err)
	}
	_ = p.Stop() // "ended badly", which is what was done to it
	startPrivate(t, dir, quiet())
	n, err := s.CountFixes(t.Context(), patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: t0, ToMs: t0 + acknowledged}})
	if err != nil || int64(n) < acknowledged {
		t.Errorf("%d of %d acknowledged fixes are there, %v", n, acknowledged, err)
	}
	// The one whose outcome nobody knew is sent again.
	flush(t, f, fixAt(tracker, acknowledged))
	if got := fixesOf(t, s, tracker); int64(len(got)) != acknowledged+1 {
		t.Errorf("%d fixes, want %d", len(got), acknowledged+1)
	}
}

func TestOpenRefusesADatabaseThatMayForget(t *testing.T) {
	url := storetest.URL(t)
	storetest.Exec(t, url, `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
	END $$`)
	s, err := store.Open(t.Context(), url, storetest.Migrations(), time.Now, quiet())
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "synchronous_commit is off") {
		t.Errorf("Open = %v, want a refusal", err)
	}
}
