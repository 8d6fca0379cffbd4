package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xunfang/client"
	"xunfang/patrol"
)

// walk returns n fixes a second apart that end now.
func walk(n int) []patrol.Fix {
	end := time.Now().Truncate(time.Millisecond)
	fixes := make([]patrol.Fix, n)
	for i := range fixes {
		fixes[i] = patrol.Fix{
			TMs: end.Add(time.Duration(i-n+1) * time.Second).UnixMilli(),
			Lon: 113.62 + float64(i)*1e-5, Lat: 34.75, AccuracyM: 5,
			AltitudeM: patrol.Unknown, SpeedMPS: 1.25, HeadingDeg: 90, Battery: 0.5,
		}
	}
	return fixes
}

func TestIngestAnswersWhatBecameOfEachFix(t *testing.T) {
	s := startConsole(t, nil)
	_, token := newTracker(t, clientOf(t, s), "巡查 01")
	c := clientOf(t, s)
	fixes := walk(3)
	first, err := c.SendFixes(t.Context(), token, fixes)
	if err != nil {
		t.Fatal(err)
	}
	bad := fixes[2]
	bad.Lon = 500
	again, err := c.SendFixes(t.Context(), token, append(fixes, bad))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(patrol.Receipt{Stored: 3, Rejected: []patrol.Rejection{}}, first); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	want := patrol.Receipt{Duplicate: 3, Rejected: []patrol.Rejection{{Index: 3, Reason: "lon is 500, not from -180 to 180"}}}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("the same again (-want +got):\n%s", diff)
	}
}

func TestIngestRefuses(t *testing.T) {
	s := startConsole(t, nil)
	_, token := newTracker(t, clientOf(t, s), "巡查 01")
	now := time.Now().UTC().Format(time.RFC3339)
	for _, c := range []struct {
		name, token, body string
		status            int
		want              string // in the answer
	}{
		{"no token", "", `{"fixes":[]}`, 401, "Sign in"},
		{"a stranger's token", "x", `{"fixes":[]}`, 401, "Sign in"},
		{"nothing", token, ``, 422, "body"},
		{"no fixes", token, `{}`, 422, "fixes"},
		{"no JSON", token, `fixes`, 422, "body"},
		{"cut off", token, `{"fixes":[`, 422, "body"},
		{"a misspelt member", token, `{"fixes":[],"fixs":[]}`, 422, "fixs"},
		{"two values", token, `{"fixes":[]}{}`, 422, "follows"},
		{"too deep", token, `{"fixes":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, 422, "deeper"},
		{"too many", token, `{"fixes":[` + strings.Repeat("0,", 10_000) + `0]}`, 422, "10001"},
		{"too large", token, `{"fixes":[` + strings.Repeat(" ", 9<<20) + `]}`, 413, "larger"},
		{"none at all is fine", token, `{"fixes":[]}`, 200, `"stored":0`},
		{"bad fixes alone", token, fmt.Sprintf(`{"fixes":[{"t":"%s","lon":1e400,"lat":1},{"t":"%[1]s","lon":"1","lat":1},`+
			`{"t":"yesterday","lon":1,"lat":1},{"t":"%[1]s","lat":1},7,{"t":"%[1]s","lon":1,"lat":1,"accuracy":5},`+
			`{"t":"%[1]s","lon":1,"lat":1,"accuracy_m":null}]}`, now), 200, `"stored":1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/ingest/fixes", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.token != "" {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer http.DefaultClient.CloseIdleConnections()
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != c.status || !strings.Contains(string(text), c.want) {
				t.Errorf("%d %s, want %d with %q", answer.StatusCode, text, c.status, c.want)
			}
		})
	}
}

func TestATokensSchemeIsReadInAnyCase(t *testing.T) {
	s := startConsole(t, nil)
	_, token := newTracker(t, clientOf(t, s), "巡查 01")
	device := asker{t, s.url, func(r *http.Request) { r.Header.Set("Authorization", "bearer "+token) }}
	device.post("/ingest/fixes", `{"fixes":[]}`).want(t, http.StatusOK)
}

// What was acknowledged is there after a restart.
func TestIngestIsDurable(t *testing.T) {
	var cfg Config
	s := startConsole(t, func(c *Config) { cfg = *c })
	id, token := newTracker(t, clientOf(t, s), "巡查 01")
	fixes := walk(10)
	if _, err := clientOf(t, s).SendFixes(t.Context(), token, fixes); err != nil {
		t.Fatal(err)
	}
	second, stop := startServing(t, cfg)
	defer stop()
	got, err := second.store.FixesOf(t.Context(), patrol.EvidenceQuery{Tracker: id, Times: patrol.Times{FromMs: fixes[0].TMs, ToMs: fixes[9].TMs}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		fixes[i].Tracker, fixes[i].ReceivedMs = id, got[i].ReceivedMs
	}
	if diff := cmp.Diff(fixes, got); diff != "" {
		t.Errorf("fixes (-sent +stored):\n%s", diff)
	}
	receipt, err := client.New(second.url, client.Auth{}).SendFixes(t.Context(), token, fixes)
	if err != nil || receipt.Duplicate != 10 {
		t.Errorf("the same after a restart: %+v, %v; want 10 duplicates", receipt, err)
	}
}
