package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"xunfang/patrol"
)

// askedAgainEvery is how long a viewer may go on looking who may no longer sign in.
const askedAgainEvery = 5 * time.Minute

// serveLive lets a viewer look for as long as their credentials are good: a session may
// end, a token be revoked, a password change. A store that is away ends nothing.
func (s *server) serveLive(w http.ResponseWriter, r *http.Request) error {
	if patrol.ScopeFrom(r.Context()) != patrol.Everything {
		return patrol.ErrForbidden
	}
	ctx, end := context.WithCancelCause(r.Context())
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		again := time.NewTicker(askedAgainEvery)
		defer again.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-again.C:
			}
			if _, err := s.whoAsks(r.WithContext(ctx)); errors.Is(err, patrol.ErrUnauthorized) {
				end(err)
			}
		}
	}()
	defer func() {
		end(nil)
		<-asked
	}()
	return s.Live(w, r.WithContext(ctx))
}
