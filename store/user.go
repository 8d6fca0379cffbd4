package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

const userColumns = `
	u.id, u.name, u.disabled, u.created_at,
	coalesce((SELECT json_agg(json_build_object('role', g.role, 'area', g.area) ORDER BY g.area NULLS FIRST, g.role)
	            FROM grants g
	           WHERE g.user_id = u.id), '[]')`

// scanInto reads userColumns, and what comes after them into more.
func scanInto(row pgx.Row, u *patrol.User, more ...any) error {
	var grants []byte
	if err := row.Scan(append([]any{&u.ID, &u.Name, &u.Disabled, &u.Created, &grants}, more...)...); err != nil {
		return err
	}
	var read []struct {
		Role patrol.Role
		Area uuid.NullUUID
	}
	if err := json.Unmarshal(grants, &read); err != nil {
		return fmt.Errorf("read the grants of user %v: %w", u.ID, err)
	}
	u.Grants = nil
	for _, g := range read {
		u.Grants = append(u.Grants, patrol.Grant{Role: g.Role, Area: g.Area.UUID})
	}
	return nil
}

func scanUser(row pgx.CollectableRow) (u patrol.User, err error) {
	err = scanInto(row, &u)
	return u, err
}

// CreateUser adds a person with an account; patrol.ErrConflict when the name is taken or
// an area granted is not there. hash is of the password, as the caller checks it.
func (s *Store) CreateUser(ctx context.Context, u patrol.User, hash string) error {
	const q = `
		INSERT INTO users (id, name, hash, disabled, created_at)
		VALUES ($1, $2, $3, $4, $5)`
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, q, u.ID, u.Name, hash, u.Disabled, u.Created); err != nil {
			return err
		}
		return setGrants(ctx, tx, u.ID, u.Grants)
	})
	return failed("create user", err)
}

// setGrants gives a user these grants in place of all others.
func setGrants(ctx context.Context, tx pgx.Tx, user uuid.UUID, grants []patrol.Grant) error {
	const (
		end = `DELETE FROM grants WHERE user_id = $1`
		add = `INSERT INTO grants (user_id, role, area) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	)
	batch := &pgx.Batch{}
	batch.Queue(end, user)
	for _, g := range grants {
		if g.Area != uuid.Nil {
			if err := holdFeature(ctx, tx, patrol.Reference{Field: "grants", Collection: patrol.Areas, ID: g.Area}); err != nil {
				return err
			}
		}
		batch.Queue(add, user, g.Role, uuid.NullUUID{UUID: g.Area, Valid: g.Area != uuid.Nil})
	}
	return tx.SendBatch(ctx, batch).Close()
}

// UserByName returns who has that name, and the hash of the password;
// patrol.ErrNotFound when nobody has.
func (s *Store) UserByName(ctx context.Context, name string) (u patrol.User, hash string, err error) {
	p, hash, err := s.Account(ctx, name)
	return p.User, hash, err
}

// Account is UserByName for who signs in.
func (s *Store) Account(ctx context.Context, name string) (p patrol.Principal, hash string, err error) {
	const q = `
		SELECT ` + userColumns + `, ` + groundColumn + `, u.hash
		  FROM users u
		 WHERE u.name = $1`
	err = scanInto(s.db.QueryRow(ctx, q, name), &p.User, &p.Ground, &hash)
	return p, hash, failed("find user", err)
}

// groundColumn is a patrol.Principal's Ground.
const groundColumn = `(SELECT version FROM scope_ground)`

// Users lists everybody with an account, by name.
func (s *Store) Users(ctx context.Context) ([]patrol.User, error) {
	const q = `SELECT ` + userColumns + ` FROM users u ORDER BY u.name`
	rows, _ := s.db.Query(ctx, q)
	us, err := pgx.CollectRows(rows, scanUser)
	return us, failed("list users", err)
}

// SetPassword gives a user another password and ends every session but the one
// whose token hashes to keepSession (nil: every one).
func (s *Store) SetPassword(ctx context.Context, user uuid.UUID, hash string, keepSession []byte) error {
	const (
		set = `UPDATE users SET hash = $2 WHERE id = $1`
		end = `DELETE FROM sessions WHERE user_id = $1 AND token_hash IS DISTINCT FROM $2`
	)
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, set, user, hash)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return pgx.ErrNoRows
		}
		if _, err = tx.Exec(ctx, end, user, keepSession); err != nil {
			return err
		}
		return tellAccess(ctx, tx, user)
	})
	return failed("set password", err)
}

// ReplaceUser sets a user's grants, whether they are disabled and, unless hash is "",
// their password. Who is disabled, or has another password, is signed out. A
// *patrol.Conflict when no admin of the whole deployment would be left.
func (s *Store) ReplaceUser(ctx context.Context, u patrol.User, hash string) error {
	const (
		set = `UPDATE users SET disabled = $2, hash = coalesce(nullif($3, ''), hash) WHERE id = $1`
		end = `DELETE FROM sessions WHERE user_id = $1`
	)
	return s.changeUser(ctx, u.ID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, set, u.ID, u.Disabled, hash)
		if err == nil && tag.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return err
		}
		if u.Disabled || hash != "" {
			if _, err := tx.Exec(ctx, end, u.ID); err != nil {
				return err
			}
		}
		return setGrants(ctx, tx, u.ID, u.Grants)
	})
}

// DeleteUser ends an account with all its sessions and tokens. A *patrol.Conflict when no
// admin of the whole deployment would be left.
func (s *Store) DeleteUser(ctx context.Context, user uuid.UUID) error {
	const q = `DELETE FROM users WHERE id = $1`
	return s.changeUser(ctx, user, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, q, user)
		if err == nil && tag.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		return err
	})
}

// changeUser has one change after the other made, so that each sees who is admin.
func (s *Store) changeUser(ctx context.Context, user uuid.UUID, change func(pgx.Tx) error) error {
	const (
		lock = `SELECT pg_advisory_xact_lock(hashtext('xunfang users'))`
		left = `
		SELECT EXISTS (SELECT
		                 FROM grants g
		                 JOIN users u ON u.id = g.user_id
		                WHERE g.role = 'admin' AND g.area IS NULL AND NOT u.disabled)`
	)
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		var admin bool
		if err := tx.QueryRow(ctx, left).Scan(&admin); err != nil {
			return err
		}
		if !admin {
			return &patrol.Conflict{Reason: "The last admin of the whole deployment stays one: make another first"}
		}
		return tellAccess(ctx, tx, user)
	})
	return failed("change user", err)
}

// tellAccess writes to the feed that what opens doors to a user has changed.
func tellAccess(ctx context.Context, tx pgx.Tx, user uuid.UUID) error {
	_, err := appendToFeed(ctx, tx, featureKind, encodeFeatureRow(patrol.Users, user))
	return err
}
