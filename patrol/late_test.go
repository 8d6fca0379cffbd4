package patrol

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// Fixes come one by one, long after their time, into an hour in which hardly any were
// known: each adds, splits or removes legs of up to ten minutes, makes jumps of its
// followers or takes that back, or replaces one of the same millisecond.
func TestEvidenceFarBehind(t *testing.T) {
	for _, kind := range []WatchKind{Ground, Perimeter, AtPost} {
		t.Run(string(kind), func(t *testing.T) { evidenceFarBehind(t, kind) })
	}
}

func evidenceFarBehind(t *testing.T, kind WatchKind) {
	p, watch := field(t)
	watch.Kind = kind
	watch.PresenceS, watch.GraceS = 900, 60
	watch.Post = Post{At: p.LonLat(150, 100), RadiusM: 70, MinStaff: 1}
	watch.JoinS, watch.JoinM, watch.RevisitS = same(600), same(6000), 5400 // causes reach back too
	ctx := context.Background()
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9))
		fix := func(ms int64, x, y float64) Fix {
			at := p.LonLat(x, y)
			return Fix{Tracker: person.ID, TMs: ms, Lon: at[0], Lat: at[1], AccuracyM: float32(r.IntN(12)), SpeedMPS: Unknown}
		}
		var known, late []Fix
		ms := noon.UnixMilli()
		for ms < noon.Add(time.Hour).UnixMilli() {
			ms += 20_000 + r.Int64N(650_000)
			f := fix(ms, r.Float64()*340-20, r.Float64()*240-20)
			switch r.IntN(6) {
			case 0:
				f = fix(ms, 20_000, r.Float64()*200) // a jump, and what follows it is one
			case 1:
				f.AccuracyM = 50
			}
			if r.IntN(2) == 0 {
				late = append(late, f)
			} else {
				known = append(known, f)
			}
			if r.IntN(5) == 0 {
				f.Lon, f.AccuracyM = p.LonLat(r.Float64()*300, 0)[0], float32(1+r.IntN(30))
				late = append(late, f)
			}
		}
		m := newMemory([]Watch{watch}, person)
		m.commit(known)
		clock := time.UnixMilli(ms).Add(10 * time.Minute)
		k := NewKeeper(KeeperConfig{Archive: m, Demands: m, Ledger: m, Shelf: m, Publisher: m, Now: func() time.Time { return clock }, Holder: "here", Log: slog.New(slog.DiscardHandler)})
		begin(t, k, ctx)
		for range 6 { // so many that a tail does not reach back to the hour
			var batch []Fix
			for range 60 {
				ms += 2000
				batch = append(batch, fix(ms, 150, 100))
			}
			clock = time.UnixMilli(ms)
			k.Publish(m.commit(batch))
			if err := k.tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if tail := k.tails[person.ID]; len(late) > 0 && tail.sinceMs <= late[len(late)-1].TMs {
			t.Fatal("the tail reaches back to the hour: nothing is tried")
		}
		r.Shuffle(len(late), func(i, j int) { late[i], late[j] = late[j], late[i] })
		for i, f := range late {
			clock = clock.Add(time.Second)
			if e := m.commit([]Fix{f}); e.Seq > 0 {
				k.Publish(e)
			}
			if err := k.tick(ctx); err != nil {
				t.Fatal(err)
			}
			if !compare(t, k, m, watch) {
				t.Fatalf("after %d of %d late fixes", i+1, len(late))
			}
		}
	})
}
