package patrol_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xunfang/patrol"
)

func TestParseWatchReadsWhatNewFeatureKept(t *testing.T) {
	f, err := patrol.NewFeature(patrol.Watches, nil, json.RawMessage(`{
		"name":"巡查","kind":"ground","subject":"areas/`+someArea+`","sources":["vehicle"],"revisit_s":600,
		"active_to":"2026-11-30T00:00:00Z","sweep_width_m":{"vehicle":60}}`), noon)
	if err != nil {
		t.Fatal(err)
	}
	collection, id, err := patrol.WatchSubject(f)
	if err != nil || collection != patrol.Areas || id.String() != someArea {
		t.Errorf("the subject is %s/%v, %v", collection, id, err)
	}
	subject := patrol.Feature{Collection: patrol.Areas, Version: 7, Geometry: square()}
	got, err := patrol.ParseWatch(f, subject)
	if err != nil {
		t.Fatal(err)
	}
	want := patrol.Watch{
		ID:           f.ID,
		Version:      1,
		Name:         "巡查",
		Kind:         patrol.Ground,
		Subject:      "areas/" + someArea,
		Sources:      []patrol.Kind{patrol.Vehicle},
		ActiveFromMs: noon.UnixMilli(),
		ActiveToMs:   time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC).UnixMilli(),
		RevisitS:     600,
		SweepM:       patrol.PerKind{Person: 30, Vehicle: 60, Drone: 30},
		JoinS:        patrol.PerKind{Person: 60, Vehicle: 60, Drone: 60},
		JoinM:        patrol.PerKind{Person: 100, Vehicle: 400, Drone: 300},
		MaxAccuracyM: patrol.PerKind{Person: 20, Vehicle: 30, Drone: 20},
		MinGapM2:     3600,
		Priority:     3,

		SubjectVersion: 7,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(patrol.Watch{}, "Area", "Hours")); diff != "" {
		t.Errorf("watch (-want +got):\n%s", diff)
	}
	if got.Area.Bound() != square().Bound() {
		t.Errorf("the ground is %v", got.Area.Bound())
	}
	for during, want := range map[patrol.Times]bool{
		{FromMs: 0, ToMs: noon.UnixMilli() - 1}:                    false,
		{FromMs: 0, ToMs: noon.UnixMilli()}:                        true,
		{FromMs: want.ActiveToMs, ToMs: want.ActiveToMs + 1}:       false,
		{FromMs: want.ActiveToMs - 1, ToMs: want.ActiveToMs + 100}: true,
	} {
		if active, err := patrol.WatchWasActive(f, during); err != nil || active != want {
			t.Errorf("active during %v: %v, %v", during, active, err)
		}
	}
}
