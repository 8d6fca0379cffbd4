package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// AdminName is the first user's name.
const AdminName = "admin"

const maxName = 100 // characters of the name of a user or token

// EnsureAdmin makes the first user when there is none by its name, with the password
// given, or a made-up one when that is empty, which it returns for the one time that
// it can be shown. An admin who exists keeps the password they have.
func EnsureAdmin(ctx context.Context, users Users, password string, now time.Time) (made string, err error) {
	if _, _, err = users.Account(ctx, AdminName); !errors.Is(err, patrol.ErrNotFound) {
		if err != nil {
			return "", fmt.Errorf("look for the first user: %w", err)
		}
		return "", nil
	}
	if password == "" {
		made = newPassword()
		password = made
	}
	if err := CreateUser(ctx, users, AdminName, []patrol.Grant{{Role: patrol.Admin}}, password, now); err != nil {
		return "", err
	}
	return made, nil
}

// CreateUser makes an account; ErrConflict when the name is taken, a *patrol.Invalid
// when name or password will not do.
func CreateUser(ctx context.Context, users Users, name string, grants []patrol.Grant, password string, now time.Time) error {
	if err := checkName(name); err != nil {
		return err
	}
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	user := patrol.User{ID: id, Name: name, Grants: grants, Created: now.UTC()}
	if err := users.CreateUser(ctx, user, hash); err != nil {
		return fmt.Errorf("create user %q: %w", name, err)
	}
	return nil
}

// changePassword needs the old one, and ends every other session of that user.
func (s *server) changePassword(w http.ResponseWriter, r *http.Request) error {
	user, err := principal(r)
	if err != nil {
		return err
	}
	var in struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	_, err = s.passwordUser(r.Context(), user.Name, in.Old, s.address(r), false)
	if errors.Is(err, patrol.ErrUnauthorized) {
		return patrol.Invalidf("old", "is not your password")
	}
	if err != nil {
		return err
	}
	hash, err := s.passwords.hash(r.Context(), in.New)
	if invalid := (*patrol.Invalid)(nil); errors.As(err, &invalid) {
		return &patrol.Invalid{Field: "new", Reason: invalid.Reason}
	}
	if err != nil {
		return err
	}
	if err := s.Store.SetPassword(r.Context(), user.ID, hash, sessionOf(r)); err != nil {
		return fmt.Errorf("change a password: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// checkName refuses names that HTTP Basic or a log could not carry.
func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		return patrol.Invalidf("name", "must have 1 to %d characters", maxName)
	}
	unfit := func(r rune) bool { return r == ':' || !unicode.IsPrint(r) }
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unfit) || strings.TrimSpace(name) != name {
		return patrol.Invalidf("name", "must be printable, without colons and without spaces around it")
	}
	return nil
}
