package patrol

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

func TestSeverity(t *testing.T) {
	for _, c := range []struct {
		name       string
		priority   int
		overdue    float64
		precedence int
		want       Severity
	}{
		{"an ordinary gap as it opens", 3, 1, 0, Severity{3, Low}},
		{"just short of twice its limit", 3, 1.999, 0, Severity{3, Low}},
		{"twice its limit", 3, 2, 0, Severity{6, Moderate}},
		{"four times", 3, 4, 0, Severity{9, Moderate}},
		{"eight times", 3, 8, 0, Severity{12, High}},
		{"for days", 3, 1000, 0, Severity{12, High}},
		{"in a sealed zone", 3, 1, 30, Severity{6, Moderate}},
		{"in a sealed zone, for long", 3, 8, 30, Severity{24, Critical}},
		{"in a controlled zone, twice", 3, 2, 20, Severity{10, High}},
		{"of the highest priority", 5, 1, 0, Severity{5, Moderate}},
		{"of the highest priority in a sealed zone", 5, 1, 30, Severity{10, High}},
		{"of the lowest, however long", 1, 1000, 0, Severity{4, Low}},
	} {
		got := SeverityOf(c.priority, c.overdue, c.precedence)
		if d := got.Score - c.want.Score; got.Level != c.want.Level || d > 1e-9 || d < -1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A gap grows more severe as it stands, at once when a zone is put over it, and less when
// that is lifted; what lies beside a zone does not.
func TestSeverityFollowsTimeAndZones(t *testing.T) {
	p, watch := field(t)
	watch.ActiveFromMs = noon.UnixMilli()
	k, m, run := keeperOf(t, watch)
	zone := func(x0, x1 float64) Restriction {
		ground, err := geo.ParseArea(orb.Polygon{{p.LonLat(x0, 0), p.LonLat(x1, 0), p.LonLat(x1, 200), p.LonLat(x0, 200), p.LonLat(x0, 0)}})
		if err != nil {
			t.Fatal(err)
		}
		return Restriction{Zone: uuid.New(), Version: 1, Ground: ground, Precedence: 30}
	}
	put := func(zones ...Restriction) {
		m.restrictions = zones
		m.feed = append(m.feed, Change{Seq: int64(len(m.feed)) + 1, Collection: Zones})
		k.Publish(Event{Seq: int64(len(m.feed)), Feature: &FeatureChange{Event: "created"}})
		run(3) // leases, and with them zones, are looked at every second or two
		if err := k.lease(t.Context()); err != nil {
			t.Fatal(err)
		}
		run(1)
	}
	want := func(when string, s Severity) {
		t.Helper()
		if len(openGaps(m)) != 1 {
			t.Fatalf("%s: %v", when, openGaps(m))
		}
		for id := range openGaps(m) {
			if got := m.gaps[id].Severity; got != s {
				t.Errorf("%s: %v, want %v", when, got, s)
			}
		}
	}
	run(31)
	want("as it opens, though nobody was ever there", Severity{3, Low})
	run(int(2*watch.RevisitS) + rewriteS - 31)
	want("at twice its limit", Severity{6, Moderate})
	put(zone(300, 500))
	want("beside a sealed zone", Severity{6, Moderate})
	put(zone(250, 500))
	want("partly in a sealed zone", Severity{12, High})
	put()
	want("when that is lifted", Severity{6, Moderate})
	run(int((8*time.Duration(watch.RevisitS)*time.Second - noonTo(k)).Seconds()) + rewriteS)
	want("at eight times its limit", Severity{12, High})
}

// noonTo is how long after noon a Keeper stands.
func noonTo(k *Keeper) time.Duration { return time.Unix(int64(k.at), 0).Sub(noon) }
