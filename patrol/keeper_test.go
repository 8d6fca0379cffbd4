package patrol

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"xunfang/geo"
)

// field is 300×200 m in Zhengzhou, watched at least every ten minutes.
func field(t interface{ Fatal(...any) }) (geo.Plane, Watch) {
	p := geo.NewPlane(orb.Point{113.62, 34.75}, 0.2)
	area, err := geo.ParseArea(orb.Polygon{{p.LonLat(0, 0), p.LonLat(300, 0), p.LonLat(300, 200), p.LonLat(0, 200), p.LonLat(0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	return p, Watch{
		ID: uuid.MustParse("0190b2c0-0000-7000-8000-000000000001"), Version: 1, Name: "field", Kind: Ground, Area: area,
		Sources: []Kind{Person, Vehicle}, RevisitS: 600, SweepM: same(30), JoinS: same(60),
		JoinM: PerKind{100, 400, 300}, MaxAccuracyM: same(20), MinGapM2: 900, Priority: 3,
	}
}

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// someone wanders for 40 minutes; odd fixes are poor, jumps, too sparse or out of range.
func wander(p geo.Plane, tracker uuid.UUID, seed uint64, minutes int) []Fix {
	r := rand.New(rand.NewPCG(seed, 7))
	x, y, ms := r.Float64()*300, r.Float64()*200, noon.UnixMilli()
	var out []Fix
	for ms < noon.Add(time.Duration(minutes)*time.Minute).UnixMilli() {
		gap := 2000 + r.Int64N(9000)
		if r.IntN(12) == 0 {
			gap = 50_000 + r.Int64N(120_000)
		}
		ms += gap
		x = min(340, max(-40, x+(r.Float64()-0.5)*float64(gap)/1000*2.5))
		y = min(240, max(-40, y+(r.Float64()-0.5)*float64(gap)/1000*2.5))
		at := p.LonLat(x, y)
		f := Fix{Tracker: tracker, TMs: ms, Lon: at[0], Lat: at[1], AccuracyM: float32(r.IntN(12)), SpeedMPS: Unknown, HeadingDeg: Unknown, AltitudeM: Unknown, Battery: Unknown}
		switch r.IntN(25) {
		case 0:
			f.AccuracyM = 55
		case 1:
			at = p.LonLat(x+900, y-200)
			f.Lon, f.Lat = at[0], at[1]
		case 2:
			f.SpeedMPS = 30
		}
		out = append(out, f)
		if r.IntN(30) == 0 { // the same millisecond again, elsewhere
			at = p.LonLat(x+r.Float64()*60, y)
			g := f
			g.Lon, g.Lat, g.AccuracyM = at[0], at[1], float32(r.IntN(30))
			out = append(out, g)
		}
	}
	return out
}

// fly is what a drone's camera saw in 40 minutes, everywhere around the field and in
// every attitude.
func fly(t interface{ Fatal(...any) }, p geo.Plane, tracker uuid.UUID, seed uint64) (out []Footprint) {
	r := rand.New(rand.NewPCG(seed, 11))
	camera, _ := geo.CameraOf("M3E")
	for ms := noon.UnixMilli(); ms < noon.Add(40*time.Minute).UnixMilli(); ms += 500 + r.Int64N(90_000) {
		f, err := Image{
			TMs: ms, At: p.LonLat(-60+r.Float64()*420, -60+r.Float64()*320), HeightM: 20 + r.Float64()*30, HeightKind: AboveGround,
			Look: geo.Attitude{Yaw: r.Float64() * 6, Pitch: -1.57 + r.Float64()}, Camera: camera,
		}.footprint(span{toMs: ms})
		if err != nil {
			t.Fatal(err)
		}
		f.Tracker = tracker
		out = append(out, f)
	}
	return out
}

func hoursOf(t interface{ Fatal(...any) }, text string) Hours {
	h, err := ParseHours("hours", text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// elsewhere is a device kilometres away, heard of every few minutes: what it tells of a
// post is that it is not there, whoever checks in with it.
func elsewhere(p geo.Plane, tracker uuid.UUID) (out []Fix) {
	for ms := noon.UnixMilli(); ms < noon.Add(40*time.Minute).UnixMilli(); ms += 170_000 {
		at := p.LonLat(6000, float64(ms%1000))
		out = append(out, Fix{Tracker: tracker, TMs: ms, Lon: at[0], Lat: at[1], AccuracyM: 5, SpeedMPS: Unknown})
	}
	return out
}

// signal is the heartbeats and check-ins of trackers in 40 minutes, in the order in which
// they arrive: some late, some ahead of the server's clock.
func signal(checkpoint uuid.UUID, trackers []uuid.UUID, seed uint64) (out []Sign) {
	r := rand.New(rand.NewPCG(seed, 13))
	for ms := noon.UnixMilli(); ms < noon.Add(40*time.Minute).UnixMilli(); ms += 1000 + r.Int64N(90_000) {
		s := Sign{Tracker: trackers[r.IntN(len(trackers))], TMs: ms, ReceivedMs: ms + r.Int64N(40_000) - 20_000}
		switch r.IntN(8) {
		case 0:
			s.Checkpoint = checkpoint
		case 1:
			s.Checkpoint = uuid.UUID{15: 9} // another one
		case 2:
			s.ReceivedMs += r.Int64N(1_500_000)
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Sign) int { return int(a.ReceivedMs - b.ReceivedMs) })
	return out
}

// Whatever the order, delay, division and repetition in which fixes arrive, the live
// gauge and gaps are at every moment those computed from the store, to the bit.
func TestLiveIsAsOfT(t *testing.T) {
	for _, kind := range []WatchKind{Ground, Perimeter, Survey, AtPost} {
		t.Run(string(kind), func(t *testing.T) { liveIsAsOfT(t, kind) })
	}
}

func liveIsAsOfT(t *testing.T, kind WatchKind) {
	p, watch := field(t)
	watch.Kind, watch.MinGapM, watch.MinImages = kind, 30, 3
	watch.PresenceS, watch.GraceS, watch.Hours = 400, 60, hoursOf(t, "Sun 12:05-12:15; Sun 12:16-13:00")
	watch.Post = Post{Checkpoint: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000c1"), At: p.LonLat(150, 100), RadiusM: 70, MinStaff: 2}
	noonIn := time.FixedZone("noon is 04:00 UTC", 8*3600)
	ctx := context.Background()
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	driver := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a2"), Kind: Vehicle}
	drone := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a3"), Kind: Drone}
	indoors := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a4"), Kind: Person}
	watch.Sources = Kinds[:]
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory([]Watch{watch}, person, driver, drone, indoors)
		m.person = map[uuid.UUID]string{person.ID: "李", driver.ID: "王"}
		signs := signal(watch.Post.Checkpoint, []uuid.UUID{person.ID, driver.ID, indoors.ID, indoors.ID}, rapid.Uint64().Draw(t, "signs"))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "sign arrivals"), 8))
		images := fly(t, p, drone.ID, rapid.Uint64().Draw(t, "drone"))
		landed := imageArrivals(images, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "landings"), 5)))
		fixes := append(wander(p, person.ID, rapid.Uint64().Draw(t, "person"), 40), wander(p, driver.ID, rapid.Uint64().Draw(t, "driver"), 40)...)
		fixes = append(fixes, elsewhere(p, indoors.ID)...)
		arrivals := schedule(fixes, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "arrivals"), 3)))
		clock := noon
		k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", TimeZone: noonIn, Log: slog.New(slog.DiscardHandler)})
		begin(t, k, ctx)
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
			for len(signs) > 0 && signs[0].ReceivedMs <= clock.UnixMilli() {
				if e := m.sign(signs[0]); e.Seq > 0 && r.IntN(4) > 0 {
					k.Publish(e)
				}
				signs = signs[1:]
			}
			if i%11 == 7 { // the car's terminal changes hands
				m.person[driver.ID] = []string{"王", "李", ""}[r.IntN(3)]
				k.Publish(m.recarry(driver.ID))
			}
			if err := k.tick(ctx); err != nil {
				t.Fatal(err)
			}
			if i%5 == 0 || i == len(arrivals)-1 {
				same := compare(t, k, m, watch)
				if !same {
					t.Fatalf("after arrival %d of %d, at %v", i, len(arrivals), clock.Sub(noon))
				}
			}
			if i%10 == 9 && rapid.IntRange(0, 3).Draw(t, "restart") == 0 {
				begin(t, k, ctx)
			}
		}
		clock = clock.Add(3 * time.Minute)
		for _, a := range landed {
			k.Publish(m.expose(a.images))
		}
		for _, s := range signs {
			k.Publish(m.sign(s))
		}
		if err := k.tick(ctx); err != nil {
			t.Fatal(err)
		}
		if !compare(t, k, m, watch) {
			t.Fatal("at the end")
		}
		// And the same as if everything had come at once, in order.
		all := newMemory([]Watch{watch}, person, driver, drone, indoors)
		all.expose(images)
		all.signs, all.person = m.signs, m.person
		slices.SortFunc(fixes, func(a, b Fix) int { return int(a.TMs - b.TMs) })
		all.commit(fixes)
		straight, err := CoverageAsOf(ctx, all, k.layout(watch), clock.UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
		late, err := CoverageAsOf(ctx, m, k.layout(watch), clock.UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
		straight.Seq = late.Seq
		if diff := cmp.Diff(straight, late); diff != "" {
			t.Fatalf("the order of arrival shows: %s", diff)
		}
	})
}

// begin does what Run does before its loop.
func begin(t *rapid.T, k *Keeper, ctx context.Context) {
	if err := k.begin(ctx); err != nil {
		t.Fatal(err)
	}
}

func compare(t *rapid.T, k *Keeper, m *memory, watch Watch) bool {
	ctx := context.Background()
	a := k.cover(ctx, watch.ID)
	if a.err != nil || !a.kept {
		t.Fatal(a.err, a.kept)
	}
	want, err := CoverageAsOf(ctx, m, k.layout(watch), a.coverage.AtMs)
	if err != nil {
		t.Fatal(err)
	}
	diff := cmp.Diff(want, a.coverage)
	if diff != "" {
		t.Log(diff)
	}
	return diff == ""
}

type arrival struct {
	at    time.Time
	fixes []Fix
}

type imageArrival struct {
	at     time.Time
	images []Footprint
}

// imageArrivals cuts images into batches, some a little ahead of the server's clock, some
// late by half an hour, some twice.
func imageArrivals(images []Footprint, r *rand.Rand) (out []imageArrival) {
	for len(images) > 0 {
		n := min(len(images), 1+r.IntN(5))
		at := time.UnixMilli(images[n-1].TMs).Add(time.Duration(r.IntN(30)-10) * time.Second)
		if r.IntN(4) == 0 {
			at = at.Add(time.Duration(r.IntN(30)) * time.Minute)
		}
		out = append(out, imageArrival{at, images[:n]})
		if r.IntN(5) == 0 {
			out = append(out, imageArrival{at.Add(time.Minute), images[:n]})
		}
		images = images[n:]
	}
	slices.SortStableFunc(out, func(a, b imageArrival) int { return a.at.Compare(b.at) })
	return out
}

// schedule cuts fixes into batches that arrive late, out of order and some twice; none
// before its time.
func schedule(fixes []Fix, r *rand.Rand) []arrival {
	var out []arrival
	for i := 0; i < len(fixes); {
		n := 1 + r.IntN(12)
		if r.IntN(10) == 0 {
			n = 60
		}
		batch := slices.Clone(fixes[i:min(len(fixes), i+n)])
		i += n
		var last int64
		for _, f := range batch {
			last = max(last, f.TMs)
		}
		delay := time.Duration(r.IntN(3)) * time.Second
		switch r.IntN(8) {
		case 0:
			delay = time.Duration(r.IntN(90)) * time.Second
		case 1:
			delay = time.Duration(r.IntN(25)) * time.Minute
		}
		early := time.Duration(r.IntN(20)) * time.Second // the device's clock is ahead
		at := time.UnixMilli(last).Add(delay - early)
		r.Shuffle(len(batch), func(a, b int) { batch[a], batch[b] = batch[b], batch[a] })
		out = append(out, arrival{at, batch})
		if r.IntN(6) == 0 {
			out = append(out, arrival{at.Add(time.Duration(r.IntN(100)) * time.Second), batch})
		}
	}
	slices.SortStableFunc(out, func(a, b arrival) int { return a.at.Compare(b.at) })
	return out
}

func TestGapOpensStandsAndCloses(t *testing.T) {
	p, watch := field(t)
	ctx := context.Background()
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	m := newMemory([]Watch{watch}, person)
	clock := noon
	k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
	if err := k.begin(ctx); err != nil {
		t.Fatal(err)
	}
	run := func(seconds int) {
		for range seconds {
			clock = clock.Add(time.Second)
			if err := k.tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(29)
	if len(m.written) != 0 {
		t.Fatalf("recorded before it stood 30 s: %v", m.written)
	}
	run(2)
	if len(m.written) != 1 || m.written[0].Event != "opened" || m.written[0].Gap.Why.Cause != Never {
		t.Fatalf("want one gap opened, never seen: %+v", m.written)
	}
	first := m.written[0].Gap.ID
	// Walk the field in lanes 25 m apart, 1.2 m/s: the gap shrinks under the walker.
	ms := clock.UnixMilli()
	lane := 0
	for y := 10.0; y < 200; y += 25 {
		for i := range 33 {
			x := float64(i) * 10
			if lane%2 == 1 {
				x = 320 - x
			}
			at := p.LonLat(x-10, y)
			ms += 1000 // quick steps: what counts is the path
			f := Fix{Tracker: person.ID, TMs: ms, Lon: at[0], Lat: at[1], AccuracyM: 4, SpeedMPS: Unknown}
			clock = time.UnixMilli(ms + 300)
			k.Publish(m.commit([]Fix{f}))
			if err := k.tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
		lane++
		ms += 20_000 // and across to the next lane
	}
	run(3)
	var story []string
	for _, c := range m.written {
		story = append(story, c.Event)
	}
	last := m.written[len(m.written)-1]
	if last.Event != "closed" || m.gaps[first].State != "closed" {
		t.Fatalf("the walk did not close the gap: %v", story)
	}
	for id, g := range m.gaps {
		if g.State == "open" {
			t.Errorf("gap %v of %.0f m² is still open", id, g.Size)
		}
	}
	run(640)
	last = m.written[len(m.written)-1]
	if last.Event != "opened" && last.Event != "changed" || last.Gap.Why.Cause != Expired {
		t.Errorf("ten minutes on it should have opened again as expired: %v", last)
	}
}

func TestCauses(t *testing.T) {
	p, watch := field(t)
	ctx := context.Background()
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	line := func(everyS int64, accuracy float32) (out []Fix) {
		for s := int64(0); s <= 300; s += everyS {
			at := p.LonLat(float64(s), 100)
			out = append(out, Fix{Tracker: person.ID, TMs: noon.UnixMilli() + s*1000, Lon: at[0], Lat: at[1], AccuracyM: accuracy, SpeedMPS: Unknown})
		}
		return out
	}
	for _, c := range []struct {
		name    string
		fixes   []Fix
		afterS  int64
		cause   Cause
		setting string
	}{
		{"nobody came", nil, 400, Never, ""},
		{"someone came, too long ago", line(5, 5), 1000, Expired, ""},
		{"someone came with poor fixes", line(5, 45), 400, Inaccurate, "max_accuracy_m"},
		{"someone came with sparse fixes", line(75, 5), 400, Sparse, "join_s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory([]Watch{watch}, person)
			m.commit(c.fixes)
			got, err := CoverageAsOf(ctx, m, Lay(watch, time.UTC), noon.UnixMilli()+c.afterS*1000)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, g := range got.Gaps {
				found = found || g.Why.Cause == c.cause && g.Why.Setting == c.setting && g.Size > 1000
			}
			if !found {
				t.Errorf("no gap is %s: %s", c.cause, describe(got))
			}
		})
	}
}

func describe(c Coverage) (s string) {
	for _, g := range c.Gaps {
		s += fmt.Sprintf("\n%.0f m² %s", g.Size, g.Why.Sentence())
	}
	return s
}
