package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

// Where the window reaches into dropped days the answer is 410, with the horizon; where
// only the look-back does, what is left answers.
func TestCoverageOfDroppedDaysIsGone(t *testing.T) {
	var database string
	s := startConsole(t, func(cfg *Config) { database = cfg.DatabaseURL })
	admin := clientOf(t, s)
	watch := newWatch(t, admin, orb.Bound{Min: orb.Point{113.62, 34.75}, Max: orb.Point{113.621, 34.751}}.ToPolygon(), map[string]any{"revisit_s": 1800})
	_, token, err := admin.CreateTracker(t.Context(), map[string]any{"name": "then", "kind": "person", "import": true})
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Now().UTC().AddDate(0, 0, -10).Truncate(24 * time.Hour).Add(12 * time.Hour)
	for _, at := range []time.Time{noon, noon.AddDate(0, 0, 1)} {
		if _, err := admin.SendFixes(t.Context(), token, []patrol.Fix{bareFix(at.UnixMilli(), 113.6205, 34.7505)}); err != nil {
			t.Fatal(err)
		}
	}
	coverage := func(at time.Time) answer {
		return s.admin(t).get("/api/watches/" + watch.String() + "/coverage?" + url.Values{"at": {patrol.FormatMs(at.UnixMilli())}}.Encode())
	}
	coverage(noon.Add(time.Minute)).want(t, http.StatusOK)

	// So many days on that the first day is dropped, and the second is not.
	later := storetest.OpenURL(t, database, func() time.Time { return noon.AddDate(0, 0, 31) })
	storetest.Exec(t, database, `UPDATE fixes SET received_at = t WHERE t < $1`, time.Now())
	if err := later.Sweep(t.Context(), 30); err != nil {
		t.Fatal(err)
	}
	gone := coverage(noon.Add(time.Minute)).wantProblem(t, http.StatusGone)
	if day := noon.AddDate(0, 0, 1).Format(time.DateOnly); !strings.Contains(gone.Detail, day) {
		t.Errorf("the refusal does not name the horizon, %s: %s", day, gone.Detail)
	}
	coverage(noon.AddDate(0, 0, 1).Add(time.Minute)).want(t, http.StatusOK)
}
