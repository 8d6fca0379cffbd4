package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/client"
	"xunfang/patrol"
)

// gapIn returns the id of the gap that a line tells the event of, "" for any other line.
func gapIn(line any, event string) string {
	var f feature
	if g, ok := line.(client.GapLine); ok && g.Event == event {
		_ = json.Unmarshal(g.Gap, &f) // what is no feature has no id
	}
	return f.ID
}

// A gap is acknowledged, assigned, waived and taken back, before the eyes of who looks on.
func TestGapsAreDealtWith(t *testing.T) {
	s := startConsole(t, nil)
	c, admin := clientOf(t, s), s.admin(t)
	viewer := tail(t, c)
	newWatch(t, c, orb.Bound{Min: orb.Point{113.62, 34.75}, Max: orb.Point{113.6206, 34.7505}}.ToPolygon(), map[string]any{"revisit_s": 600})
	var id string
	viewer.until(t, "the gap", func(line any) bool {
		id = gapIn(line, "opened")
		return id != ""
	})
	team, _ := admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	gap := "/api/gaps/" + id
	for _, step := range []struct {
		action, body string
		state, owner any
	}{
		{"acknowledge", ``, "acknowledged", "admin"},
		{"assign", `{"to":"trackers/` + team + `","note":"北门"}`, "assigned", "巡查 01"},
		{"reopen", `{}`, "open", nil},
		{"waive", `{"reason":"施工围挡"}`, "waived", "admin"},
	} {
		got := admin.post(gap+"/"+step.action, step.body)
		got.want(t, http.StatusOK)
		var f feature
		got.into(t, &f)
		if f.ID != id || f.Properties["state"] != step.state || f.Properties["owner"] != step.owner {
			t.Errorf("%s leaves it %v with %v", step.action, f.Properties["state"], f.Properties["owner"])
		}
		viewer.until(t, step.action, func(line any) bool { return gapIn(line, "changed") == id })
	}
	for query, want := range map[string]int{"": 1, "?state=waived": 1, "?state=open": 0, "?state=closed": 0, "?severity_level=low": 1, "?severity_level=high": 0} {
		if got := admin.list("/ogc/collections/gaps/items" + query); got.NumberMatched != want {
			t.Errorf("%q selects %d, want %d", query, got.NumberMatched, want)
		}
	}
	admin.post(gap+"/acknowledge", ``).wantProblem(t, http.StatusConflict)
	for body, field := range map[string]string{`{"reason":" "}`: "reason", `{}`: "reason", `{"because":"x"}`: ""} {
		if p := admin.post(gap+"/waive", body).wantProblem(t, http.StatusUnprocessableEntity); p.Field != field {
			t.Errorf("waived with %s: field %q", body, p.Field)
		}
	}
	admin.post(gap+"/reopen", `{"note":"拆了"}`).want(t, http.StatusOK)
	if p := admin.post(gap+"/assign", `{"to":"areas/1"}`).wantProblem(t, http.StatusUnprocessableEntity); p.Field != "to" {
		t.Errorf("assigned to an area: field %q", p.Field)
	}

	// Evidence closes it, and nobody can act on it after.
	_, token := newTracker(t, c, "walker")
	var fixes []patrol.Fix
	for i := range 25 { // to and fro, 14 m apart
		lane, step := i/5, i%5
		if lane%2 == 1 {
			step = 4 - step
		}
		fixes = append(fixes, bareFix(time.Now().UnixMilli()-int64(50-2*i)*1000, 113.62+float64(step)*0.00015, 34.75+float64(lane)*0.000125))
	}
	if _, err := c.SendFixes(t.Context(), token, fixes); err != nil {
		t.Fatal(err)
	}
	viewer.until(t, "the gap closed", func(line any) bool { return gapIn(line, "closed") == id })
	admin.post(gap+"/acknowledge", ``).wantProblem(t, http.StatusConflict)
	var history struct {
		Events []struct {
			Event        string
			By, Note, To *string
		}
	}
	got := admin.get(gap + "/history")
	got.want(t, http.StatusOK)
	got.into(t, &history)
	want := []string{"opened", "acknowledged", "assigned", "reopened", "waived", "reopened", "closed"}
	if len(history.Events) != len(want) {
		t.Fatalf("the history is %s", got.body)
	}
	for i, e := range history.Events {
		if e.Event != want[i] || (e.By == nil) != (i == 0 || i == len(want)-1) {
			t.Errorf("event %d is %+v, want %s", i, e, want[i])
		}
	}
	admin.get("/api/gaps/"+team+"/history").wantProblem(t, http.StatusNotFound)
}
