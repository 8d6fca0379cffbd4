package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"xunfang/patrol"
)

// askAgainAfter is how long what changes together is waited for, and how long until who
// could not be looked up is looked up again.
const askAgainAfter = time.Second

// serveLive lets a viewer look for as long as their credentials are good, and as long as
// they show the same: a session may end, a token be revoked, a role be taken away, an
// area be drawn anew. A store that is away ends nothing.
func (s *server) serveLive(w http.ResponseWriter, r *http.Request) error {
	ctx, end := context.WithCancelCause(r.Context())
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		end(s.lookAfter(ctx, r))
	}()
	defer func() {
		end(nil)
		<-asked
	}()
	return s.Live(w, r.WithContext(ctx))
}

// lookAfter returns why a viewer may look no longer: patrol.ErrUnauthorized, or
// patrol.ErrScopeChanged for one who may come back for another picture.
func (s *server) lookAfter(ctx context.Context, r *http.Request) error {
	p, _ := patrol.PrincipalFrom(ctx)
	expired := make(<-chan time.Time)
	if !p.Until.IsZero() {
		timer := time.NewTimer(p.Until.Sub(s.Now()))
		defer timer.Stop()
		expired = timer.C
	}
	for {
		changes := s.Warden.Changes() // before asking: what comes meanwhile is not missed
		again := make(<-chan time.Time)
		switch err := s.looksAlike(ctx, r); {
		case errors.Is(err, patrol.ErrUnauthorized), errors.Is(err, patrol.ErrScopeChanged):
			return err
		case err != nil:
			again = time.After(askAgainAfter)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-expired:
			return patrol.ErrUnauthorized
		case <-again:
		case <-changes:
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(askAgainAfter): // more may change with it
			}
		}
	}
}

// looksAlike returns nil when the credentials of r still show what its context says.
func (s *server) looksAlike(ctx context.Context, r *http.Request) error {
	p, err := s.whoAsks(r.WithContext(ctx))
	if err != nil {
		return err
	}
	scope, err := s.Warden.Scope(ctx, p, patrol.Viewer)
	if errors.Is(err, patrol.ErrForbidden) {
		return patrol.ErrUnauthorized
	}
	if err == nil && scope.Key() != patrol.ScopeFrom(ctx).Key() {
		err = patrol.ErrScopeChanged
	}
	return err
}
