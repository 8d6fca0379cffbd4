package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

const userColumns = `u.id, u.name, u.role, u.created_at`

func scanUser(row pgx.CollectableRow) (u patrol.User, err error) {
	err = row.Scan(&u.ID, &u.Name, &u.Role, &u.Created)
	return u, err
}

// CreateUser adds a person with an account; patrol.ErrConflict when the name is
// taken. hash is of the password, as the caller checks it.
func (s *Store) CreateUser(ctx context.Context, u patrol.User, hash string) error {
	const q = `
		INSERT INTO users (id, name, role, hash, created_at)
		VALUES ($1, $2, $3, $4, $5)`
	_, err := s.db.Exec(ctx, q, u.ID, u.Name, u.Role, hash, u.Created)
	return failed("create user", err)
}

// UserByName returns who has that name, and the hash of the password;
// patrol.ErrNotFound when nobody has.
func (s *Store) UserByName(ctx context.Context, name string) (u patrol.User, hash string, err error) {
	const q = `
		SELECT ` + userColumns + `, u.hash
		  FROM users u
		 WHERE u.name = $1`
	err = s.db.QueryRow(ctx, q, name).Scan(&u.ID, &u.Name, &u.Role, &u.Created, &hash)
	return u, hash, failed("find user", err)
}

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
		_, err = tx.Exec(ctx, end, user, keepSession)
		return err
	})
	return failed("set password", err)
}

// CreateSession signs user in until expires.
func (s *Store) CreateSession(ctx context.Context, user uuid.UUID, tokenHash []byte, expires time.Time) error {
	const q = `INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)`
	_, err := s.db.Exec(ctx, q, tokenHash, user, expires)
	return failed("create session", err)
}

// SessionUser returns whose session it is; patrol.ErrNotFound when it has ended or
// never was.
func (s *Store) SessionUser(ctx context.Context, tokenHash []byte) (patrol.User, error) {
	const q = `
		SELECT ` + userColumns + `
		  FROM sessions s
		  JOIN users u ON u.id = s.user_id
		 WHERE s.token_hash = $1 AND s.expires_at > $2`
	rows, _ := s.db.Query(ctx, q, tokenHash, s.now())
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	return u, failed("find session", err)
}

// EndSession signs out. A session that is not there is no error.
func (s *Store) EndSession(ctx context.Context, tokenHash []byte) error {
	const q = `DELETE FROM sessions WHERE token_hash = $1`
	_, err := s.db.Exec(ctx, q, tokenHash)
	return failed("end session", err)
}
