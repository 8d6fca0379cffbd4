package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// CreateSession signs user in until expires.
func (s *Store) CreateSession(ctx context.Context, user uuid.UUID, tokenHash []byte, expires time.Time) error {
	const q = `INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)`
	_, err := s.db.Exec(ctx, q, tokenHash, user, expires)
	return failed("create session", err)
}

// SessionUser returns whose session it is and until when; patrol.ErrNotFound when it has
// ended or never was, or its user is disabled.
func (s *Store) SessionUser(ctx context.Context, tokenHash []byte) (p patrol.Principal, err error) {
	const q = `
		SELECT ` + userColumns + `, ` + groundColumn + `, s.expires_at
		  FROM sessions s
		  JOIN users u ON u.id = s.user_id AND NOT u.disabled
		 WHERE s.token_hash = $1 AND s.expires_at > $2`
	err = scanInto(s.db.QueryRow(ctx, q, tokenHash, s.now()), &p.User, &p.Ground, &p.Until)
	return p, failed("find session", err)
}

// EndSession signs out. A session that is not there is no error.
func (s *Store) EndSession(ctx context.Context, tokenHash []byte) error {
	const q = `DELETE FROM sessions WHERE token_hash = $1 RETURNING user_id`
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, q, tokenHash)
		users, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil || len(users) == 0 {
			return err
		}
		return tellAccess(ctx, tx, users[0])
	})
	return failed("end session", err)
}
