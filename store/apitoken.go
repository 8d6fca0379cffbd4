package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// CreateAPIToken keeps the hash of a program's key to user's account.
func (s *Store) CreateAPIToken(ctx context.Context, user uuid.UUID, t patrol.APIToken, hash []byte) error {
	const q = `
		INSERT INTO api_tokens (id, user_id, name, token_hash, created_at, role, expires_at)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7)`
	var expires *time.Time
	if !t.Expires.IsZero() {
		expires = &t.Expires
	}
	_, err := s.db.Exec(ctx, q, t.ID, user, t.Name, hash, t.Created, string(t.Role), expires)
	return failed("create API token", err)
}

// APITokens lists user's tokens, oldest first.
func (s *Store) APITokens(ctx context.Context, user uuid.UUID) ([]patrol.APIToken, error) {
	const q = `
		SELECT id, name, created_at, coalesce(role, ''), coalesce(expires_at, '0001-01-01 00:00:00Z')
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
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, q, user, id)
		if err == nil && tag.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return err
		}
		return tellAccess(ctx, tx, user)
	})
	return failed("revoke API token", err)
}

// TokenUser returns whose API token it is, with the grants that it carries;
// patrol.ErrNotFound when it is nobody's, has expired, or its user is disabled.
func (s *Store) TokenUser(ctx context.Context, hash []byte) (p patrol.Principal, err error) {
	const q = `
		SELECT ` + userColumns + `, ` + groundColumn + `, coalesce(t.role, ''), coalesce(t.expires_at, '0001-01-01 00:00:00Z')
		  FROM api_tokens t
		  JOIN users u ON u.id = t.user_id AND NOT u.disabled
		 WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)`
	err = scanInto(s.db.QueryRow(ctx, q, hash, s.now()), &p.User, &p.Ground, &p.Most, &p.Until)
	for i, g := range p.User.Grants {
		if g.Role.Includes(p.Most) {
			p.User.Grants[i].Role = p.Most
		}
	}
	return p, failed("find API token", err)
}
