package patrol

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
)

// Names of a small organization: a team with a group in it, three people with four
// trackers, a community in a district.
var (
	crew, group                   = id(1), id(2)
	wang, wangToo, li, van, flyer = id(11), id(12), id(13), id(14), id(15)
	community, district           = id(21), id(22)
)

func id(n int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("0190b2c0-0000-7000-8000-%012d", n)) }

// rosterOf puts assignments into the organization.
func rosterOf(t *testing.T, assignments ...string) Roster {
	t.Helper()
	feature := func(collection string, id uuid.UUID, props string) Feature {
		return Feature{Collection: collection, ID: id, Version: 1, Properties: json.RawMessage(props)}
	}
	of := func(team uuid.UUID, kind, person string) string {
		return fmt.Sprintf(`{"name":"t","kind":%q,"team":%q,"person":%q}`, kind, team, person)
	}
	fs := []Feature{
		feature(Areas, district, `{"name":"district","kind":"district"}`),
		feature(Areas, community, fmt.Sprintf(`{"name":"community","kind":"community","parent":%q}`, district)),
		feature(Teams, crew, `{"name":"crew"}`),
		feature(Teams, group, fmt.Sprintf(`{"name":"group","parent":%q}`, crew)),
		feature(Trackers, wang, of(crew, "person", "wang")),
		feature(Trackers, wangToo, of(crew, "person", "wang")),
		feature(Trackers, li, of(group, "person", "li")),
		feature(Trackers, van, `{"name":"van","kind":"vehicle"}`),
		feature(Trackers, flyer, of(group, "drone", "zhao")),
	}
	for i, a := range assignments {
		fs = append(fs, feature(Assignments, id(100+i), a))
	}
	r, err := NewRoster(fs)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func assigned(who string, id uuid.UUID, subject string, from, to time.Duration) string {
	a := fmt.Sprintf(`{%q:%q,"subject":%q,"from":%q`, who, id, subject, noon.Add(from).Format(time.RFC3339))
	if to != 0 {
		a += fmt.Sprintf(`,"to":%q`, noon.Add(to).Format(time.RFC3339))
	}
	return a + "}"
}

// Who is assigned to what, when; "?" where nobody ever is.
func TestWhoIsAssigned(t *testing.T) {
	_, watch := field(t)
	watch.Subject = "areas/" + community.String()
	inCommunity, inDistrict := watch.Subject, "areas/"+district.String()
	for _, c := range []struct {
		name        string
		assignments []string
		want        int // trackers; -1: nobody ever is
	}{
		{"nobody ever", nil, -1},
		{"somebody elsewhere", []string{assigned("tracker", wang, "areas/"+crew.String(), -time.Hour, 0)}, -1},
		{"one tracker", []string{assigned("tracker", wang, inCommunity, -time.Hour, 0)}, 1},
		{"a team with the group in it, but not its drone", []string{assigned("team", crew, inCommunity, -time.Hour, 0)}, 3},
		{"the group alone", []string{assigned("team", group, inCommunity, -time.Hour, 0)}, 1},
		{"a team and one of it", []string{assigned("team", crew, inCommunity, -time.Hour, 0), assigned("tracker", wang, inCommunity, -time.Hour, 0)}, 3},
		{"the shift has ended", []string{assigned("tracker", wang, inCommunity, -time.Hour, -time.Minute)}, 0},
		{"the shift is to come", []string{assigned("tracker", wang, inCommunity, time.Minute, 0)}, 0},
		{"the district around it", []string{assigned("tracker", van, inDistrict, -time.Hour, 0)}, 1},
		{"the nearest area counts", []string{assigned("tracker", van, inDistrict, -time.Hour, 0), assigned("team", crew, inCommunity, time.Hour, 0)}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			members, known := rosterOf(t, c.assignments...).Assigned(watch, noon.UnixMilli())
			if known != (c.want >= 0) || len(members) != max(0, c.want) {
				t.Errorf("%d trackers, known %v; want %d", len(members), known, c.want)
			}
		})
	}
}

// The causes that lie with who is assigned come before those that evidence shows, live and
// as of T alike.
func TestUnderstaffedAndSilent(t *testing.T) {
	p, watch := field(t)
	watch.Subject = "areas/" + community.String()
	away, here := p.LonLat(9000, 9000), p.LonLat(150, 100)
	fix := func(tracker uuid.UUID, s int64, poor bool) Fix {
		f := Fix{Tracker: tracker, TMs: noon.UnixMilli() + s*1000, Lon: away[0], Lat: away[1], AccuracyM: 5, SpeedMPS: Unknown}
		if poor {
			f.Lon, f.Lat, f.AccuracyM = here[0], here[1], 45
		}
		return f
	}
	for _, c := range []struct {
		name        string
		assignments []string
		fixes       []Fix
		want        Why
	}{
		{"nobody is ever assigned", nil, nil, Why{Cause: Never}},
		{"the shift has ended", []string{assigned("tracker", wang, watch.Subject, -time.Hour, time.Minute)},
			[]Fix{fix(wang, 890, true)}, Why{Understaffed, "assignments", 0, 1}},
		{"who is assigned was never heard of", []string{assigned("tracker", wang, watch.Subject, -time.Hour, 0)},
			nil, Why{Silent, "revisit_s", 86_400, 600}},
		{"who is assigned went quiet", []string{assigned("team", crew, watch.Subject, -time.Hour, 0)},
			[]Fix{fix(wang, 100, false), fix(li, 299, false), fix(van, 800, true)}, Why{Silent, "revisit_s", 601, 600}},
		{"who is assigned is elsewhere", []string{assigned("team", crew, watch.Subject, -time.Hour, 0)},
			[]Fix{fix(li, 400, false)}, Why{Cause: Never}},
		{"who is assigned is here with poor fixes", []string{assigned("team", crew, watch.Subject, -time.Hour, 0)},
			[]Fix{fix(wangToo, 890, true)}, Why{Inaccurate, "max_accuracy_m", 45, 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory([]Watch{watch}, Tracker{ID: wang, Kind: Person}, Tracker{ID: wangToo, Kind: Person}, Tracker{ID: li, Kind: Person}, Tracker{ID: van, Kind: Vehicle})
			m.roster = rosterOf(t, c.assignments...)
			m.commit(c.fixes)
			clock := noon.Add(900 * time.Second)
			k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
			if err := k.begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			live := k.cover(t.Context(), watch.ID)
			asOf, err := k.CoverageAt(t.Context(), watch.ID, clock.UnixMilli())
			if err != nil || live.err != nil || len(live.coverage.Gaps) != 1 || len(asOf.Gaps) != 1 {
				t.Fatal(err, live.err, live.coverage.Gaps, asOf.Gaps)
			}
			for from, got := range map[string]Why{"live": live.coverage.Gaps[0].Why, "as of T": asOf.Gaps[0].Why} {
				if got != c.want {
					t.Errorf("%s: %+v, want %+v", from, got, c.want)
				}
			}
			clock = clock.Add(31 * time.Second)
			for range 32 {
				if err := k.tick(t.Context()); err != nil {
					t.Fatal(err)
				}
				clock = clock.Add(time.Second)
			}
			if len(m.written) == 0 || m.written[0].Gap.Why.Cause != c.want.Cause {
				t.Errorf("recorded as %+v", m.written)
			}
		})
	}
}
