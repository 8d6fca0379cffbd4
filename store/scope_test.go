package store_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// makeFeature keeps a new feature and returns its id.
func makeFeature(t testing.TB, s *store.Store, collection string, g orb.Geometry, props map[string]any) uuid.UUID {
	t.Helper()
	raw, err := json.Marshal(props)
	if err != nil {
		t.Fatal(err)
	}
	f, err := patrol.NewFeature(collection, g, raw, timeAt(t0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateFeature(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f.ID
}

// cell is a square of a hundredth of a degree, east and north of a corner of as many.
func cell(east, north int) orb.Polygon {
	w, s := 113+float64(east)/100, 34+float64(north)/100
	return orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{w + 0.01, s + 0.01}}.ToPolygon()
}

// A team works in its area; without one, where the team above it does; its leader leads
// what is below, wherever that works.
func TestAScopeHoldsItsAreasAndTeams(t *testing.T) {
	s := storetest.Open(t)
	area := func(name string, parent uuid.UUID, east int) uuid.UUID {
		props := map[string]any{"name": name, "kind": "community"}
		if parent != uuid.Nil {
			props["parent"] = parent
		}
		return makeFeature(t, s, patrol.Areas, cell(east, 70), props)
	}
	here := area("甲", uuid.Nil, 60)
	inside := area("甲一", here, 60)
	there := area("乙", uuid.Nil, 61)
	team := func(props map[string]any) uuid.UUID { return makeFeature(t, s, patrol.Teams, nil, props) }
	upper := team(map[string]any{"name": "片", "area": inside})
	lower := team(map[string]any{"name": "组", "parent": upper})
	lent := team(map[string]any{"name": "借", "parent": lower, "area": there})
	led := team(map[string]any{"name": "远", "leader": "王芳", "area": there})
	under := team(map[string]any{"name": "远一", "parent": led, "area": there})
	for _, c := range []struct {
		leader string
		teams  []uuid.UUID
	}{
		{"", []uuid.UUID{upper, lower}},
		{"王芳", []uuid.UUID{upper, lower, led, under}},
	} {
		scope, err := s.Scope(t.Context(), []uuid.UUID{here}, c.leader)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(scope.Areas, []uuid.UUID{here, inside}) || !slices.Equal(scope.Teams, c.teams) {
			t.Errorf("led by %q: areas %v, teams %v", c.leader, scope.Areas, scope.Teams)
		}
		for place, within := range map[orb.Point]bool{{113.605, 34.705}: true, {113.61, 34.705}: false, {113.615, 34.705}: false} {
			if scope.Contains(place) != within {
				t.Errorf("%v lies on the ground: %v", place, !within)
			}
		}
		if scope.HasTeam(lent.String()) || scope.HasTeam("夜班") || !scope.HasTeam(lower.String()) {
			t.Error("a team is taken for another")
		}
	}
	if nothing, err := s.Scope(t.Context(), []uuid.UUID{uuid.New()}, ""); err != nil || len(nothing.Areas)+len(nothing.Ground) != 0 || nothing.Contains(orb.Point{113.605, 34.705}) {
		t.Errorf("an area that is not there gives %+v, %v", nothing, err)
	}
}

// A comb of as many vertices as are taken has a ground, and does not reach beyond it.
func TestAScopeOfAComb(t *testing.T) {
	s := storetest.Open(t)
	ring := orb.Ring{{113.6, 34.7}}
	for i := range 4990 {
		x := 113.6 + float64(i)*1e-5
		ring = append(ring, orb.Point{x, 34.71}, orb.Point{x + 4e-6, 34.7001})
	}
	ring = append(ring, orb.Point{113.65, 34.7}, ring[0])
	comb := makeFeature(t, s, patrol.Areas, orb.Polygon{ring}, map[string]any{"name": "梳", "kind": "grid"})
	scope, err := s.Scope(t.Context(), []uuid.UUID{comb}, "")
	if err != nil || len(scope.Ground) == 0 {
		t.Fatalf("its ground has %d parts, %v", len(scope.Ground), err)
	}
	if at, err := s.Beyond(t.Context(), scope, orb.Polygon{ring}); err != nil || at != nil {
		t.Errorf("it lies beyond itself at %v: %v", at, err)
	}
	if at, err := s.Beyond(t.Context(), scope, cell(65, 70)); err != nil || at == nil {
		t.Errorf("what lies beside it does not lie beyond it: %v, %v", at, err)
	}
}
