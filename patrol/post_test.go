package patrol

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// stand is a post in the middle of the field: 25 m, one person, a proof holds 15 minutes.
func stand(t interface{ Fatal(...any) }) (at func(s int64, x float64) Fix, watch Watch) {
	p, watch := field(t)
	watch.Kind, watch.RevisitS, watch.PresenceS, watch.GraceS = AtPost, 3600, 900, 120
	watch.Post = Post{Checkpoint: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000c1"), At: p.LonLat(150, 100), RadiusM: 25, MinStaff: 1}
	return func(s int64, x float64) Fix { // x metres east of the post
		ll := p.LonLat(150+x, 100)
		return Fix{TMs: noon.UnixMilli() + s*1000, Lon: ll[0], Lat: ll[1], AccuracyM: 5, SpeedMPS: Unknown}
	}, watch
}

var (
	phoneA = Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	phoneB = Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a2"), Kind: Person}
	phoneC = Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a3"), Kind: Person}
)

func of(t Tracker, fixes ...Fix) []Fix {
	for i := range fixes {
		fixes[i].Tracker = t.ID
	}
	return fixes
}

// Rule 7, case by case: who is present so many seconds after noon, and by what proof.
func TestPresence(t *testing.T) {
	at, watch := stand(t)
	beatAt := func(s int64) Sign { return Sign{Tracker: phoneA.ID, TMs: noon.UnixMilli() + s*1000} }
	checkAt := func(s int64) Sign {
		sign := beatAt(s)
		sign.Checkpoint = watch.Post.Checkpoint
		return sign
	}
	poor, fast := at(60, 0), at(60, 0)
	poor.AccuracyM, fast.SpeedMPS = 60, 30
	for _, c := range []struct {
		name    string
		fixes   []Fix
		signs   []Sign
		afterS  int64
		present int
		proof   ProofKind
		untilS  int64
	}{
		{"nobody came", nil, nil, 100, 0, "", 0},
		{"came", []Fix{at(60, 10)}, nil, 100, 1, ByFix, 960},
		{"is there at the very second", []Fix{at(60, 10)}, nil, 60, 1, ByFix, 960},
		{"is not there before", []Fix{at(60, 10)}, nil, 59, 0, "", 0},
		{"stood just outside", []Fix{at(60, 26)}, nil, 100, 0, "", 0},
		{"left", []Fix{at(60, 10), at(120, 40)}, nil, 130, 0, "", 0},
		{"went out and came back", []Fix{at(60, 10), at(120, 40), at(180, 0)}, nil, 190, 1, ByFix, 1080},
		{"silent for a while", []Fix{at(60, 10)}, nil, 959, 1, ByFix, 960},
		{"silent for too long", []Fix{at(60, 10)}, nil, 960, 0, "", 0},
		{"a heartbeat prolongs", []Fix{at(60, 10)}, []Sign{beatAt(800)}, 1200, 1, ByHeartbeat, 1700},
		{"a heartbeat from outside does not", []Fix{at(60, 10), at(120, 40)}, []Sign{beatAt(800)}, 900, 0, "", 0},
		{"a heartbeat begins nothing", nil, []Sign{beatAt(800)}, 900, 0, "", 0},
		{"a heartbeat after a lapse begins nothing", []Fix{at(60, 10)}, []Sign{beatAt(1000)}, 1100, 0, "", 0},
		{"a check-in begins it", nil, []Sign{checkAt(60)}, 100, 1, ByCheckIn, 960},
		{"a check-in after a lapse", []Fix{at(60, 10)}, []Sign{checkAt(1000)}, 1100, 1, ByCheckIn, 1900},
		{"a heartbeat after a check-in", nil, []Sign{checkAt(60), beatAt(500)}, 1300, 1, ByHeartbeat, 1400},
		{"a fix outside ends a check-in", []Fix{at(120, 40)}, []Sign{checkAt(60)}, 130, 0, "", 0},
		{"a check-in elsewhere is a heartbeat", []Fix{at(60, 10)}, []Sign{{Tracker: phoneA.ID, TMs: noon.UnixMilli() + 500_000, Checkpoint: uuid.UUID{1}}}, 1000, 1, ByHeartbeat, 1400},
		{"a poor fix proves nothing", []Fix{poor}, nil, 100, 0, "", 0},
		{"a jump proves nothing", []Fix{fast}, nil, 100, 0, "", 0},
		{"a poor fix outside does not end it", []Fix{at(50, 0), {TMs: poor.TMs, Lon: poor.Lon + 1, Lat: poor.Lat, AccuracyM: 60, SpeedMPS: Unknown}}, nil, 100, 1, ByFix, 950},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory([]Watch{watch}, phoneA)
			m.commit(of(phoneA, c.fixes...))
			m.signs = c.signs
			got, err := CoverageAsOf(context.Background(), m, Lay(watch, time.UTC), noon.UnixMilli()+c.afterS*1000)
			if err != nil {
				t.Fatal(err)
			}
			s := got.Roll
			if s.Present != c.present || len(s.Proofs) != c.present {
				t.Fatalf("%d present by %v, want %d", s.Present, s.Proofs, c.present)
			}
			if c.present == 0 {
				if s.StaffedUntilMs != nil {
					t.Error("nobody is there, until a time")
				}
				return
			}
			until := noon.UnixMilli() + c.untilS*1000
			if p := s.Proofs[0]; p.Kind != c.proof || p.UntilMs != until || *s.StaffedUntilMs != until {
				t.Errorf("by %+v, staffed until %d, want %s until %d", p, *s.StaffedUntilMs, c.proof, until)
			}
		})
	}
}

// People are counted, not devices: two phones of one are one, phones that name nobody are
// each their own.
func TestPeopleAreCounted(t *testing.T) {
	at, watch := stand(t)
	watch.Post.MinStaff = 2
	for _, c := range []struct {
		name    string
		person  map[uuid.UUID]string
		present int
	}{
		{"each their own", nil, 3},
		{"two of one", map[uuid.UUID]string{phoneA.ID: "李", phoneB.ID: "李"}, 2},
		{"all of one", map[uuid.UUID]string{phoneA.ID: "李", phoneB.ID: "李", phoneC.ID: "李"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory([]Watch{watch}, phoneA, phoneB, phoneC)
			m.person = c.person
			m.commit(slices.Concat(of(phoneA, at(0, 0)), of(phoneB, at(10, 5)), of(phoneC, at(20, 10))))
			got, err := CoverageAsOf(context.Background(), m, Lay(watch, time.UTC), noon.UnixMilli()+200_000)
			if err != nil {
				t.Fatal(err)
			}
			if got.Roll.Present != c.present || len(got.Roll.Proofs) != 3 {
				t.Errorf("%d present by %d proofs, want %d by 3", got.Roll.Present, len(got.Roll.Proofs), c.present)
			}
			if short := len(got.Gaps) == 1; short != (c.present < 2) {
				t.Errorf("%d gaps", len(got.Gaps))
			}
		})
	}
}

// The last of two goes silent: the lapse is told once, five minutes before; the gap opens
// when the post has been short for grace_s, since the lapse, and closes when somebody comes.
func TestAPostsGapOpensAfterGrace(t *testing.T) {
	at, watch := stand(t)
	k, m, run := keeperOf(t, watch, phoneA)
	k.Publish(m.commit(of(phoneA, at(0, 0))))
	run(599)
	if len(m.warnings) != 0 || len(m.written) != 0 {
		t.Fatalf("told %v, wrote %v", m.warnings, m.written)
	}
	run(1)
	want := Warning{watch.ID, watch.Post.Checkpoint, watch.Post.At, noon.UnixMilli() + 600_000, Lapse{noon.UnixMilli() + 900_000, Shortfall{1, 1}}}
	if len(m.warnings) != 1 || m.warnings[0] != want {
		t.Fatalf("told %+v, want %+v", m.warnings, want)
	}
	run(419)
	if len(m.warnings) != 1 || len(m.written) != 0 {
		t.Fatalf("told %v, wrote %v", m.warnings, m.written)
	}
	run(1)
	if len(m.written) != 1 || m.written[0].Event != "opened" {
		t.Fatalf("120 s after the lapse: %v", m.written)
	}
	gap := m.written[0].Gap
	if gap.SinceMs != noon.UnixMilli()+900_000 || gap.Size != 1 || *gap.Short != (Shortfall{0, 1}) || gap.Why.Cause != Understaffed {
		t.Errorf("%+v", gap)
	}
	k.kept, k.tails = nil, nil // another Keeper takes it up
	if err := k.begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	run(100)
	if len(m.written) != 1 {
		t.Fatalf("taken up anew: %v", m.written)
	}
	k.Publish(m.commit(of(phoneA, at(1100, 5))))
	run(2)
	if last := m.written[len(m.written)-1]; last.Event != "closed" || last.Gap.ID != gap.ID {
		t.Errorf("somebody came: %v", m.written)
	}
	run(700)
	if len(m.warnings) != 2 {
		t.Errorf("the next lapse is told too: %v", m.warnings)
	}
}

// Outside its hours a post is no gap; a shortfall counts from the hours' beginning.
func TestHoursOfAPost(t *testing.T) {
	_, watch := stand(t)
	watch.Hours = hoursOf(t, "Sun 04:10-04:30") // noon in Zhengzhou is 04:00 UTC
	for _, c := range []struct {
		afterS int64
		duty   bool
		sinceS int64 // -1: no gap
	}{
		{300, false, -1}, {600, true, -1}, {719, true, -1}, {720, true, 600}, {1799, true, 600}, {1800, false, -1}, {3600, false, -1},
	} {
		m := newMemory([]Watch{watch})
		got, err := CoverageAsOf(context.Background(), m, Lay(watch, time.UTC), noon.UnixMilli()+c.afterS*1000)
		if err != nil {
			t.Fatal(err)
		}
		if got.Roll.OnDuty != c.duty || (len(got.Gaps) == 1) != (c.sinceS >= 0) {
			t.Errorf("after %d s: on duty %v, %d gaps", c.afterS, got.Roll.OnDuty, len(got.Gaps))
		} else if c.sinceS >= 0 && got.Gaps[0].SinceMs != noon.UnixMilli()+c.sinceS*1000 {
			t.Errorf("after %d s: since %d", c.afterS, got.Gaps[0].SinceMs)
		}
	}
}

// Attendance second by second, told again by a plain walk through all that was told.
func TestStaffingAgainstBruteForce(t *testing.T) {
	at, watch := stand(t)
	watch.Post.MinStaff, watch.PresenceS, watch.RevisitS = 2, 300, 1200
	phones := []Tracker{phoneA, phoneB, phoneC}
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 17))
		m := newMemory([]Watch{watch}, phones...)
		m.person = map[uuid.UUID]string{phoneA.ID: "李", phoneB.ID: []string{"李", "王"}[r.IntN(2)]}
		told := map[uuid.UUID]map[int64]tell{}
		for _, phone := range phones {
			told[phone.ID] = map[int64]tell{}
			for s := r.Int64N(200); s < 2400; s += 20 + r.Int64N(400) {
				sign := Sign{Tracker: phone.ID, TMs: noon.UnixMilli() + s*1000}
				what := telling(r.IntN(4))
				switch what {
				case inside:
					m.commit(of(phone, at(s, 3)))
				case left:
					m.commit(of(phone, at(s, 60)))
				case codeSeen:
					sign.Checkpoint = watch.Post.Checkpoint
					m.signs = append(m.signs, sign)
				case beat:
					m.signs = append(m.signs, sign)
				}
				told[phone.ID][s] = tell{sign.TMs, what}
			}
		}
		atS := int64(1500 + r.IntN(900))
		got, err := CoverageAsOf(context.Background(), m, Lay(watch, time.UTC), noon.UnixMilli()+atS*1000)
		if err != nil {
			t.Fatal(err)
		}
		until := map[uuid.UUID]int64{}
		staffed, present := int64(0), 0
		for s := int64(0); s <= atS; s++ {
			people := map[string]bool{}
			for _, phone := range phones {
				if tl, ok := told[phone.ID][s]; ok {
					switch {
					case tl.what == inside || tl.what == codeSeen || tl.what == beat && s < until[phone.ID]:
						until[phone.ID] = s + watch.PresenceS
					case tl.what == left:
						until[phone.ID] = s
					}
				}
				if s < until[phone.ID] {
					people[fmt.Sprint(m.person[phone.ID], map[bool]uuid.UUID{true: phone.ID}[m.person[phone.ID] == ""])] = true
				}
			}
			if present = len(people); present >= watch.Post.MinStaff && s > atS-watch.RevisitS {
				staffed++
			}
		}
		if got.Roll.Present != present {
			t.Errorf("%d present, by brute force %d", got.Roll.Present, present)
		}
		if slack := got.Covered - float64(staffed); slack < -8 || slack > 8 { // it counts milliseconds
			t.Errorf("staffed for %.3f s, by brute force %d", got.Covered, staffed)
		}
	})
}
