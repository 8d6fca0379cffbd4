package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// CreateAPIToken keeps the hash of a program's key to user's account.
func (s *Store) CreateAPIToken(ctx context.Context, user uuid.UUID, t patrol.APIToken, hash []byte) error {
	const q = `
		INSERT INTO api_tokens (id, user_id, name, token_hash, created_at)
		VALUES ($1, $2, $3, $4, $5)`
	_, err := s.db.Exec(ctx, q, t.ID, user, t.Name, hash, t.Created)
	return failed("create API token", err)
}

// APITokens lists user's tokens, oldest first.
func (s *Store) APITokens(ctx context.Context, user uuid.UUID) ([]patrol.APIToken, error) {
	const q = `
		SELECT id, name, created_at
		  FROM api_tokens
		 WHERE user_id = $1
		 ORDER BY id`
	rows, _ := s.db.Query(ctx, q, user)
	ts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[patrol.APIToken])
	return ts, failed("list API tokens", err)
}

// RevokeAPIToken ends one of user's tokens; patrol.ErrNotFound when user has none
// of that id.
func (s *Store) RevokeAPIToken(ctx context.Context, user, id uuid.UUID) error {
	const q = `DELETE FROM api_tokens WHERE user_id = $1 AND id = $2`
	tag, err := s.db.Exec(ctx, q, user, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return failed("revoke API token", err)
}

// TokenUser returns whose API token it is; patrol.ErrNotFound when it is nobody's.
func (s *Store) TokenUser(ctx context.Context, hash []byte) (patrol.User, error) {
	const q = `
		SELECT ` + userColumns + `
		  FROM api_tokens t
		  JOIN users u ON u.id = t.user_id
		 WHERE t.token_hash = $1`
	rows, _ := s.db.Query(ctx, q, hash)
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	return u, failed("find API token", err)
}
