package patrol

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
)

const scopesKept = 10_000

// Warden knows the scope of every principal, and tells when scopes may have changed.
type Warden struct {
	source ScopeSource

	mu      sync.Mutex
	ground  int64             // the version that scopes were made from
	scopes  map[string]*Scope // by roots and leader
	changed chan struct{}
}

// NewWarden makes a Warden.
func NewWarden(source ScopeSource) *Warden {
	return &Warden{source: source, scopes: map[string]*Scope{}, changed: make(chan struct{})}
}

// Scope returns where p has at least a role; ErrForbidden when p has it nowhere. Who leads teams has the role of leader, and those before it, for them too.
func (w *Warden) Scope(ctx context.Context, p Principal, least Role) (*Scope, error) {
	var roots []uuid.UUID
	leader := ""
	for _, g := range p.User.Grants {
		switch {
		case !g.Role.Includes(least):
			continue
		case g.Area == uuid.Nil:
			return Everything, nil
		case g.Role.Includes(Leader) && Leader.Includes(least):
			leader = p.User.Name
		}
		roots = append(roots, g.Area)
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("%s somewhere: %w", least, ErrForbidden)
	}
	roots = sorted(roots)
	key := leader
	for _, r := range roots {
		key += "/" + string(r[:])
	}
	if s := w.known(key, p.Ground); s != nil {
		return s, nil
	}
	s, err := w.source.Scope(ctx, slices.Clone(roots), leader)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.Ground == w.ground && len(w.scopes) < scopesKept {
		w.scopes[key] = s
	}
	return s, nil
}

// known returns the scope that was made of a version of the ground or a newer one.
func (w *Warden) known(key string, ground int64) *Scope {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ground > w.ground || len(w.scopes) >= scopesKept {
		w.ground = ground
		clear(w.scopes)
	}
	return w.scopes[key]
}

// Changed tells everybody who waits that what somebody may see may have changed.
func (w *Warden) Changed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
}

// Changes is closed at the next change.
func (w *Warden) Changes() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}
