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
		user, err := s.whoAsks(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		ctx := patrol.WithPrincipal(r.Context(), patrol.Principal{User: user})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// whoAsks returns the user whose credentials r carries, or ErrUnauthorized.
func (s *server) whoAsks(r *http.Request) (patrol.User, error) {
	if r.Header.Get("Authorization") == "" {
		cookie, err := r.Cookie(sessionCookie)
		if err != nil {
			return patrol.User{}, patrol.ErrUnauthorized
		}
		user, err := s.Store.SessionUser(r.Context(), hashSecret(cookie.Value))
		return user, unknownIsUnauthorized(err)
	}
	if name, secret, ok := r.BasicAuth(); ok {
		return s.basicUser(r, name, secret)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return patrol.User{}, patrol.ErrUnauthorized
	}
	user, err := s.Store.TokenUser(r.Context(), hashSecret(strings.TrimSpace(token)))
	return user, unknownIsUnauthorized(err)
}

// basicUser knows a user by password, or by one of the user's own API tokens.
func (s *server) basicUser(r *http.Request, name, secret string) (patrol.User, error) {
	if user, ok := s.known.user(name, secret, s.Now()); ok {
		return user, nil
	}
	if looksLikeSecret(secret) {
		user, err := s.Store.TokenUser(r.Context(), hashSecret(secret))
		if err == nil && user.Name == name {
			return user, nil
		}
		if err != nil && !errors.Is(err, patrol.ErrNotFound) && !errors.Is(err, patrol.ErrUnauthorized) {
			return patrol.User{}, err
		}
	}
	return s.known.check(r.Context(), name, secret, func(ctx context.Context) (patrol.User, error) {
		user, err := s.passwordUser(ctx, name, secret, s.address(r))
		if err == nil {
			s.known.remember(name, secret, user, s.Now())
		}
		return user, err
	})
}

// passwordUser returns the user with that name and password. It takes as long for
// a name that nobody has, and lets neither a name nor an address fail too often.
func (s *server) passwordUser(ctx context.Context, name, password, address string) (patrol.User, error) {
	if checkName(name) != nil || utf8.RuneCountInString(password) > maxPassword {
		return patrol.User{}, patrol.ErrUnauthorized
	}
	keys := []string{"name " + name, "address " + address}
	if wait := s.attempts.take(s.Now(), keys...); wait > 0 {
		return patrol.User{}, tooMany{wait}
	}
	user, hash, err := s.Store.UserByName(ctx, name)
	if err != nil && !errors.Is(err, patrol.ErrNotFound) {
		s.attempts.giveBack(s.Now(), keys...)
		return patrol.User{}, err
	}
	right, err := s.passwords.match(ctx, hash, password)
	if err != nil {
		return patrol.User{}, fmt.Errorf("check the password of %q: %w", name, err)
	}
	if !right {
		return patrol.User{}, patrol.ErrUnauthorized
	}
	s.attempts.giveBack(s.Now(), keys...)
	return user, nil
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
