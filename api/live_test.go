package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"xunfang/patrol"
)

// oneSession is a Store that knows one session, whatever its cookie, and answers for it
// once after the other.
type oneSession struct {
	Store
	answers []error
}

func (s *oneSession) SessionUser(context.Context, []byte) (p patrol.Principal, err error) {
	err, s.answers = s.answers[0], s.answers[1:]
	return patrol.Principal{User: patrol.User{Name: "wang", Grants: []patrol.Grant{{Role: patrol.Viewer}}}}, err
}

func TestWhoMayNoLongerSignInLooksNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &oneSession{answers: []error{nil, patrol.ErrUnavailable, patrol.ErrNotFound}}
		ended := make(chan error, 1)
		s := &server{Config: Config{Store: store, Warden: patrol.NewWarden(store), Live: func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			ended <- context.Cause(r.Context())
			return nil
		}}}
		r := httptest.NewRequest(http.MethodGet, "/live", nil)
		r = r.WithContext(patrol.WithScope(r.Context(), patrol.Everything))
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "x"})
		served := make(chan error, 1)
		go func() { served <- s.serveLive(httptest.NewRecorder(), r) }()

		<-time.After(time.Hour) // the bubble's time
		s.Warden.Changed()
		<-time.After(askAgainAfter + time.Millisecond)
		if len(ended) != 0 {
			t.Fatal("a viewer was cut off who is signed in, or whose session nobody can look up")
		}
		<-time.After(askAgainAfter)
		if err := <-ended; !errors.Is(err, patrol.ErrUnauthorized) {
			t.Errorf("ended with %v", err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
