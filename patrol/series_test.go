package patrol

import (
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xunfang/geo"
)

// Whatever the order and delay in which evidence arrives, when what is late has been
// revised every sample is what coverage as of its minute says, ground and outline alike.
func TestSamplesAreCoverageAsOfTheirMinute(t *testing.T) {
	p, ground := field(t)
	outline := ground
	outline.ID, outline.Kind, outline.MinGapM = id(2), Perimeter, 30
	watches := []Watch{ground, outline}
	person, driver, drone := Tracker{ID: id(11), Kind: Person}, Tracker{ID: id(12), Kind: Vehicle}, Tracker{ID: id(13), Kind: Drone}
	for i := range watches {
		watches[i].Sources = Kinds[:]
	}
	m := newMemory(watches, person, driver, drone)
	arrivals := schedule(append(wander(p, person.ID, 1, 40), wander(p, driver.ID, 2, 40)...), rand.New(rand.NewPCG(3, 3)))
	landed := imageArrivals(fly(t, p, drone.ID, 4), rand.New(rand.NewPCG(5, 5)))
	clock := noon
	k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
	if err := k.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	revised := 0
	revise := func(most int) {
		for range most {
			more, err := k.revise(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				return
			}
			revised++
		}
	}
	for i, a := range arrivals {
		if a.at.After(clock) {
			clock = a.at
		}
		if e := m.commit(a.fixes); e.Seq > 0 && i%7 != 3 { // some hints are lost
			k.Publish(e)
		}
		for len(landed) > 0 && !landed[0].at.After(clock) {
			if e := m.expose(landed[0].images); e.Seq > 0 && i%5 != 2 {
				k.Publish(e)
			}
			landed = landed[1:]
		}
		if err := k.tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			revise(1)
		}
	}
	clock = clock.Add(readEvery)
	for range 2 { // whatever hints were lost is read
		if err := k.tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(readEvery)
	}
	revise(10_000)
	if len(m.samples) < 2*40 || revised == 0 {
		t.Fatalf("%d samples, %d revised", len(m.samples), revised)
	}
	marked := 0
	for key, got := range m.samples {
		watch := watches[0]
		if key.watch != watch.ID {
			watch = watches[1]
		}
		c, err := CoverageAsOf(t.Context(), m, Lay(watch, time.UTC), key.atMs)
		if err != nil {
			t.Fatal(err)
		}
		want := sampleOf(c, len(c.Gaps))
		if got.RevisedMs != 0 {
			marked++
		}
		want.RevisedMs = got.RevisedMs
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %v after noon: %s", watch.Kind, time.UnixMilli(key.atMs).Sub(noon), diff)
		}
	}
	if marked == 0 || marked == len(m.samples) {
		t.Errorf("%d of %d samples are marked as revised", marked, len(m.samples))
	}
}

// Only the minutes that late evidence can touch are looked at again, the newest first, and
// only those that it changed are marked.
func TestWhatIsLateRevisesTheSeries(t *testing.T) {
	p, watch := field(t)
	person := Tracker{ID: id(11), Kind: Person}
	k, m, run := keeperOf(t, watch, person)
	for { // what a start makes good
		if more, err := k.revise(t.Context()); err != nil {
			t.Fatal(err)
		} else if !more {
			break
		}
	}
	run(20*60 + 5)
	at := p.LonLat(150, 100)
	seen := noon.Add(12*time.Minute + 30*time.Second)
	k.Publish(m.commit([]Fix{{Tracker: person.ID, TMs: seen.UnixMilli(), Lon: at[0], Lat: at[1], AccuracyM: 4, SpeedMPS: Unknown}}))
	run(1)
	var minutes []geo.Stamp
	for {
		k.mu.Lock()
		if l, ok := k.late[watch.ID]; ok {
			minutes = append(minutes, l.to)
		}
		k.mu.Unlock()
		more, err := k.revise(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	if len(minutes) != 8 || time.Unix(int64(minutes[0]), 0).Sub(noon) != 20*time.Minute || time.Unix(int64(minutes[7]), 0).Sub(noon) != 13*time.Minute {
		t.Errorf("looked at %v again", minutes)
	}
	for minute := 1; minute <= 20; minute++ {
		s, ok := m.samples[sampleKey{watch.ID, noon.Add(time.Duration(minute) * time.Minute).UnixMilli()}]
		if !ok || (s.RevisedMs != 0) != (minute >= 13) || (s.Share > 0) != (minute >= 13) {
			t.Errorf("minute %d: %+v", minute, s)
		}
	}
}

// A Keeper that slept samples the last minutes that it missed, as they were.
func TestAKeeperThatSlept(t *testing.T) {
	_, watch := field(t)
	m := newMemory([]Watch{watch})
	clock := noon
	k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
	if err := k.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	for more := true; more; { // what a start makes good
		var err error
		if more, err = k.revise(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	clear(m.samples)
	clock = clock.Add(time.Hour + 30*time.Second)
	if err := k.tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range missedMinutes {
		if more, err := k.revise(t.Context()); err != nil || !more {
			t.Fatal(more, err)
		}
	}
	if more, _ := k.revise(t.Context()); more || len(m.samples) != missedMinutes+1 || k.at != geo.Stamp(clock.Unix()) {
		t.Errorf("%d samples as of %v; more: %v", len(m.samples), k.at, more)
	}
	for minute := range missedMinutes + 1 {
		if _, ok := m.samples[sampleKey{watch.ID, noon.Add(time.Hour - time.Duration(minute)*time.Minute).UnixMilli()}]; !ok {
			t.Errorf("no sample %d minutes ago", minute)
		}
	}
}
