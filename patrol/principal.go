package patrol

import (
	"context"
	"time"
)

// Principal is who stands behind a request: a person with an account, by the
// credentials that came with it.
type Principal struct {
	User  User      // with the grants that these credentials carry
	Most  Role      // "": all that the user may; otherwise the credentials carry no more than this
	Until time.Time // when the credentials end by themselves; the zero time: they do not
	// Ground tells the versions of what scopes are made from (the tree of areas and
	// teams) apart: it grows with every change.
	Ground int64
}

type principalKey struct{}

// WithPrincipal returns ctx carrying p. Only the one Authenticate in api calls it.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom returns who is signed in, and whether anybody is.
func PrincipalFrom(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}
