package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

func gap(watch uuid.UUID) patrol.Gap {
	return patrol.Gap{
		ID:        uuid.Must(uuid.NewV7()),
		Watch:     watch,
		WatchName: "一号院",
		PureGap: patrol.PureGap{
			Kind:    patrol.Ground,
			Shape:   orb.MultiPolygon{square(113.6, 34.7, 0.01)},
			Label:   orb.Point{113.605, 34.705},
			Size:    1_015_000.25,
			SinceMs: t0 - 1000,
			Why:     patrol.Why{Cause: patrol.Sparse, Setting: "join_m", Value: 140.5, Limit: 100},
		},
		Severity: patrol.Severity{Score: 12, Level: patrol.High},
		State:    patrol.GapOpen,
		OpenedMs: t0,
	}
}

func takeLease(t *testing.T, s *store.Store, holder string, watch uuid.UUID) patrol.Lease {
	t.Helper()
	leases, err := s.Lease(t.Context(), holder, []uuid.UUID{watch})
	if err != nil || len(leases) != 1 {
		t.Fatalf("Lease = %v, %v", leases, err)
	}
	return leases[0]
}

func TestGapsComeBackAsTheyWere(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	watch := uuid.Must(uuid.NewV7())
	lease := takeLease(t, s, "here", watch)
	first, second := gap(watch), gap(watch)
	second.Kind, second.Shape, second.Size = patrol.Perimeter, orb.LineString{{113.6, 34.7}, {113.61, 34.7}}, 914.25
	second.Arc = &patrol.Arc{Part: 1, Ring: 2, FromM: 900.125, ToM: 14.5}
	write := func(event string, gs ...patrol.Gap) {
		t.Helper()
		var changes []patrol.GapChange
		for _, g := range gs {
			changes = append(changes, patrol.GapChange{Event: event, Gap: g})
		}
		if _, _, err := s.WriteGaps(ctx, lease, changes); err != nil {
			t.Fatal(err)
		}
	}
	write("opened", first, second)
	if open, err := s.OpenGaps(ctx, watch); err != nil || !cmp.Equal(open, []patrol.Gap{first, second}) {
		t.Errorf("OpenGaps: %v\n%s", err, cmp.Diff([]patrol.Gap{first, second}, open))
	}
	first.Shape = orb.MultiPolygon{square(0, 0, 1), square(2, 2, 1)}
	first.State, first.ClosedMs = "closed", t0+5000
	write("closed", first)
	if got, err := s.Gap(ctx, first.ID); err != nil || !cmp.Equal(got, first) {
		t.Errorf("Gap: %v\n%s", err, cmp.Diff(first, got))
	}
	if _, err := s.Gap(ctx, watch); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("no such gap: %v", err)
	}
	during := func(from, to int64) patrol.GapQuery {
		return patrol.GapQuery{Scope: patrol.Everything, During: &patrol.Times{FromMs: t0 + from, ToMs: t0 + to}, Limit: 9}
	}
	tests := []struct {
		name  string
		query patrol.GapQuery
		want  []patrol.Gap
	}{
		{"before either opened", during(-9000, -1), nil},
		{"as they opened", during(-9000, 0), []patrol.Gap{first, second}},
		{"before the first closed", during(4999, 9000), []patrol.Gap{first, second}},
		{"once the first had closed", during(5000, 9000), []patrol.Gap{second}},
		{"open", patrol.GapQuery{Scope: patrol.Everything, State: patrol.GapOpen, Limit: 9}, []patrol.Gap{second}},
		{"not closed", patrol.GapQuery{Scope: patrol.Everything, Stands: true, Limit: 9}, []patrol.Gap{second}},
		{"both", patrol.GapQuery{Scope: patrol.Everything, Limit: 9}, []patrol.Gap{first, second}},
		{"of another watch", patrol.GapQuery{Scope: patrol.Everything, Watch: &first.ID, Limit: 9}, nil},
		{"of this watch", patrol.GapQuery{Scope: patrol.Everything, Watch: &watch, State: "closed", Limit: 9}, []patrol.Gap{first}},
		{"by severity", patrol.GapQuery{Scope: patrol.Everything, Level: patrol.High, Limit: 9}, []patrol.Gap{first, second}},
		{"by another severity", patrol.GapQuery{Scope: patrol.Everything, Level: patrol.Critical, Limit: 9}, nil},
		{"by cause", patrol.GapQuery{Scope: patrol.Everything, Cause: patrol.Never, Limit: 9}, nil},
		{"by place", patrol.GapQuery{Scope: patrol.Everything, BBox: &orb.Bound{Min: orb.Point{2.5, 2.5}, Max: orb.Point{9, 9}}, Limit: 9}, []patrol.Gap{first}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, matched, err := s.Gaps(ctx, tt.query)
			if err != nil || matched != len(tt.want) || !cmp.Equal(got, tt.want, cmpopts.EquateEmpty()) {
				t.Errorf("%d matched, %v\n%s", matched, err, cmp.Diff(tt.want, got))
			}
		})
	}
	if page, matched, err := s.Gaps(ctx, patrol.GapQuery{Scope: patrol.Everything, Limit: 1, After: first.ID}); err != nil || matched != 2 ||
		len(page) != 1 || page[0].ID != second.ID {
		t.Errorf("second page: %v of %d, %v", page, matched, err)
	}
	if extent, err := s.Extent(ctx, patrol.Everything, "gaps"); err != nil || extent == nil || *extent != second.Shape.Bound() {
		t.Errorf("Extent = %v, %v", extent, err)
	}
}

func TestLeases(t *testing.T) {
	ctx, url := t.Context(), storetest.URL(t)
	s := storetest.OpenURL(t, url, nil)
	watch, other := uuid.New(), uuid.New()
	ours := takeLease(t, s, "ours", watch)
	if again := takeLease(t, s, "ours", watch); again != ours {
		t.Errorf("renewed as %+v, want %+v", again, ours)
	}
	if got, err := s.Lease(ctx, "theirs", []uuid.UUID{watch, other}); err != nil || len(got) != 1 || got[0].Watch != other {
		t.Errorf("the other node leased %+v, %v; want only the free one", got, err)
	}
	write := func(l patrol.Lease) error {
		_, _, err := s.WriteGaps(ctx, l, []patrol.GapChange{{Event: "opened", Gap: gap(watch)}})
		return err
	}
	if err := write(ours); err != nil {
		t.Errorf("under the lease: %v", err)
	}

	// The database's clock alone decides: let the lease run out there.
	storetest.Exec(t, url, `UPDATE watch_leases SET expires_at = clock_timestamp() WHERE watch = $1`, watch)
	if err := write(ours); !errors.Is(err, patrol.ErrLeaseLost) {
		t.Errorf("after it ran out: %v, want ErrLeaseLost", err)
	}
	theirs := takeLease(t, s, "theirs", watch)
	if theirs.Term <= ours.Term {
		t.Errorf("taken over with term %d after %d", theirs.Term, ours.Term)
	}
	if err := write(ours); !errors.Is(err, patrol.ErrLeaseLost) {
		t.Errorf("after the takeover: %v, want ErrLeaseLost", err)
	}
	if err := write(theirs); err != nil {
		t.Errorf("under the new lease: %v", err)
	}
	if open, err := s.OpenGaps(ctx, watch); err != nil || len(open) != 2 {
		t.Errorf("%d gaps were written, %v; want 2", len(open), err)
	}
	if head, err := s.Head(ctx); err != nil || head != 2 {
		t.Errorf("the feed's head is %d, %v; want 2", head, err)
	}
	if got, err := s.Lease(ctx, "ours", nil); err != nil || len(got) != 0 {
		t.Errorf("no watches: %v, %v", got, err)
	}
}
