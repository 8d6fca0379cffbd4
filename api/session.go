package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

const (
	sessionCookie = "xunfang_session"
	sessionLife   = 7 * 24 * time.Hour
)

// signedIn says who somebody is.
type signedIn struct {
	User   string      `json:"user"`
	Role   patrol.Role `json:"role"` // the most of the grants
	Grants []grant     `json:"grants"`
}

func newSignedIn(u patrol.User) signedIn { return signedIn{u.Name, u.Role(), newGrants(u.Grants)} }

// grant is a patrol.Grant on the wire; a null area is the whole deployment.
type grant struct {
	Role patrol.Role `json:"role"`
	Area *uuid.UUID  `json:"area"`
}

func newGrants(grants []patrol.Grant) []grant {
	out := make([]grant, 0, len(grants))
	for _, g := range grants {
		on := grant{Role: g.Role}
		if g.Area != uuid.Nil {
			on.Area = &g.Area
		}
		out = append(out, on)
	}
	return out
}

// principal returns who asks; Authenticate has let nobody else through.
func principal(r *http.Request) (patrol.User, error) {
	p, ok := patrol.PrincipalFrom(r.Context())
	if !ok {
		return patrol.User{}, patrol.ErrUnauthorized
	}
	return p.User, nil
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		User     string `json:"user"`
		Password string `json:"password"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	p, err := s.passwordUser(r.Context(), in.User, in.Password, s.address(r), false)
	if errors.Is(err, patrol.ErrUnauthorized) {
		return statusError{http.StatusUnauthorized, "The name or the password is wrong"}
	}
	if err != nil {
		return err
	}
	secret, hash := newSecret()
	expires := s.Now().Add(sessionLife)
	if err := s.Store.CreateSession(r.Context(), p.User.ID, hash, expires); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	http.SetCookie(w, s.cookie(r, secret, expires))
	return writeJSON(w, http.StatusOK, typeJSON, newSignedIn(p.User))
}

func (s *server) serveSession(w http.ResponseWriter, r *http.Request) error {
	user, err := principal(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, typeJSON, newSignedIn(user))
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	if hash := sessionOf(r); hash != nil {
		if err := s.Store.EndSession(r.Context(), hash); err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
	}
	http.SetCookie(w, s.cookie(r, "", time.Unix(1, 0)))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) cookie(r *http.Request, value string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name:     sessionCookie,
		Value:    value,
		Path:     "/",
		Expires:  expires,
		Secure:   s.scheme(r) == "https",
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	}
}

// sessionOf returns the hash of the session cookie that r carries, or nil.
func sessionOf(r *http.Request) []byte {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return hashSecret(cookie.Value)
}
