package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// issue is one order about a zone: it holds from a day up to another, or lifts.
type issue struct{ from, to int }

func (i issue) lifts() bool { return i.to == i.from }

// inForceOn returns which of the issues is in force on a day, by the plain rule: the
// last one that has begun decides. -1 is none.
func inForceOn(issues []issue, day int) int {
	for n := len(issues) - 1; n >= 0; n-- {
		if issues[n].from <= day {
			if day < issues[n].to {
				return n
			}
			return -1
		}
	}
	return -1
}

var dayZero = time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)

func dayTime(n int) time.Time { return dayZero.AddDate(0, 0, n) }

// Whatever is issued, amended and lifted, for whatever days and in whatever order: on
// every day the last order that has begun decides, in lists, alone and by its state.
func TestTheLastOrderThatHasBegunDecides(t *testing.T) {
	s := storetest.Open(t)
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 9).Draw(t, "from")
		issues := []issue{{from, from + rapid.IntRange(1, 9).Draw(t, "days")}}
		zone, err := patrol.NewFeature("zones", square(113.6, 34.7, 0.01), orderOn(issues[0]), dayZero)
		if err == nil {
			_, err = s.CreateFeature(t.Context(), zone)
		}
		if err != nil {
			t.Fatal(err)
		}
		for n := range rapid.IntRange(1, 6).Draw(t, "orders") {
			from := rapid.IntRange(0, 20).Draw(t, "from")
			next := issue{from, from + rapid.IntRange(0, 9).Draw(t, "days")}
			if write(t, s, zone, next, dayTime(30+n)) {
				issues = append(issues, next)
			}
		}
		for day := -1; day < 30; day++ {
			check(t, s, zone, dayTime(day), inForceOn(issues, day)+1)
		}
		if _, err := s.DeleteFeature(t.Context(), "zones", zone.ID, len(issues), dayZero); err != nil {
			t.Fatal(err) // so that the next zone is alone
		}
	})
}

// write stores what follows a zone's newest version, and reports whether there was
// something to write: what is not in force cannot be lifted.
func write(t *rapid.T, s *store.Store, zone patrol.Feature, i issue, now time.Time) bool {
	old, err := s.FeatureAt(t.Context(), "zones", zone.ID, dayTime(i.from))
	if err != nil {
		t.Fatal(err)
	}
	var next patrol.Feature
	if i.lifts() {
		next, err = patrol.LiftZone(old, dayTime(i.from), now)
	} else {
		next, err = patrol.NewVersion(old, zone.Geometry, orderOn(i), now)
	}
	if conflict := (*patrol.Conflict)(nil); errors.As(err, &conflict) {
		return false
	}
	if err == nil {
		_, err = s.ReplaceFeature(t.Context(), next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

func orderOn(i issue) json.RawMessage {
	return fmt.Appendf(nil, `{"name":"z","level":"sealed","order_no":"1号","valid_from":%q,"valid_to":%q}`,
		dayTime(i.from).Format(time.RFC3339), dayTime(i.to).Format(time.RFC3339))
}

// check wants one version of a zone, 0 for none, to be in force at a time.
func check(t *rapid.T, s *store.Store, zone patrol.Feature, at time.Time, want int) {
	ms := at.UnixMilli()
	list, matched, err := s.Features(t.Context(), patrol.Query{Scope: patrol.Everything, Collection: "zones", InForce: &patrol.Times{FromMs: ms, ToMs: ms}, Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	if matched == 1 && len(list) == 1 {
		got = list[0].Version
	}
	if got != want {
		t.Fatalf("on %s version %d is listed, want %d", at.Format(time.DateOnly), got, want)
	}
	f, err := s.FeatureAt(t.Context(), "zones", zone.ID, at)
	if err != nil {
		t.Fatal(err)
	}
	props, err := patrol.ServedProperties(f, at)
	if err != nil {
		t.Fatal(err)
	}
	var served struct{ State string }
	if err := json.Unmarshal(props, &served); err != nil {
		t.Fatal(err)
	}
	if inForce := served.State == patrol.ZoneInForce; inForce != (want != 0) || inForce && f.Version != want {
		t.Fatalf("on %s version %d is served as %s, want %d in force", at.Format(time.DateOnly), f.Version, served.State, want)
	}
}
