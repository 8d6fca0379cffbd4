package patrol

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
)

// coverageOf answers for a field that one person walked, so many seconds after noon.
func coverageOf(t *testing.T, watch Watch, afterS int64, fixes ...Fix) Coverage {
	t.Helper()
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	m := newMemory([]Watch{watch}, person)
	for i := range fixes {
		fixes[i].Tracker = person.ID
	}
	m.commit(fixes)
	c, err := CoverageAsOf(context.Background(), m, Lay(watch, time.UTC), noon.UnixMilli()+afterS*1000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Last-seen is looked for back to the larger of four times revisit_s and a day.
func TestNeverIsWhatTheLookBackDoesNotReach(t *testing.T) {
	p, watch := field(t)
	at := p.LonLat(150, 100)
	seen := Fix{TMs: noon.UnixMilli(), Lon: at[0], Lat: at[1], SpeedMPS: Unknown}
	for _, c := range []struct {
		name                string
		revisitS, lookBackS int64
	}{{"a day", 600, 86_400}, {"four times revisit_s", 36_000, 144_000}} {
		t.Run(c.name, func(t *testing.T) {
			watch.RevisitS = c.revisitS
			within, beyond := coverageOf(t, watch, c.lookBackS-1, seen), coverageOf(t, watch, c.lookBackS, seen)
			if within.Never > within.Subject-600 || within.Gaps[0].Why.Cause != Expired {
				t.Errorf("not found within the look-back: never %.0f of %.0f m², %s", within.Never, within.Subject, within.Gaps[0].Why.Cause)
			}
			if within.Gaps[0].SinceMs != within.AtMs-c.lookBackS*1000 {
				t.Errorf("since %d: a part's oldest piece counts, and of this one most was never seen", within.Gaps[0].SinceMs)
			}
			if beyond.Never < beyond.Subject-1e-3 || beyond.Gaps[0].Why.Cause != Never {
				t.Errorf("found beyond the look-back: never %.0f of %.0f m², %s", beyond.Never, beyond.Subject, beyond.Gaps[0].Why.Cause)
			}
			if beyond.WorstIdleS != c.lookBackS || beyond.Gaps[0].SinceMs != beyond.AtMs-c.lookBackS*1000 {
				t.Errorf("idle for %d s, since %d", beyond.WorstIdleS, beyond.Gaps[0].SinceMs)
			}
		})
	}
}

// Two fixes 50 m and 30 s apart, the first of unknown accuracy, and the second again:
// what is said of them.
func TestFiguresOfCoverage(t *testing.T) {
	p, watch := field(t)
	a, b := p.LonLat(100, 100), p.LonLat(150, 100)
	c := coverageOf(t, watch, 100,
		Fix{TMs: noon.UnixMilli(), Lon: a[0], Lat: a[1], SpeedMPS: Unknown},
		Fix{TMs: noon.UnixMilli() + 30_000, Lon: b[0], Lat: b[1], AccuracyM: 5, SpeedMPS: Unknown},
		Fix{TMs: noon.UnixMilli() + 30_001, Lon: b[0], Lat: b[1], AccuracyM: 5, SpeedMPS: Unknown},
		Fix{TMs: noon.UnixMilli() + 130_000, Lon: b[0], Lat: b[1], AccuracyM: 5, SpeedMPS: Unknown}) // after T
	strip, half := 50*30.0, math.Pi*15*15/2 // painted at 30 s; only half a disc is left of 0 s
	if want := strip + 2*half; math.Abs(c.Covered-want) > 10 {
		t.Errorf("covered %.0f m², want %.0f", c.Covered, want)
	}
	if want := (70*(strip-half) + 69*2*half + 100*half) / (strip + 2*half); c.MeanIdleS == nil || math.Abs(*c.MeanIdleS-want) > 0.2 {
		t.Errorf("mean idleness %v, want %.1f s", c.MeanIdleS, want)
	}
	if want := noon.UnixMilli() + 600_000; c.NextStaleMs == nil || *c.NextStaleMs != want {
		t.Errorf("next stale at %v, want %d", c.NextStaleMs, want)
	}
	if c.WorstIdleS != 86_400 {
		t.Errorf("worst idleness %d s, want the look-back", c.WorstIdleS)
	}
	if math.Abs(c.LongestLegM-50) > 0.01 || math.Abs(c.UnknownAccuracyShare-1./3) > 1e-9 {
		t.Errorf("longest leg %.2f m, %.2f of the accuracies unknown", c.LongestLegM, c.UnknownAccuracyShare)
	}
	if c := coverageOf(t, watch, 100); c.MeanIdleS != nil || c.NextStaleMs != nil || c.Share != 0 || c.Never < c.Subject-1e-3 {
		t.Errorf("nobody came: %+v", c)
	}
}

// The piece that was seen last is stale at revisit_s, not a second before.
func TestStaleAtRevisit(t *testing.T) {
	p, watch := field(t)
	at := p.LonLat(150, 100)
	seen := Fix{TMs: noon.UnixMilli(), Lon: at[0], Lat: at[1], SpeedMPS: Unknown}
	if c := coverageOf(t, watch, 599, seen); c.Covered == 0 {
		t.Error("stale before revisit_s")
	}
	if c := coverageOf(t, watch, 600, seen); c.Covered != 0 {
		t.Error("fresh at revisit_s")
	}
}

// Each kind of tracker has its own strip.
func TestSweepOfEachKind(t *testing.T) {
	p, watch := field(t)
	watch.SweepM = PerKind{Person: 10, Vehicle: 60, Drone: 60}
	if g := layGround(watch); g.CellM > 10.0/12 {
		t.Errorf("cells of %.2f m are too coarse for a strip of 10 m", g.CellM)
	}
	at := p.LonLat(150, 100)
	for kind, radiusM := range map[Kind]float64{Person: 5, Vehicle: 30} {
		tracker := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a3"), Kind: kind}
		m := newMemory([]Watch{watch}, tracker)
		m.commit([]Fix{{Tracker: tracker.ID, TMs: noon.UnixMilli(), Lon: at[0], Lat: at[1], SpeedMPS: Unknown}})
		c, err := CoverageAsOf(context.Background(), m, Lay(watch, time.UTC), noon.UnixMilli()+1000)
		if want := math.Pi * radiusM * radiusM; err != nil || math.Abs(c.Covered-want) > want/50 {
			t.Errorf("a %s's disc covers %.1f m², want %.1f (%v)", kind, c.Covered, want, err)
		}
	}
}

// Of several reasons the first in the rules' order is told, though a later one is newer.
func TestInaccurateStandsBeforeSparse(t *testing.T) {
	p, watch := field(t)
	at := p.LonLat(150, 100)
	fix := func(s int64, accuracyM float32) Fix {
		return Fix{TMs: noon.UnixMilli() + s*1000, Lon: at[0], Lat: at[1], AccuracyM: accuracyM, SpeedMPS: Unknown}
	}
	c := coverageOf(t, watch, 300, fix(0, 5), fix(50, 45), fix(200, 5))
	if why := c.Gaps[0].Why; why.Cause != Inaccurate || why.Value != 45 || why.Limit != 20 {
		t.Errorf("told why: %s", why.Sentence())
	}
}
