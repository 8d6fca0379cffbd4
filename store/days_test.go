package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// However many days there are, a read locks the days it asks for and no others.
func TestReadsKeepToTheirDays(t *testing.T) {
	const days, day = 60, 24 * 60 * minute
	ctx, url := t.Context(), storetest.URL(t)
	s := storetest.OpenURL(t, url, time.Now)
	tracker := feature("trackers", nil, `{"name":"1","kind":"person"}`)
	if _, err := s.CreateTracker(ctx, tracker, tracker.ID[:]); err != nil {
		t.Fatal(err)
	}
	var fixes []patrol.Fix
	for i := range int64(days) {
		fixes = append(fixes, fixAt(tracker.ID, -i*day))
	}
	flush(t, store.NewFlusher(s), fixes...)

	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	locked := func() (n int) {
		t.Helper()
		const q = `
			SELECT count(*)
			  FROM pg_locks l
			  JOIN pg_class c ON c.oid = l.relation
			 WHERE c.relname ~ '^fixes_\d+$'`
		if err := conn.QueryRow(ctx, q).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	tests := []struct {
		name string
		read func(patrol.Past) error
		most int // days
	}{
		{"spans of one day", func(p patrol.Past) error {
			_, err := p.Fixes(ctx, []patrol.Span{{Tracker: tracker.ID, FromMs: t0 - 1, ToMs: t0 + 1}, {Tracker: uuid.New(), FromMs: t0, ToMs: t0}})
			return err
		}, 1},
		{"tracks over midnight", func(p patrol.Past) error {
			_, err := p.Tracks(ctx, patrol.TrackQuery{
				Where:  []orb.Bound{{Min: orb.Point{113, 34}, Max: orb.Point{114, 35}}},
				FromMs: t0 - day, ToMs: t0, Kinds: patrol.Kinds[:],
			})
			return err
		}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := s.At(ctx, func(p patrol.Past) error {
				if err := tt.read(p); err != nil {
					return err
				}
				if n := locked(); n == 0 || n > tt.most {
					t.Errorf("%d days are locked, want 1 to %d", n, tt.most)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
