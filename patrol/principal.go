package patrol

import "context"

// Principal is who stands behind a request: a person with an account.
type Principal struct{ User User }

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
