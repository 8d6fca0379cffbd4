package store

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// migrate applies the numbered files that the database has not seen, each in its
// own transaction. Programs that start together take turns.
func (s *Store) migrate(ctx context.Context, migrations fs.FS) error {
	names, err := fs.Glob(migrations, "*.sql") // sorted
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return fmt.Errorf("migration %s is out of order: number %d was expected", name, i+1)
		}
		sql, err := fs.ReadFile(migrations, name)
		if err != nil {
			return fmt.Errorf("read migration %s: %w", name, err)
		}
		if err := s.applyOnce(ctx, i+1, name, string(sql)); err != nil {
			return fmt.Errorf("apply migration %s: %w", name, err)
		}
	}
	return s.checkNotNewer(ctx, len(names))
}

func (s *Store) applyOnce(ctx context.Context, number int, name, sql string) error {
	const (
		lock   = `SELECT pg_advisory_xact_lock(hashtext('xunfang migrations'))`
		create = `
			CREATE TABLE IF NOT EXISTS schema_migrations (
				number     int         PRIMARY KEY,
				name       text        NOT NULL,
				applied_at timestamptz NOT NULL DEFAULT now()
			)`
		seen   = `SELECT EXISTS (SELECT FROM schema_migrations WHERE number = $1)`
		record = `INSERT INTO schema_migrations (number, name) VALUES ($1, $2)`
	)
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, create); err != nil {
			return err
		}
		var done bool
		if err := tx.QueryRow(ctx, seen, number).Scan(&done); err != nil || done {
			return err
		}
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
		s.log.Info("migrated the database", "migration", name)
		_, err := tx.Exec(ctx, record, number, name)
		return err
	})
}

func (s *Store) checkNotNewer(ctx context.Context, known int) error {
	const q = `SELECT coalesce(max(number), 0) FROM schema_migrations`
	var applied int
	if err := s.db.QueryRow(ctx, q).Scan(&applied); err != nil {
		return err
	}
	if applied > known {
		return fmt.Errorf("the database was migrated to %d by a newer program; this one knows %d", applied, known)
	}
	return nil
}
