package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

func TestTrackers(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	f := feature("trackers", nil, `{"name":"巡查 01","kind":"drone","import":true}`)
	if seq, err := s.CreateTracker(ctx, f, []byte("hash")); err != nil || seq != 1 {
		t.Fatalf("CreateTracker = %d, %v", seq, err)
	}
	want := patrol.Tracker{ID: f.ID, Name: "巡查 01", Kind: patrol.Drone, Import: true}
	if got, err := s.TrackerByToken(ctx, []byte("hash")); err != nil || got != want {
		t.Errorf("TrackerByToken = %+v, %v", got, err)
	}
	if _, err := s.TrackerByToken(ctx, []byte("other")); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("another token: %v, want not found", err)
	}
	if got, err := s.Trackers(ctx); err != nil || !cmp.Equal(got, []patrol.Tracker{want}) {
		t.Errorf("Trackers = %+v, %v", got, err)
	}
	if _, err := s.LastFix(ctx, f.ID); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("LastFix of a silent tracker: %v, want not found", err)
	}
}

// A watch whose subject is missing does not keep the others from being listed.
func TestWatchesWithTheirGround(t *testing.T) {
	ctx, url := t.Context(), storetest.URL(t)
	s := storetest.OpenURL(t, url, time.Now)
	create := func(f patrol.Feature, err error) patrol.Feature {
		t.Helper()
		if err == nil {
			_, err = s.CreateFeature(ctx, f)
		}
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	newWatch := func(subject uuid.UUID) (patrol.Feature, error) {
		props, err := json.Marshal(map[string]any{
			"name": "院内", "kind": "ground", "subject": "areas/" + subject.String(), "revisit_s": 3600,
		})
		if err != nil {
			t.Fatal(err)
		}
		return patrol.NewFeature("watches", nil, props, timeAt(t0))
	}
	area := create(patrol.NewFeature("areas", square(113.6, 34.7, 0.01), json.RawMessage(`{"name":"一号院","kind":"compound"}`), timeAt(t0)))
	watch := create(newWatch(area.ID))
	lost := create(patrol.NewFeature("areas", square(113.7, 34.7, 0.01), json.RawMessage(`{"name":"二号院","kind":"compound"}`), timeAt(t0)))
	create(newWatch(lost.ID))
	storetest.Exec(t, url, `DELETE FROM features WHERE id = $1`, lost.ID)

	got, err := s.Watches(ctx)
	if err != nil || len(got) != 1 {
		t.Fatalf("Watches = %+v, %v; want one", got, err)
	}
	if got[0].ID != watch.ID || got[0].RevisitS != 3600 || got[0].Area.Bound() != area.Geometry.Bound() {
		t.Errorf("Watches = %+v", got[0])
	}
}
