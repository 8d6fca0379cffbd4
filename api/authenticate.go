package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"unicode/utf8"

	"xunfang/patrol"
)

// Authenticate stands before every door: who is not known passes open ones only.
// Credentials in the Authorization header decide; without it, the cookie does.
func (s *server) Authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := s.mux.Handler(r); s.open[pattern] {
			next.ServeHTTP(w, r)
			return
		}
		p, err := s.whoAsks(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(patrol.WithPrincipal(r.Context(), p)))
	})
}

// whoAsks returns whose credentials r carries, or ErrUnauthorized.
func (s *server) whoAsks(r *http.Request) (patrol.Principal, error) {
	if r.Header.Get("Authorization") == "" {
		cookie, err := r.Cookie(sessionCookie)
		if err != nil {
			return patrol.Principal{}, patrol.ErrUnauthorized
		}
		p, err := s.Store.SessionUser(r.Context(), hashSecret(cookie.Value))
		return p, unknownIsUnauthorized(err)
	}
	if name, secret, ok := r.BasicAuth(); ok {
		return s.basicUser(r, name, secret)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return patrol.Principal{}, patrol.ErrUnauthorized
	}
	p, err := s.Store.TokenUser(r.Context(), hashSecret(strings.TrimSpace(token)))
	return p, unknownIsUnauthorized(err)
}

// basicUser knows a user by password, or by one of the user's own API tokens.
func (s *server) basicUser(r *http.Request, name, secret string) (patrol.Principal, error) {
	if looksLikeSecret(secret) {
		p, err := s.Store.TokenUser(r.Context(), hashSecret(secret))
		if err == nil && p.User.Name == name {
			return p, nil
		}
		if err = unknownIsUnauthorized(err); err != nil && !errors.Is(err, patrol.ErrUnauthorized) {
			return patrol.Principal{}, err
		}
	}
	return s.passwordUser(r.Context(), name, secret, s.address(r), true)
}

// passwordUser returns the user with that name and password. It takes as long for
// a name that nobody has, and lets nobody fail too often. With lately, a password that
// was right a moment ago need not be checked again.
func (s *server) passwordUser(ctx context.Context, name, password, address string, lately bool) (patrol.Principal, error) {
	if checkName(name) != nil || utf8.RuneCountInString(password) > maxPassword {
		return patrol.Principal{}, patrol.ErrUnauthorized
	}
	p, hash, err := s.Store.Account(ctx, name)
	if err != nil && !errors.Is(err, patrol.ErrNotFound) {
		return patrol.Principal{}, err
	}
	match := func(ctx context.Context) error { return s.matchPassword(ctx, name, hash, password, address) }
	if lately {
		err = s.known.check(ctx, s.Now, name+" "+hash, password, match)
	} else {
		err = match(ctx)
	}
	if err == nil && p.User.Disabled {
		err = patrol.ErrUnauthorized
	}
	if err != nil {
		return patrol.Principal{}, err
	}
	return p, nil
}

// matchPassword returns nil for the password of which hash is ("": of none),
// ErrUnauthorized for another, tooMany when an address was wrong too often. A name is not
// locked: else anybody could lock out anybody.
func (s *server) matchPassword(ctx context.Context, name, hash, password, address string) error {
	if wait := s.attempts.take(s.Now(), address); wait > 0 {
		return tooMany{wait}
	}
	right, err := s.passwords.match(ctx, hash, password)
	if err != nil {
		s.attempts.giveBack(s.Now(), address)
		return fmt.Errorf("check the password of %q: %w", name, err)
	}
	if !right {
		return patrol.ErrUnauthorized
	}
	s.attempts.giveBack(s.Now(), address)
	return nil
}

func unknownIsUnauthorized(err error) error {
	if errors.Is(err, patrol.ErrNotFound) {
		return patrol.ErrUnauthorized
	}
	return err
}

// address returns who r comes from, as far as attempts are counted: an IPv4
// address, or the /64 of an IPv6 one.
func (s *server) address(r *http.Request) string {
	from := r.RemoteAddr
	if forwarded := r.Header.Values("X-Forwarded-For"); s.TrustProxy && len(forwarded) > 0 {
		all := strings.Split(forwarded[len(forwarded)-1], ",")
		from = strings.TrimSpace(all[len(all)-1]) // the one that our proxy saw
	}
	if host, _, err := net.SplitHostPort(from); err == nil {
		from = host
	}
	addr, err := netip.ParseAddr(from)
	if err != nil {
		return from
	}
	if addr = addr.Unmap(); addr.Is6() {
		if network, err := addr.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}
