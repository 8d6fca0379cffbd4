package patrol

import (
	"context"
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// outline is the field's edge, 1,000 m, walked at least every ten minutes.
func outline(t *testing.T) (geo.Plane, Watch) {
	p, watch := field(t)
	watch.Kind, watch.MinGapM2, watch.MinGapM = Perimeter, 0, 30
	return p, watch
}

// Who walks along the street 20 m south of the field has not seen its edge; who walks the
// edge itself has, for half the sweep further than the walk.
//
//	┌──────────┐
//	│          │
//	└──────────┘   15 m are seen
//	  ··········   20 m away
func TestTheNeighboursStreetIsNotTheEdge(t *testing.T) {
	p, watch := outline(t)
	walk := func(y float64) (fixes []Fix) {
		for i := range 21 {
			at := p.LonLat(50+float64(i)*10, y)
			fixes = append(fixes, Fix{TMs: noon.UnixMilli() + int64(i)*8000, Lon: at[0], Lat: at[1], AccuracyM: 4, SpeedMPS: Unknown})
		}
		return fixes
	}
	if c := coverageOf(t, watch, 300, walk(-20)...); c.Covered != 0 || c.Never < 999 {
		t.Errorf("from 20 m away %.1f of %.1f m are seen", c.Covered, c.Subject)
	}
	c := coverageOf(t, watch, 300, walk(0)...)
	if math.Abs(c.Covered-230) > 0.1 {
		t.Errorf("%.2f m are seen of a walk of 200 and half the sweep at both ends", c.Covered)
	}
	if math.Abs(c.Subject-1000) > 0.1 || math.Abs(c.Share-c.Covered/c.Subject) > 1e-12 || c.CellM != 0 {
		t.Errorf("%+v", c)
	}
	if len(c.Gaps) != 1 {
		t.Fatalf("%d gaps", len(c.Gaps))
	}
	gap := c.Gaps[0]
	if gap.Arc.FromM < gap.Arc.ToM || math.Abs(gap.Arc.FromM-265) > 0.1 || math.Abs(gap.Arc.ToM-35) > 0.1 {
		t.Errorf("the gap leads from %.1f to %.1f m, not over the ring's start", gap.Arc.FromM, gap.Arc.ToM)
	}
	if gap.Why.Cause != Never || math.Abs(gap.Size-(c.Subject-c.Covered)) > 1e-6 {
		t.Errorf("%+v", gap)
	}
}

// Why a stretch is a gap follows rule 10 as it does for ground.
func TestCausesOfAPerimetersGaps(t *testing.T) {
	p, watch := outline(t)
	south := func(everyS int64, accuracy float32) (fixes []Fix) {
		for s := int64(0); s <= 300; s += everyS {
			at := p.LonLat(float64(s), 3)
			fixes = append(fixes, Fix{TMs: noon.UnixMilli() + s*1000, Lon: at[0], Lat: at[1], AccuracyM: accuracy, SpeedMPS: Unknown})
		}
		return fixes
	}
	for _, c := range []struct {
		name   string
		fixes  []Fix
		afterS int64
		cause  Cause
	}{
		{"nobody came", nil, 400, Never},
		{"someone came, too long ago", south(5, 5), 1000, Expired},
		{"someone came with poor fixes", south(5, 45), 400, Inaccurate},
		{"someone came with sparse fixes", south(75, 5), 400, Sparse},
	} {
		got := coverageOf(t, watch, c.afterS, c.fixes...)
		found := false
		for _, g := range got.Gaps {
			found = found || g.Why.Cause == c.cause
		}
		if !found {
			t.Errorf("%s: %s", c.name, describe(got))
		}
	}
}

// A walk over the south side parts the outline's gap; when it has expired, it is the first
// gap again. Another Keeper takes both up as they are.
func TestAPerimetersGapsKeepTheirIdentity(t *testing.T) {
	p, watch := outline(t)
	person := Tracker{ID: uuid.MustParse("0190b2c0-0000-7000-8000-0000000000a1"), Kind: Person}
	k, m, run := keeperOf(t, watch, person)
	run(31)
	if len(m.written) != 1 || m.written[0].Gap.Arc == nil {
		t.Fatalf("want one gap with an arc: %+v", m.written)
	}
	first := m.written[0].Gap.ID
	at := func(x, y float64, s int64) Fix {
		ll := p.LonLat(x, y)
		return Fix{Tracker: person.ID, TMs: noon.UnixMilli() + s*1000, Lon: ll[0], Lat: ll[1], AccuracyM: 4, SpeedMPS: Unknown}
	}
	k.Publish(m.commit([]Fix{at(100, 0, 0), at(100, 200, 20)})) // two places, too far apart in space to join
	run(1)
	if open := openGaps(m); len(open) != 2 || open[first] == 0 {
		t.Fatalf("want two gaps, one of them the first: %v", open)
	}
	before := openGaps(m)
	k.kept, k.tails = nil, nil
	if err := k.begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	run(60)
	if again := openGaps(m); len(again) != 2 || math.Abs(again[first]-before[first]) > 0.5 {
		t.Fatalf("taken up as %v, were %v", again, before)
	}
	run(620)
	if open := openGaps(m); len(open) != 1 || open[first] < 999 {
		t.Errorf("want the first gap again, whole: %v", open)
	}
	if line, ok := m.gaps[first].Shape.(orb.LineString); !ok || line[0] != line[len(line)-1] {
		t.Errorf("the whole outline is drawn as %v", m.gaps[first].Shape)
	}
}
