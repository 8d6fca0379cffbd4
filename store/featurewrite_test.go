package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// follow stores the next version of f.
func follow(t *testing.T, s *store.Store, f patrol.Feature, g orb.Geometry, props string, now time.Time) patrol.Feature {
	t.Helper()
	next, err := patrol.NewVersion(f, g, json.RawMessage(props), now)
	if err == nil {
		_, err = s.ReplaceFeature(t.Context(), next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestVersionsOfAFeature(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	first := feature("areas", square(113.6, 34.7, 0.01), `{"name":"一号院","kind":"compound"}`)
	first.Newest = 1
	if _, err := s.CreateFeature(ctx, first); err != nil {
		t.Fatal(err)
	}
	changed := time.Now().Add(-time.Hour)
	second := follow(t, s, first, square(113.6, 34.7, 0.02), `{"name":"一号院","kind":"grid"}`, changed)
	if _, err := s.ReplaceFeature(ctx, second); !errors.Is(err, patrol.ErrConflict) {
		t.Errorf("the same version again: %v, want a conflict", err)
	}
	for _, c := range []struct {
		name string
		at   time.Time
		want int
	}{
		{"long before", time.UnixMilli(0), 1},
		{"just before", changed.Add(-time.Millisecond), 1},
		{"then", changed, 2},
		{"now", time.Now(), 2},
	} {
		if got, err := s.FeatureAt(ctx, "areas", first.ID, c.at); err != nil || got.Version != c.want || got.Newest != 2 {
			t.Errorf("%s version %d of %d applies, %v; want %d", c.name, got.Version, got.Newest, err, c.want)
		}
	}
	if _, err := s.DeleteFeature(ctx, "areas", first.ID, 1, time.Now()); !errors.Is(err, patrol.ErrConflict) {
		t.Errorf("deleting a version that was replaced: %v, want a conflict", err)
	}
	if _, err := s.DeleteFeature(ctx, "areas", first.ID, 2, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Feature(ctx, "areas", first.ID); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("what is deleted: %v, want not found", err)
	}
	if got, err := s.FeatureAt(ctx, "areas", first.ID, changed); err != nil || got.Version != 2 {
		t.Errorf("before the deletion: version %d, %v", got.Version, err)
	}
	if _, err := s.Versions(ctx, patrol.Everything, "areas", first.ID); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("versions of what is deleted: %v, want not found", err)
	}
}

// What a deleted watch had open is closed, and no Keeper opens more under the lease that
// it still thinks it has.
func TestADeletedWatchHasNoGaps(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	area := feature("areas", square(113.6, 34.7, 0.01), `{"name":"一号院","kind":"compound"}`)
	watch := feature("watches", nil, `{"kind":"ground","subject":"areas/`+area.ID.String()+`"}`)
	for _, f := range []patrol.Feature{area, watch} {
		if _, err := s.CreateFeature(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	var conflict *patrol.Conflict
	if _, err := s.DeleteFeature(ctx, "areas", area.ID, 1, time.Now()); !errors.As(err, &conflict) {
		t.Errorf("deleting what is watched: %v, want a conflict", err)
	}
	l := takeLease(t, s, "a", watch.ID)
	opened := patrol.GapChange{Event: "opened", Gap: gap(watch.ID)}
	if _, _, err := s.WriteGaps(ctx, l, []patrol.GapChange{opened}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteFeature(ctx, "watches", watch.ID, 1, time.Now()); err != nil {
		t.Fatal(err)
	}
	if open, err := s.OpenGaps(ctx, watch.ID); err != nil || len(open) != 0 {
		t.Errorf("still open: %v, %v", open, err)
	}
	if _, _, err := s.WriteGaps(ctx, l, []patrol.GapChange{opened}); !errors.Is(err, patrol.ErrLeaseLost) {
		t.Errorf("writing gaps: %v, want the lease lost", err)
	}
	if _, err := s.DeleteFeature(ctx, "areas", area.ID, 1, time.Now()); err != nil {
		t.Errorf("what nobody watches any more: %v", err)
	}
}

// Of two nodes one tells that a zone has started, once.
func TestZonesAreTurnedOnce(t *testing.T) {
	ctx, url := t.Context(), storetest.URL(t)
	a, b := storetest.OpenURL(t, url, time.Now), storetest.OpenURL(t, url, time.Now)
	now := time.Now().UTC().Truncate(time.Millisecond)
	props, err := json.Marshal(map[string]any{
		"name": "z", "level": "sealed", "order_no": "1号",
		"valid_from": now.Add(time.Minute), "valid_to": now.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := patrol.NewFeature("zones", square(113.6, 34.7, 0.01), props, now)
	if err == nil {
		_, err = a.CreateFeature(ctx, zone)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		s     *store.Store
		after time.Duration
		turns int
		next  time.Duration // 0 = nothing more
	}{
		{"before its start", a, 0, 0, time.Minute},
		{"at its start", a, time.Minute, 1, time.Hour},
		{"on another node", b, time.Minute, 0, time.Hour},
		{"after its end", b, 2 * time.Hour, 1, 0},
		{"on the first", a, 2 * time.Hour, 0, 0},
	} {
		changes, next, err := c.s.TurnZones(ctx, now.Add(c.after))
		due := !next.IsZero() && next.Equal(now.Add(c.next))
		if err != nil || len(changes) != c.turns || due != (c.next != 0) {
			t.Errorf("%s: %d changes, next at %v, %v", c.name, len(changes), next.Sub(now), err)
		}
	}
}
