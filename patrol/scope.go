package patrol

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Scope is the part of a deployment that somebody may see, or may do something in. Nil
// is nothing at all. It is not changed once made.
type Scope struct {
	Roots []uuid.UUID // the areas that were granted
	Areas []uuid.UUID // those and the areas within them, ascending
	Teams []uuid.UUID // that work there or are led by the person, ascending
	// Ground is that of Roots, less a hair at its edge: what only touches it lies
	// outside.
	Ground orb.MultiPolygon

	bound orb.Bound
	key   string
}

// Everything is the scope of the whole deployment.
var Everything = &Scope{key: "everything"}

// NewScope makes the Scope of these; its lists may be in any order.
func NewScope(roots, areas, teams []uuid.UUID, ground orb.MultiPolygon) *Scope {
	s := &Scope{Roots: sorted(roots), Areas: sorted(areas), Teams: sorted(teams), Ground: ground, bound: ground.Bound()}
	h := sha256.New()
	for _, ids := range [][]uuid.UUID{s.Roots, s.Areas, s.Teams} {
		_ = binary.Write(h, binary.BigEndian, int64(len(ids))) // a hash takes all
		for _, id := range ids {
			h.Write(id[:])
		}
	}
	for _, polygon := range ground {
		for _, ring := range polygon {
			for _, p := range ring {
				_ = binary.Write(h, binary.BigEndian, [2]uint64{math.Float64bits(p[0]), math.Float64bits(p[1])})
			}
		}
	}
	s.key = hex.EncodeToString(h.Sum(nil)[:12])
	return s
}

func sorted(ids []uuid.UUID) []uuid.UUID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids)
}

// Key is the same for scopes that see the same.
func (s *Scope) Key() string {
	if s == nil {
		return "nothing"
	}
	return s.key
}

// HasTeam reports whether a tracker's team, by its id as a text, is one of the scope's.
func (s *Scope) HasTeam(team string) bool {
	if s == nil || s == Everything {
		return s == Everything
	}
	id, err := ParseID("team", team)
	if err != nil {
		return false
	}
	_, found := slices.BinarySearchFunc(s.Teams, id, compareIDs)
	return found
}

// HasArea reports whether an area is one of the scope's.
func (s *Scope) HasArea(id uuid.UUID) bool {
	if s == nil || s == Everything {
		return s == Everything
	}
	_, found := slices.BinarySearchFunc(s.Areas, id, compareIDs)
	return found
}

// Grants reports whether who is admin of the scope may give and take all of the grants:
// they lie in it. Who has none at all is the whole deployment's.
func (s *Scope) Grants(grants []Grant) bool {
	if s == nil || s == Everything {
		return s == Everything
	}
	for _, g := range grants {
		if !s.HasArea(g.Area) {
			return false
		}
	}
	return len(grants) > 0
}

// Contains reports whether a place, lon/lat, lies on the scope's ground.
func (s *Scope) Contains(p orb.Point) bool {
	return s == Everything || s != nil && s.bound.Contains(p) && planar.MultiPolygonContains(s.Ground, p)
}

type scopeKey struct{}

// WithScope returns ctx carrying what who asks may see.
func WithScope(ctx context.Context, s *Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// ScopeFrom returns what who asks may see; nil, nothing, when ctx does not say.
func ScopeFrom(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// ScopeSource knows how areas and teams nest.
type ScopeSource interface {
	// Scope returns the scope of some areas, and of the teams that somebody leads
	// ("": nobody).
	Scope(ctx context.Context, roots []uuid.UUID, leader string) (*Scope, error)
}

// Sight is whether something lies in a scope, and whether it ever did.
type Sight struct{ Now, Ever bool }
