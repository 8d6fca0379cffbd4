package patrol

import (
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// step is a fix of a person at x metres east after s seconds.
type step struct {
	s, x      float64
	accuracyM float32
	speedMPS  float32
}

func walk(steps ...step) stretch {
	p := geo.NewPlane(orb.Point{113.62, 34.75}, 0)
	var fixes []Fix
	for _, st := range steps {
		at := p.LonLat(st.x, 0)
		f := Fix{Tracker: uuid.Max, TMs: noon.UnixMilli() + int64(st.s*1000), Lon: at[0], Lat: at[1], AccuracyM: st.accuracyM, SpeedMPS: Unknown}
		if st.speedMPS > 0 {
			f.SpeedMPS = st.speedMPS
		}
		fixes = append(fixes, f)
	}
	return stretch{fixes: fixes}
}

// Each row draws what the marks of a person under the default rule come out as:
// "." a disc alone, "-" a disc that ends a leg, "x" unusable.
func TestMarks(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []step
		want  string
	}{
		{"a walk", []step{{s: 0, x: 0}, {s: 10, x: 12}, {s: 20, x: 24}}, ".--"},
		{"60 s still join", []step{{s: 0}, {s: 60, x: 50}}, ".-"},
		{"60.001 s do not: silence is never bridged", []step{{s: 0}, {s: 60.001, x: 50}}, ".."},
		{"just under 100 m still join", []step{{s: 0}, {s: 30, x: 99.9}}, ".-"},
		{"over 100 m do not", []step{{s: 0}, {s: 30, x: 100.1}}, ".."},
		{"an unknown accuracy is usable", []step{{s: 0, accuracyM: 0}, {s: 5, x: 5}}, ".-"},
		{"20 m is usable, 20.5 is not", []step{{s: 0, accuracyM: 20}, {s: 5, x: 5, accuracyM: 20.5}}, ".x"},
		{"a leg spans an unusable fix", []step{{s: 0}, {s: 5, x: 5, accuracyM: 60}, {s: 10, x: 10}}, ".x-"},
		{"a reported speed makes a jump", []step{{s: 0}, {s: 5, x: 5, speedMPS: 12.1}}, ".x"},
		{"the reported limit itself does not", []step{{s: 0}, {s: 5, x: 5, speedMPS: 12}}, ".-"},
		{"a shown speed makes a jump", []step{{s: 0}, {s: 5, x: 70}}, ".x"},
		{"a jump is a reference too: the way back is one", []step{{s: 0}, {s: 5, x: 700}, {s: 10, x: 3}, {s: 15, x: 5}}, ".xx-"},
		{"no jump against a fix less than 1 s older", []step{{s: 0}, {s: 0.9, x: 50}}, ".-"},
		{"but against the one before it", []step{{s: 0}, {s: 0.5, x: 0}, {s: 1.2, x: 50}}, ".-x"},
		{"no jump against a fix more than 600 s older", []step{{s: 0}, {s: 601, x: 90000}}, ".."},
		{"a poor fix is no reference", []step{{s: 0}, {s: 5, x: 5000, accuracyM: 90}, {s: 10, x: 10}}, ".x-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			marks, _ := walk(c.steps...).marks(DefaultRule(Person), 0)
			got := ""
			for _, m := range marks {
				switch {
				case m.Leg:
					got += "-"
				case m.Usable:
					got += "."
				default:
					got += "x"
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMaxAccuracyFollowsTheSweep(t *testing.T) {
	s := walk(step{s: 0, accuracyM: 30})
	wide := Rule{RadiusM: 40, JoinMs: 60_000, JoinM: 100, MaxAccuracyM: 40, MaxSpeedMPS: 12}
	if m, _ := s.marks(wide, 0); !m[0].Usable {
		t.Error("30 m should count where the sweep is 80 m wide")
	}
}

func TestDronesNeverPaintStrips(t *testing.T) {
	w := Watch{Sources: Kinds[:]}
	if _, paints := w.Rule(Drone); paints {
		t.Error("a drone paints by footprints of images, never by strips")
	}
	if _, paints := w.Rule(Vehicle); !paints {
		t.Error("a vehicle among the sources paints")
	}
	if _, paints := (Watch{Sources: []Kind{Person}}).Rule(Vehicle); paints {
		t.Error("a kind that is not among the sources does not paint")
	}
}

func TestStampsAreRoundedUp(t *testing.T) {
	for ms, want := range map[int64]geo.Stamp{1000: 1, 1001: 2, 1999: 2, 2000: 2} {
		if got := stampOf(ms); got != want {
			t.Errorf("%d ms: stamp %d, want %d", ms, got, want)
		}
	}
}

func TestBeats(t *testing.T) {
	at := func(lon, lat float64, accuracy float32) Fix { return Fix{Lon: lon, Lat: lat, AccuracyM: accuracy} }
	for _, c := range []struct {
		name string
		a, b Fix
		want bool
	}{
		{"better accuracy wins", at(2, 2, 5), at(1, 1, 6), true},
		{"unknown is last", at(2, 2, 500), at(1, 1, 0), true},
		{"then the smaller longitude", at(1, 9, 5), at(2, 0, 5), true},
		{"then the smaller latitude", at(1, 1, 5), at(1, 2, 5), true},
		{"a twin does not", at(1, 1, 5), at(1, 1, 5), false},
	} {
		if got := c.a.Beats(c.b); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
		if c.want && c.b.Beats(c.a) {
			t.Errorf("%s: both win", c.name)
		}
	}
}

func TestDrawTrackBreaksAtSilence(t *testing.T) {
	s := walk(step{s: 0}, step{s: 10, x: 10}, step{s: 20, x: 20}, step{s: 200, x: 100}, step{s: 210, x: 110})
	lines := DrawTrack(Person, s.fixes)
	if len(lines) != 2 || len(lines[0]) != 3 || len(lines[1]) != 2 {
		t.Errorf("want a line of three and one of two, got %v", lines)
	}
}
