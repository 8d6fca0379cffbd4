package main

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/client"
	"xunfang/patrol"
)

// Asked what was known then, the server answers what it answered then, though late
// evidence, and another version of the watch, tell otherwise by now.
func TestCoverageAsItWasKnown(t *testing.T) {
	s := startConsole(t, nil)
	c, admin := clientOf(t, s), s.admin(t)
	_, token := newTracker(t, c, "walker")
	watch := newWatch(t, c, orb.Bound{Min: orb.Point{113.62, 34.75}, Max: orb.Point{113.621, 34.751}}.ToPolygon(), map[string]any{"revisit_s": 3600})
	seen := time.Now().Add(-5 * time.Minute).UnixMilli()
	if _, err := c.SendFixes(t.Context(), token, []patrol.Fix{bareFix(seen, 113.6203, 34.7505)}); err != nil {
		t.Fatal(err)
	}
	then, err := c.Coverage(t.Context(), watch, time.Time{})
	if err != nil || then.Share == 0 {
		t.Fatal(then.Share, err)
	}
	known := time.Now().Add(-time.Millisecond) // what comes now is later
	late := bareFix(seen+1000, 113.6207, 34.7505)
	better := bareFix(seen, 113.6204, 34.7508)
	better.AccuracyM = 3
	if _, err := c.SendFixes(t.Context(), token, []patrol.Fix{late, better}); err != nil {
		t.Fatal(err)
	}
	admin.ask(http.MethodPatch, "/ogc/collections/watches/items/"+watch.String(), "application/merge-patch+json", `{"properties":{"revisit_s":60}}`).want(t, http.StatusOK)

	ask := func(query url.Values) (got client.Coverage) {
		t.Helper()
		a := admin.get("/api/watches/" + watch.String() + "/coverage?" + query.Encode())
		a.want(t, http.StatusOK)
		a.into(t, &got)
		return got
	}
	at := patrol.FormatMs(then.At.UnixMilli())
	if now := ask(url.Values{"at": {at}}); now.RasterSHA256 == then.RasterSHA256 {
		t.Error("what came late changes nothing: nothing is compared")
	}
	got := ask(url.Values{"at": {at}, "known_at": {patrol.FormatMs(known.UnixMilli())}})
	if got.RasterSHA256 != then.RasterSHA256 || got.Share != then.Share || got.Version != then.Version || got.WorstIdleS != then.WorstIdleS {
		t.Errorf("known then: version %d, share %v; it was version %d, %v", got.Version, got.Share, then.Version, then.Share)
	}
}
