package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"xunfang/patrol"
)

// Store is one PostGIS database. Its methods may be called from many goroutines.
type Store struct {
	db  *pgxpool.Pool
	now func() time.Time
	log *slog.Logger
}

var (
	_ patrol.Archive = (*Store)(nil)
	_ patrol.Demands = (*Store)(nil)
	_ patrol.Ledger  = (*Store)(nil)
	_ patrol.Shelf   = (*Store)(nil)
	_ patrol.Flusher = (*Flusher)(nil)
)

const maxConns = 16 // unless the URL has pool_max_conns

// Open connects to the database at url (as PostgreSQL writes it) and brings its
// schema up to date. It refuses a database that acknowledges what it could still
// lose, that lacks PostGIS, or that a newer program has migrated. now is the clock
// for sessions and retention; leases go by the database's own.
func Open(ctx context.Context, url string, migrations fs.FS, now func() time.Time, log *slog.Logger) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = maxConns
	}
	params := config.ConnConfig.RuntimeParams
	params["timezone"] = "UTC"
	params["application_name"] = "xunfang"
	// A generic plan locks every day there is; one for the times asked, only those days.
	params["plan_cache_mode"] = "force_custom_plan"

	db, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Store{db: db, now: now, log: log}
	if err := s.prepare(ctx, migrations); err != nil {
		db.Close()
		return nil, failed("open the database", err)
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context, migrations fs.FS) error {
	if err := s.checkDurability(ctx); err != nil {
		return err
	}
	if err := s.checkPostGIS(ctx); err != nil {
		return err
	}
	return s.migrate(ctx, migrations)
}

// checkDurability refuses a database whose commit is no promise: an acknowledged
// fix must survive a power cut.
func (s *Store) checkDurability(ctx context.Context) error {
	const q = `
		SELECT name
		  FROM pg_settings
		 WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'
		 ORDER BY name
		 LIMIT 1`
	var setting string
	err := s.db.QueryRow(ctx, q).Scan(&setting)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is off: this database acknowledges what a crash can lose; set %s = on", setting, setting)
}

func (s *Store) checkPostGIS(ctx context.Context) error {
	const q = `
		SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis')`
	var there bool
	if err := s.db.QueryRow(ctx, q).Scan(&there); err != nil {
		return err
	}
	if !there {
		return errors.New("the database server has no PostGIS; on Debian install postgresql-15-postgis-3")
	}
	return nil
}

// Close ends every connection. Calls under way fail with patrol.ErrUnavailable or
// finish first.
func (s *Store) Close() { s.db.Close() }

// Ping asks the database for a sign of life; patrol.ErrUnavailable without one.
func (s *Store) Ping(ctx context.Context) error {
	return failed("ping the database", s.db.Ping(ctx))
}

// inTx runs f in a transaction and commits it when f returns nil.
func (s *Store) inTx(ctx context.Context, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.db, f)
}
