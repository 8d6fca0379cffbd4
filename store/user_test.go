package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

func addUser(t *testing.T, s *store.Store, name string) patrol.User {
	t.Helper()
	u := patrol.User{ID: uuid.Must(uuid.NewV7()), Name: name, Grants: []patrol.Grant{{Role: patrol.Planner}}, Created: time.UnixMilli(t0).UTC()}
	if err := s.CreateUser(t.Context(), u, "hash of "+name); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUsers(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	li, wang := addUser(t, s, "李"), addUser(t, s, "wang")
	if err := s.CreateUser(ctx, patrol.User{ID: uuid.New(), Name: "wang"}, ""); !errors.Is(err, patrol.ErrConflict) {
		t.Errorf("the same name again: %v, want a conflict", err)
	}
	if u, hash, err := s.UserByName(ctx, "李"); err != nil || hash != "hash of 李" || !cmp.Equal(u, li) {
		t.Errorf("UserByName = %+v, %q, %v", u, hash, err)
	}
	if _, _, err := s.UserByName(ctx, "nobody"); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("nobody: %v, want not found", err)
	}
	if us, err := s.Users(ctx); err != nil || !cmp.Equal(us, []patrol.User{wang, li}) {
		t.Errorf("Users = %+v, %v", us, err)
	}
}

func TestSessions(t *testing.T) {
	c := &clock{at: timeAt(t0)}
	ctx, s := t.Context(), storetest.OpenURL(t, storetest.URL(t), c.now)
	u := addUser(t, s, "wang")
	in := func(token string) bool {
		t.Helper()
		got, err := s.SessionUser(ctx, []byte(token))
		if err != nil && !errors.Is(err, patrol.ErrNotFound) || err == nil && !cmp.Equal(got.User, u) {
			t.Errorf("SessionUser = %+v, %v", got, err)
		}
		return err == nil
	}
	for _, token := range []string{"desk", "phone", "wall"} {
		if err := s.CreateSession(ctx, u.ID, []byte(token), c.at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if !in("desk") || in("none") {
		t.Error("a session's token signs in, another does not")
	}
	if err := s.EndSession(ctx, []byte("desk")); err != nil || in("desk") {
		t.Errorf("an ended session still signs in, or %v", err)
	}
	if err := s.SetPassword(ctx, u.ID, "new", []byte("phone")); err != nil || !in("phone") || in("wall") {
		t.Errorf("another password ends every other session: %v", err)
	}
	if err := s.SetPassword(ctx, uuid.New(), "new", nil); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("password of nobody: %v, want not found", err)
	}
	c.at = c.at.Add(time.Hour)
	if in("phone") {
		t.Error("an expired session signs in")
	}
	if err := s.Sweep(ctx, 0); err != nil {
		t.Error(err)
	}
	c.at = c.at.Add(-time.Hour)
	if in("phone") {
		t.Error("a sweep leaves expired sessions")
	}
}

func TestAPITokens(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	u, other := addUser(t, s, "wang"), addUser(t, s, "li")
	token := patrol.APIToken{ID: uuid.Must(uuid.NewV7()), Name: "QGIS", Created: timeAt(t0).UTC()}
	if err := s.CreateAPIToken(ctx, u.ID, token, []byte("hash")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.TokenUser(ctx, []byte("hash")); err != nil || !cmp.Equal(got.User, u) {
		t.Errorf("TokenUser = %+v, %v", got, err)
	}
	if ts, err := s.APITokens(ctx, u.ID); err != nil || !cmp.Equal(ts, []patrol.APIToken{token}) {
		t.Errorf("APITokens = %+v, %v", ts, err)
	}
	if err := s.RevokeAPIToken(ctx, other.ID, token.ID); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("another's token: %v, want not found", err)
	}
	if err := s.RevokeAPIToken(ctx, u.ID, token.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.TokenUser(ctx, []byte("hash")); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("a revoked token: %v, want not found", err)
	}
}
