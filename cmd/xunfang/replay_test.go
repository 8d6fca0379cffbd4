package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xunfang/patrol"
)

// signIn lets client commands of this test sign in as the first user.
func signIn(t *testing.T) {
	t.Setenv("XUNFANG_USER", "admin")
	t.Setenv("XUNFANG_PASSWORD", adminPassword)
	t.Setenv("XUNFANG_TOKEN", "")
}

// results runs a command against s and decodes the JSON lines that it prints.
func results[T any](t *testing.T, s *server, name string, args ...string) (lines []T) {
	t.Helper()
	signIn(t)
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{name, "--server", s.url}, args...), &out); err != nil {
		t.Fatalf("xunfang %s: %v", name, err)
	}
	for d := json.NewDecoder(&out); d.More(); {
		var line T
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestReplayRealRecordings(t *testing.T) {
	folder := testData(t)
	walk := filepath.Join(folder, "street-coverage-hamburg", "test.gpx")
	people := filepath.Join(folder, "geolife-beijing", "plt", "001", "20081024234405.plt")
	s := startConsole(t, nil)
	stored := map[string]replayed{}
	for _, r := range results[replayed](t, s, "replay", walk, people) {
		stored[r.File] = r
	}
	for file, want := range map[string]int{walk: 427, people: 7075} {
		r := stored[file]
		if r.Stored != want || r.Duplicate != 0 || r.Rejected != 0 {
			t.Errorf("%s: %+v, want %d fixes", filepath.Base(file), r, want)
		}
		item, err := clientOf(t, s).Item(t.Context(), "trackers", r.Tracker.String())
		if err != nil || item.Properties["import"] != true || item.Properties["kind"] != "person" {
			t.Errorf("%s: tracker %v (%v)", filepath.Base(file), item.Properties, err)
		}
	}
}

// Several files keep their common time line, moved to where --shift-to says.
func TestReplayShiftsFilesTogether(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := file("a.csv", "t,lon,lat\n2020-01-01T00:00:00Z,113.62,34.75\n2020-01-01T00:00:02Z,113.62,34.75\nnever,1,1\n")
	second := file("b.csv", "t,lon,lat\n2020-01-01T00:00:01Z,113.62,34.75\n")
	s := startConsole(t, nil)
	to := time.Now().Add(-time.Hour).Truncate(time.Second)
	got := results[replayed](t, s, "replay", "--speed", "50", "--kind", "drone", "--name", "航拍",
		"--shift-to", to.Format(time.RFC3339), first, second)
	if len(got) != 2 {
		t.Fatalf("%d results, want 2", len(got))
	}
	for _, r := range got {
		want := map[string][]int64{first: {0, 2000}, second: {1000}}[r.File]
		fixes, err := s.store.FixesOf(t.Context(), patrol.EvidenceQuery{Tracker: r.Tracker, Times: patrol.Times{FromMs: to.UnixMilli(), ToMs: time.Now().UnixMilli()}})
		if err != nil || len(fixes) != len(want) {
			t.Fatalf("%s: %d fixes (%v), want %d", r.File, len(fixes), err, len(want))
		}
		for i, f := range fixes {
			if f.TMs-to.UnixMilli() != want[i] {
				t.Errorf("%s: fix %d is %d ms after the beginning, want %d", r.File, i, f.TMs-to.UnixMilli(), want[i])
			}
		}
		if refused := r.Refused; r.File == first && (len(refused) != 1) {
			t.Errorf("%s: refused %v, want the point without time", r.File, refused)
		}
	}
	trackers, err := s.store.Trackers(t.Context())
	if err != nil || len(trackers) != 2 || trackers[0].Kind != patrol.Drone || !trackers[0].Import {
		t.Errorf("trackers %+v (%v)", trackers, err)
	}
}

func TestAFileThatCannotBeReadLeavesNoTracker(t *testing.T) {
	folder := t.TempDir()
	bad := filepath.Join(folder, "bad.csv")
	if err := os.WriteFile(bad, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startConsole(t, nil)
	signIn(t)
	for _, file := range []string{bad, folder, filepath.Join(folder, "none.gpx")} {
		if err := run(t.Context(), []string{"replay", "--server", s.url, file}, io.Discard); err == nil {
			t.Errorf("%s was replayed", file)
		}
	}
	if trackers, err := s.store.Trackers(t.Context()); err != nil || len(trackers) != 0 {
		t.Errorf("%d trackers were left behind (%v)", len(trackers), err)
	}
}

func TestSimulateCountsEveryFix(t *testing.T) {
	s := startConsole(t, nil)
	got := results[simulated](t, s, "simulate", "--trackers", "5", "--hz", "5", "--duration", "2s", "--bbox", "113.6,34.7,113.7,34.8")[0]
	if got.Errors != 0 || got.Acknowledged != got.Sent || got.Sent < 5 || got.P50Ms <= 0 || got.MaxMs < got.P99Ms {
		t.Errorf("%+v", got)
	}
	last, err := s.store.LastFixes(t.Context(), 0)
	if err != nil || len(last) != 5 {
		t.Errorf("%d trackers have fixes (%v), want 5", len(last), err)
	}
}

func TestSimulateRefusesWhatItCannotDo(t *testing.T) {
	for _, args := range [][]string{{"--trackers", "0"}, {"--hz", "0"}, {"--hz", "1e12"}, {"--hz", "NaN"}, {"--duration", "0s"}} {
		if err := runSimulate(t.Context(), args, io.Discard); err == nil || !strings.Contains(err.Error(), "simulate needs") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
