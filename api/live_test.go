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

// oneSession is a Store that knows one session, whatever its cookie.
type oneSession struct {
	Store
	err error // why the session is not found
}

func (s *oneSession) SessionUser(context.Context, []byte) (patrol.User, error) {
	return patrol.User{Name: "wang"}, s.err
}

func TestWhoMayNoLongerSignInLooksNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &oneSession{}
		ended := make(chan error, 1)
		s := &server{Config: Config{Store: store, Live: func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			ended <- context.Cause(r.Context())
			return nil
		}}}
		r := httptest.NewRequest(http.MethodGet, "/live", nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "x"})
		served := make(chan error, 1)
		go func() { served <- s.serveLive(httptest.NewRecorder(), r) }()

		looks := func(why string) {
			t.Helper()
			<-time.After(2 * askedAgainEvery) // the bubble's time
			synctest.Wait()
			if len(ended) != 0 {
				t.Fatalf("%s: the viewer was cut off", why)
			}
		}
		looks("signed in")
		store.err = patrol.ErrUnavailable
		looks("the store is away")
		store.err = patrol.ErrNotFound
		if err := <-ended; !errors.Is(err, patrol.ErrUnauthorized) {
			t.Errorf("ended with %v", err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
