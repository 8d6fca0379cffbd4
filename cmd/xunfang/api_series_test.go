package main

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

type series struct {
	StepS   int64 `json:"step_s"`
	Samples []struct {
		At         time.Time
		Share      float64
		WorstIdleS int64    `json:"worst_idle_s"`
		MeanIdleS  *float64 `json:"mean_idle_s"`
		Gaps       int
		RevisedAt  *time.Time `json:"revised_at"`
	}
}

// The last minutes that no server kept are made good, late evidence changes those after
// it, and each sample is what coverage as of its minute says.
func TestSeriesFollowsLateEvidence(t *testing.T) {
	s := startConsole(t, nil)
	c, admin := clientOf(t, s), s.admin(t)
	_, token := newTracker(t, c, "walker")
	start := time.Now().Truncate(time.Minute)
	seen := func(before time.Duration, lon float64) {
		t.Helper()
		if _, err := c.SendFixes(t.Context(), token, []patrol.Fix{bareFix(start.Add(-before).UnixMilli(), lon, 34.7505)}); err != nil {
			t.Fatal(err)
		}
	}
	seen(6*time.Minute+time.Second, 113.6203)
	watch := newWatch(t, c, orb.Bound{Min: orb.Point{113.62, 34.75}, Max: orb.Point{113.621, 34.751}}.ToPolygon(),
		map[string]any{"revisit_s": 3600, "active_from": start.Add(-time.Hour).Format(time.RFC3339)})
	path := "/api/watches/" + watch.String() + "/series?to=" + url.QueryEscape(patrol.FormatMs(start.UnixMilli()))
	until := func(what string, done func(series) bool) (got series) {
		t.Helper()
		again, patience := time.NewTicker(200*time.Millisecond), time.NewTimer(time.Minute)
		defer again.Stop()
		defer patience.Stop()
		for {
			a := admin.get(path)
			a.want(t, http.StatusOK)
			if a.into(t, &got); done(got) {
				return got
			}
			select {
			case <-again.C:
			case <-patience.C:
				t.Fatalf("not %s within a minute: %s", what, a.body)
			}
		}
	}
	first := until("made good", func(s series) bool { return len(s.Samples) >= 9 })
	if first.StepS != 60 {
		t.Errorf("steps of %d s", first.StepS)
	}
	seen(3*time.Minute+time.Second, 113.6207)
	revised := until("revised", func(s series) bool {
		return s.Samples[len(s.Samples)-4].Share > first.Samples[len(first.Samples)-4].Share
	})
	for _, got := range revised.Samples {
		want, err := c.Coverage(t.Context(), watch, got.At)
		if err != nil {
			t.Fatal(err)
		}
		if got.Share != want.Share || got.WorstIdleS != want.WorstIdleS || got.Gaps != len(want.Gaps.Features) || got.RevisedAt == nil ||
			(got.MeanIdleS == nil) != (want.MeanIdleS == nil) || got.MeanIdleS != nil && *got.MeanIdleS != *want.MeanIdleS {
			t.Errorf("%v: %+v, coverage says %v, %d s, %d gaps", got.At, got, want.Share, want.WorstIdleS, len(want.Gaps.Features))
		}
		if covered := got.At.After(start.Add(-6*time.Minute - time.Second)); (got.Share > 0) != covered {
			t.Errorf("%v: share %v", got.At, got.Share)
		}
	}
	for query, field := range map[string]string{
		"?step_s=30": "step_s", "?step_s=x": "step_s", "?from=2026-01-01T00:00:00Z&step_s=60": "step_s",
		"?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z": "from", "?to=soon": "to", "?until=now": "until",
	} {
		if p := admin.get("/api/watches/"+watch.String()+"/series"+query).wantProblem(t, http.StatusBadRequest); p.Field != field {
			t.Errorf("%s: field %q", query, p.Field)
		}
	}
	admin.get("/api/watches/0190b2c0-0000-7000-8000-000000000001/series").wantProblem(t, http.StatusNotFound)
}
