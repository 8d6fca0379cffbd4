package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

const fieldLinkColumns = `l.id, l.tracker, l.made_by, l.created_at, l.expires_at, l.used_at, l.revoked_at`

func scanFieldLink(row pgx.CollectableRow) (l patrol.FieldLink, err error) {
	err = row.Scan(&l.ID, &l.Tracker, &l.MadeBy, &l.Created, &l.Expires, &l.Used, &l.Revoked)
	return l, err
}

// CreateFieldLink keeps a link with the hash of its code; patrol.ErrNotFound when its
// tracker is not there.
func (s *Store) CreateFieldLink(ctx context.Context, l patrol.FieldLink, codeHash []byte) error {
	const q = `
		INSERT INTO field_links (id, tracker, made_by, code_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := lockFeature(ctx, tx, patrol.Trackers, l.Tracker); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, q, l.ID, l.Tracker, l.MadeBy, codeHash, l.Created, l.Expires)
		return err
	})
	return failed("create field link", err)
}

// FieldLinks lists a tracker's links, newest first.
func (s *Store) FieldLinks(ctx context.Context, tracker uuid.UUID) ([]patrol.FieldLink, error) {
	const q = `SELECT ` + fieldLinkColumns + ` FROM field_links l WHERE l.tracker = $1 ORDER BY l.id DESC LIMIT 100`
	rows, _ := s.db.Query(ctx, q, tracker)
	ls, err := pgx.CollectRows(rows, scanFieldLink)
	return ls, failed("list field links", err)
}

// FieldLink returns a link; patrol.ErrNotFound when there is none by that id.
func (s *Store) FieldLink(ctx context.Context, id uuid.UUID) (patrol.FieldLink, error) {
	const q = `SELECT ` + fieldLinkColumns + ` FROM field_links l WHERE l.id = $1`
	rows, _ := s.db.Query(ctx, q, id)
	l, err := pgx.CollectExactlyOneRow(rows, scanFieldLink)
	return l, failed("read field link", err)
}

// RevokeFieldLink takes a link back; if a phone has used it, and no other key was given
// since, that phone's key ends too. patrol.ErrNotFound when there is none by that id.
func (s *Store) RevokeFieldLink(ctx context.Context, id uuid.UUID, now time.Time) error {
	const (
		revoke = `
			UPDATE field_links
			   SET revoked_at = coalesce(revoked_at, $2)
			 WHERE id = $1
			RETURNING key_hash`
		end = `DELETE FROM tracker_tokens WHERE token_hash = $1`
	)
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var key []byte
		if err := tx.QueryRow(ctx, revoke, id, now).Scan(&key); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, end, key)
		return err
	})
	return failed("revoke field link", err)
}

// UseFieldLink makes the phone with a key its link's tracker: the key becomes the
// tracker's only token. The same phone may use the link again, as if its answer had been
// lost. patrol.ErrNotFound when the code is nobody's; patrol.ErrConflict when the link
// was used by another phone, has expired, was taken back or its tracker is gone.
func (s *Store) UseFieldLink(ctx context.Context, codeHash, keyHash []byte, now time.Time) error {
	const (
		find = `SELECT ` + fieldLinkColumns + ` FROM field_links l WHERE l.code_hash = $1 FOR UPDATE`
		mine = `SELECT EXISTS (SELECT FROM tracker_tokens WHERE token_hash = $1 AND tracker = $2)`
		use  = `UPDATE field_links SET used_at = $2, key_hash = $3 WHERE id = $1`
	)
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, find, codeHash)
		l, err := pgx.CollectExactlyOneRow(rows, scanFieldLink)
		if err != nil {
			return err
		}
		var again bool
		if err := tx.QueryRow(ctx, mine, keyHash, l.Tracker).Scan(&again); err != nil || again && l.Used != nil {
			return err
		}
		if l.State(now) != "open" {
			return patrol.ErrConflict
		}
		if _, err := lockFeature(ctx, tx, patrol.Trackers, l.Tracker); errors.Is(err, pgx.ErrNoRows) {
			return patrol.ErrConflict
		} else if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, use, l.ID, now, keyHash); err != nil {
			return err
		}
		if err := endTokens(ctx, tx, l.Tracker); err != nil {
			return err
		}
		return addToken(ctx, tx, l.Tracker, keyHash)
	})
	return failed("use field link", err)
}
