package store_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// A roster is read in the versions of its time, and says who was heard of when.
func TestRosterKnown(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	area := feature("areas", square(113.6, 34.7, 0.01), `{"name":"一号院","kind":"compound"}`)
	team := feature("teams", nil, `{"name":"一组"}`)
	member := feature("trackers", nil, fmt.Sprintf(`{"name":"巡查 01","kind":"person","team":%q}`, team.ID))
	other := feature("trackers", nil, `{"name":"巡查 02","kind":"person"}`)
	for _, f := range []patrol.Feature{area, team, member, other} {
		if _, err := s.CreateFeature(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	watch := patrol.Watch{Subject: "areas/" + area.ID.String(), Sources: []patrol.Kind{patrol.Person}}
	assignedKnown := func(at, by time.Time) (ids []uuid.UUID, known bool) {
		t.Helper()
		m := patrol.Moment{AtMs: at.UnixMilli(), KnownMs: math.MaxInt64}
		if !by.IsZero() {
			m.KnownMs = by.UnixMilli()
		}
		r, err := s.RosterKnown(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		members, known := r.Assigned(watch, at.UnixMilli())
		for _, m := range members {
			ids = append(ids, m.Tracker)
		}
		return ids, known
	}
	assigned := func(at time.Time) ([]uuid.UUID, bool) { return assignedKnown(at, time.Time{}) }
	if ids, known := assigned(now); known {
		t.Errorf("without assignments %v are assigned", ids)
	}
	a := feature("assignments", nil, fmt.Sprintf(`{"team":%q,"subject":%q,"from":%q}`, team.ID, watch.Subject, patrol.FormatMs(now.Add(-time.Hour).UnixMilli())))
	if _, err := s.CreateFeature(ctx, a); err != nil {
		t.Fatal(err)
	}
	a.Version, a.Created, a.From = 2, now, now
	a.Properties = fmt.Appendf(nil, `{"tracker":%q,"subject":%q,"from":%q}`, other.ID, watch.Subject, patrol.FormatMs(now.UnixMilli()))
	if _, err := s.ReplaceFeature(ctx, a); err != nil {
		t.Fatal(err)
	}
	if ids, _ := assigned(now.Add(-time.Minute)); !cmp.Equal(ids, []uuid.UUID{member.ID}) {
		t.Errorf("a minute ago %v were assigned", ids)
	}
	if ids, _ := assigned(now); !cmp.Equal(ids, []uuid.UUID{other.ID}) {
		t.Errorf("now %v are assigned", ids)
	}
	if ids, _ := assignedKnown(now.Add(time.Minute), now.Add(-time.Second)); !cmp.Equal(ids, []uuid.UUID{member.ID}) {
		t.Errorf("as far as was known before, %v are assigned", ids)
	}
	if ids, known := assignedKnown(now, time.UnixMilli(t0-1)); known {
		t.Errorf("before anything was recorded %v were assigned", ids)
	}

	const hour = int64(3_600_000)
	var fixes []patrol.Fix
	for _, h := range []int64{0, 10, 29} { // across days
		fixes = append(fixes, fixAt(member.ID, h*hour))
	}
	flush(t, store.NewFlusher(s), fixes...)
	for toH, wantH := range map[int64]int64{-1: -1, 9: 0, 10: 10, 40: 29} {
		err := s.At(ctx, func(past patrol.Past) error {
			got, err := past.LastReports(ctx, []uuid.UUID{member.ID, other.ID}, t0-hour, t0+toH*hour)
			want := map[uuid.UUID]int64{}
			if wantH >= 0 {
				want[member.ID] = t0 + wantH*hour
			}
			if !cmp.Equal(got, want) {
				t.Errorf("up to %d h: %v, want %v", toH, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
