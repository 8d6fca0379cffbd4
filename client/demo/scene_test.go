package demo

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// memory is an archive of what the district's devices report; coverage as of a time
// asks it for its position and for tracks alone.
type memory struct {
	patrol.Past
	tracks []patrol.Track
}

func remember(district District, untilS int64) memory {
	var m memory
	for i, mover := range district.Movers {
		fixes := append(mover.Fixes(began, -historyS, 0, thin), mover.Fixes(began, 0, untilS, 1)...)
		id := uuid.UUID{15: byte(i + 1)}
		for k := range fixes {
			fixes[k].Tracker = id
		}
		m.tracks = append(m.tracks, patrol.Track{Tracker: id, Kind: mover.Kind, Fixes: fixes})
	}
	return m
}

func (m memory) At(_ context.Context, f func(patrol.Past) error) error { return f(m) }

func (m memory) Since(context.Context, int64) (int64, []patrol.Change, error) { return 1, nil, nil }

func (m memory) Tracks(_ context.Context, q patrol.TrackQuery) ([]patrol.Track, error) {
	var found []patrol.Track
	for _, track := range m.tracks {
		cut := patrol.Track{Tracker: track.Tracker, Kind: track.Kind}
		for _, fix := range track.Fixes {
			if fix.TMs >= q.FromMs-q.MarginMs && fix.TMs <= q.ToMs {
				cut.Fixes = append(cut.Fixes, fix)
			}
		}
		found = append(found, cut)
	}
	return found, nil
}

func (m memory) Fixes(_ context.Context, spans []patrol.Span) (found []patrol.Fix, err error) {
	for _, span := range spans {
		for _, track := range m.tracks {
			for _, fix := range track.Fixes {
				if fix.Tracker == span.Tracker && fix.TMs >= span.FromMs && fix.TMs <= span.ToMs {
					found = append(found, fix)
				}
			}
		}
	}
	return found, nil
}

func (m memory) Signs(context.Context, []patrol.Span) ([]patrol.Sign, error) { return nil, nil }

func (m memory) CheckIns(context.Context, uuid.UUID, int64, int64) ([]uuid.UUID, error) {
	return nil, nil
}

func (m memory) Carriers(_ context.Context, trackers []uuid.UUID, _ int64) (map[uuid.UUID]patrol.Carrier, error) {
	carriers := map[uuid.UUID]patrol.Carrier{}
	for _, track := range m.tracks {
		carriers[track.Tracker] = patrol.Carrier{Kind: track.Kind}
	}
	return carriers, nil
}

// demand is a watch of the district.
type demand struct {
	patrol.Watch
	layout *patrol.Layout
}

// coverage is as of a time, Unix ms.
func (d demand) coverage(t *testing.T, archive patrol.Archive, atMs int64) patrol.Coverage {
	t.Helper()
	coverage, err := patrol.CoverageAsOf(t.Context(), archive, d.layout, atMs)
	if err != nil {
		t.Fatal(err)
	}
	return coverage
}

func demands(t *testing.T, district District) []demand {
	t.Helper()
	ids, subjects := map[string]uuid.UUID{}, map[string]patrol.Feature{}
	var found []demand
	for _, place := range district.Places {
		raw, err := json.Marshal(place.properties(ids))
		if err != nil {
			t.Fatal(err)
		}
		feature, err := patrol.NewFeature(place.Collection, place.Geometry, raw, began)
		if err != nil {
			t.Fatal(err)
		}
		switch place.Collection {
		case patrol.Areas, patrol.Checkpoints:
			ids[place.Name], subjects[place.Name] = feature.ID, feature
		case patrol.Watches:
			watch, err := patrol.ParseWatch(feature, subjects[place.Subject])
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, demand{watch, patrol.Lay(watch, time.UTC)})
		}
	}
	return found
}

// demandsOf returns the watches of one kind.
func demandsOf(t *testing.T, district District, kind patrol.WatchKind) []demand {
	t.Helper()
	return slices.DeleteFunc(demands(t, district), func(d demand) bool { return d.Kind != kind })
}

// The outline that is watched is seen for the most part, not all of it.
func TestTheSceneHasAnOutline(t *testing.T) {
	district := NewDistrict(seed, began)
	for _, watch := range demandsOf(t, district, patrol.Perimeter) {
		coverage := watch.coverage(t, remember(district, 0), began.UnixMilli())
		t.Logf("%s: %.0f %% of %.0f m, %d gaps", watch.Name, 100*coverage.Share, coverage.Subject, len(coverage.Gaps))
		if coverage.Share < 0.5 || coverage.Share > 0.97 {
			t.Errorf("%s: %.0f %%", watch.Name, 100*coverage.Share)
		}
	}
}

// At every watched post somebody stands at the beginning; at one, nobody is known to some
// minutes later, until the device is heard of again.
func TestAPostLapses(t *testing.T) {
	district := NewDistrict(seed, began)
	archive := remember(district, 1400)
	posts := demandsOf(t, district, patrol.AtPost)
	for s, want := range map[int64]int{0: 0, 300: 0, 460: 1, 1200: 1, 1300: 0} {
		gaps := 0
		for _, watch := range posts {
			coverage := watch.coverage(t, archive, began.UnixMilli()+s*1000)
			gaps += len(coverage.Gaps)
			if s == 0 && coverage.Roll.Present != 1 {
				t.Errorf("%s: %d present at the beginning", watch.Name, coverage.Roll.Present)
			}
		}
		if len(posts) != 3 || gaps != want {
			t.Errorf("%d s after the beginning %d of %d posts are gaps, want %d", s, gaps, len(posts), want)
		}
	}
}

// At the beginning the map has something to show: most of the ground is covered, and
// there are gaps of every cause.
func TestTheSceneHasGapsOfEveryCause(t *testing.T) {
	district := NewDistrict(seed, began)
	archive := remember(district, 0)
	causes := map[patrol.Cause]int{}
	share, gaps, watches := 0.0, 0, demandsOf(t, district, patrol.Ground)
	for _, watch := range watches {
		coverage := watch.coverage(t, archive, began.UnixMilli())
		share += coverage.Share / float64(len(watches))
		t.Logf("%s: %.0f %% of %.0f m² within %d min, never %.0f m²", watch.Name, 100*coverage.Share, coverage.Subject, watch.RevisitS/60, coverage.Never)
		for _, gap := range coverage.Gaps {
			if gap.Size < watch.MinGapM2 {
				continue
			}
			gaps++
			causes[gap.Why.Cause]++
			t.Logf("  gap of %.0f m², %s, %d min", gap.Size, gap.Why.Cause, (began.UnixMilli()-gap.SinceMs)/60_000)
		}
	}
	if share < 0.65 || share > 0.95 {
		t.Errorf("%.0f %% is covered", 100*share)
	}
	if gaps < 4 || gaps > 12 {
		t.Errorf("%d gaps are open", gaps)
	}
	for _, cause := range []patrol.Cause{patrol.Inaccurate, patrol.Sparse, patrol.Expired, patrol.Never} {
		if causes[cause] == 0 {
			t.Errorf("no gap is %s", cause)
		}
	}
}

// In the first two minutes gaps open and gaps close: of each court the whole goes
// stale for more than 30 s, and is seen again.
func TestCourtsGoStaleAndAreSeenAgain(t *testing.T) {
	district := NewDistrict(seed, began)
	archive := remember(district, 130)
	for _, watch := range demands(t, district) {
		if watch.RevisitS != 60 {
			continue
		}
		t.Run(watch.Name, func(t *testing.T) {
			var states []bool
			standing, longest := 0, 0
			const step = 5 // seconds
			for s := 0; s < 120; s += step {
				coverage := watch.coverage(t, archive, began.Add(time.Duration(s)*time.Second).UnixMilli())
				stale := coverage.Subject-coverage.Covered >= watch.MinGapM2
				standing += step
				if !stale {
					standing = 0
				}
				longest = max(longest, standing)
				if len(states) == 0 || states[len(states)-1] != stale {
					states = append(states, stale)
				}
			}
			if longest-step < 30 || len(states) < 2 {
				t.Errorf("it stands stale for %d s, and changes as %v", longest, states)
			}
		})
	}
}
