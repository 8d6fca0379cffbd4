// Package storetest gives tests a real database: one private PostgreSQL for each
// test process, and in it one database for each test.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xunfang/store"
)

// cluster is the PostgreSQL of this test process, from Main's start to its end.
var cluster struct {
	*store.Private
	databases atomic.Int64
}

const template = "xunfang_template" // a migrated database that tests get copies of

// Main runs a package's tests with a PostgreSQL at hand and returns the exit code:
// call it from TestMain and pass the result to os.Exit. When PostgreSQL cannot be
// started the tests fail; they are never skipped.
func Main(m *testing.M) int {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return 1
	}
	return code
}

func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "xunfang-test-")
	if err != nil {
		return 0, fmt.Errorf("make a data folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	ctx := context.Background()
	if cluster.Private, err = store.StartPrivate(ctx, dir, errorsOnly()); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	if err := makeTemplate(ctx); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// makeTemplate migrates one database and lets go of it, so that it can be copied.
func makeTemplate(ctx context.Context) error {
	if err := execute(ctx, `CREATE DATABASE `+template); err != nil {
		return err
	}
	s, err := store.Open(ctx, databaseURL(template), Migrations(), time.Now, quiet())
	if err != nil {
		return err
	}
	s.Close()
	return nil
}

// URL returns the address of a new, migrated, empty database that is dropped when
// the test ends.
func URL(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", cluster.databases.Add(1))
	if err := execute(context.Background(), `CREATE DATABASE `+name+` TEMPLATE `+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := execute(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	return databaseURL(name)
}

// Open returns a store on a new, empty database, by the real clock. It is closed
// and its database dropped when the test ends.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return OpenURL(t, URL(t), time.Now)
}

// OpenURL is Open on a database that URL returned, by the clock now: for a test that
// needs several stores on one database, or another time.
func OpenURL(t testing.TB, url string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, Migrations(), now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// DataDir returns an empty folder for a private PostgreSQL, removed when the test
// ends. (t.TempDir is closed to the account that PostgreSQL runs under.)
func DataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "xunfang-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Migrations returns the migrations folder of this repository.
func Migrations() fs.FS {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return os.DirFS(filepath.Join(dir, "migrations"))
}

// Exec runs one statement on the database at url, as somebody beside the store.
func Exec(t testing.TB, url, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// execute runs one statement on the cluster's first database.
func execute(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, cluster.URL())
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

func databaseURL(name string) string {
	u, err := url.Parse(cluster.URL())
	if err != nil {
		panic(err) // we wrote it ourselves
	}
	u.Path = "/" + name
	return u.String()
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func errorsOnly() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}
