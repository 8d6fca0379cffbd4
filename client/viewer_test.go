package client

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// show tells a viewer messages and returns a word for each line that it shows.
func show(t *testing.T, bbox *orb.Bound, messages ...string) (shown []string) {
	t.Helper()
	v := viewer{bbox: bbox, show: func(line any) error {
		switch l := line.(type) {
		case GapLine:
			shown = append(shown, "gap "+l.Event)
		case FeatureLine:
			shown = append(shown, l.Collection+" "+l.Event)
		case StoreLine:
			shown = append(shown, fmt.Sprint("store away ", l.Away))
		case PositionLine:
			shown = append(shown, "at "+l.T)
		}
		return nil
	}}
	for _, m := range messages {
		if err := v.text([]byte(m)); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
	return shown
}

func TestViewerReadsGoldenMessages(t *testing.T) {
	var messages []string
	for _, name := range []string{"hello", "snapshot", "tracker", "feature", "gap", "store", "beat"} {
		messages = append(messages, string(golden(t, name+".json")))
	}
	want := []string{"gap opened", "areas created", "gap opened", "store away true"}
	if diff := cmp.Diff(want, show(t, nil, messages...)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	elsewhere := &orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{1, 1}}
	if diff := cmp.Diff([]string{"store away true"}, show(t, elsewhere, messages...)); diff != "" {
		t.Errorf("shown of elsewhere (-want +got):\n%s", diff)
	}
}

// A new snapshot after a break says what became of the gaps known before.
func TestViewerHoldsSnapshotsAgainstEachOther(t *testing.T) {
	snapshot := func(ids ...string) string {
		gaps := make([]string, len(ids))
		for i, id := range ids {
			gaps[i] = fmt.Sprintf(`{"type":"Feature","id":"01938f5a-0000-7000-8000-00000000000%s","geometry":null}`, id)
		}
		return `{"type":"snapshot","seq":1,"trackers":[],"gaps":[` + strings.Join(gaps, ",") + `]}`
	}
	const hello = `{"type":"hello","epoch":"e","seq":1,"resumed":false}`
	got := show(t, nil, hello, snapshot("1", "2"), hello, snapshot("2", "3"))
	want := []string{"gap opened", "gap opened", "gap changed", "gap opened", "gap closed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}
