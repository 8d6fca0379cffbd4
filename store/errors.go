package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xunfang/patrol"
)

// failed wraps err with what was being done and with the kind that it is of; nil
// stays nil. An err that has a kind already keeps it.
func failed(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s: %w", doing, patrol.ErrNotFound)
	case sqlState(err) == uniqueViolation:
		return fmt.Errorf("%s: %w", doing, patrol.ErrConflict)
	case isAway(err):
		return fmt.Errorf("%s: %w: %w", doing, patrol.ErrUnavailable, err)
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

const uniqueViolation = "23505"

// sqlState returns the five characters with which PostgreSQL names err, "" when it
// does not come from there.
func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// isData reports whether err is about the values given (classes 22 and 23), so that
// the same without the culprit would pass.
func isData(err error) bool {
	state := sqlState(err)
	return len(state) == 5 && (state[:2] == "22" || state[:2] == "23")
}

// isAway reports whether err is trouble of connection or resources, or a conflict
// between transactions: the same again may pass later.
func isAway(err error) bool {
	if state := sqlState(err); len(state) == 5 {
		switch state[:2] {
		case "08", "40", "53", "55", "57", "58", "XX":
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connect):
		return true
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	}
	return errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}
