package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
)

func TestTeamsNestAndAssignmentsHold(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"花园社区","kind":"community"}`)
	gate, _ := admin.create("checkpoints", `{"type":"Point","coordinates":[113.605,34.705]}`, `{"name":"北门","radius_m":20}`)
	upper, _ := admin.create("teams", `null`, fmt.Sprintf(`{"name":"花园片","leader":"王芳","area":%q}`, area))
	lower, _ := admin.create("teams", `null`, fmt.Sprintf(`{"name":"一组","parent":%q}`, upper))
	tracker, _ := admin.create("trackers", `null`, fmt.Sprintf(`{"name":"巡查 01","kind":"person","team":%q}`, lower))
	admin.create("trackers", `null`, `{"name":"巡查 02","kind":"person","team":"夜班"}`) // a name, as ever

	held, _ := admin.create("assignments", `null`, fmt.Sprintf(
		`{"team":%q,"subject":"checkpoints/%s","from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z"}`, lower, gate))
	_, open := admin.create("assignments", `null`, fmt.Sprintf(`{"tracker":%q,"subject":"areas/%s"}`, tracker, area))
	if from, ok := open.Properties["from"].(string); !ok || from == "" {
		t.Errorf("an assignment without from is served as %v", open.Properties)
	}
	for query, want := range map[string]int{
		"":                                  2,
		"?team=" + lower:                    1,
		"?datetime=2026-11-01T12:00:00Z":    1,
		"?datetime=2026-11-02T00:00:00Z":    0,
		"?datetime=2026-11-01T00:00:00Z/..": 2,
	} {
		if got := admin.list("/ogc/collections/assignments/items" + query); got.NumberMatched != want {
			t.Errorf("%q selects %d assignments, want %d", query, got.NumberMatched, want)
		}
	}

	remove := func(collection, id string) answer {
		return admin.ask(http.MethodDelete, "/ogc/collections/"+collection+"/items/"+id, "", "")
	}
	remove("teams", upper).wantProblem(t, http.StatusConflict)      // lower is part of it
	remove("teams", lower).wantProblem(t, http.StatusConflict)      // the tracker is of it
	remove("areas", area).wantProblem(t, http.StatusConflict)       // upper works there
	remove("trackers", tracker).wantProblem(t, http.StatusConflict) // it is assigned
	remove("checkpoints", gate).want(t, http.StatusNoContent)       // that assignment has ended
	remove("assignments", held).want(t, http.StatusNoContent)
	remove("assignments", open.ID).want(t, http.StatusNoContent)
	remove("trackers", tracker).want(t, http.StatusNoContent)
	remove("teams", lower).want(t, http.StatusNoContent)
}

func TestTeamsAndAssignmentsRefused(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"花园社区","kind":"community"}`)
	upper, _ := admin.create("teams", `null`, `{"name":"花园片"}`)
	lower, _ := admin.create("teams", `null`, fmt.Sprintf(`{"name":"一组","parent":%q}`, upper))
	nobody := uuid.NewString()
	for _, c := range []struct{ name, collection, properties, field string }{
		{"a team of a team that is not there", "teams", fmt.Sprintf(`{"name":"a","parent":%q}`, nobody), "parent"},
		{"a team whose parent is an area", "teams", fmt.Sprintf(`{"name":"a","parent":%q}`, area), "parent"},
		{"a team in an area that is not there", "teams", fmt.Sprintf(`{"name":"a","area":%q}`, nobody), "area"},
		{"a tracker of a team that is not there", "trackers", fmt.Sprintf(`{"name":"a","kind":"person","team":%q}`, nobody), "team"},
		{"an assignment of nobody", "assignments", fmt.Sprintf(`{"subject":"areas/%s"}`, area), "team"},
		{"an assignment of two", "assignments", fmt.Sprintf(`{"team":%q,"tracker":%q,"subject":"areas/%s"}`, upper, nobody, area), "tracker"},
		{"an assignment of a stranger", "assignments", fmt.Sprintf(`{"tracker":%q,"subject":"areas/%s"}`, nobody, area), "tracker"},
		{"an assignment to nothing", "assignments", fmt.Sprintf(`{"team":%q,"subject":"areas/%s"}`, upper, nobody), "subject"},
		{"an assignment to a street", "assignments", fmt.Sprintf(`{"team":%q,"subject":"streets/%s"}`, upper, area), "subject"},
		{"an assignment that ends first", "assignments", fmt.Sprintf(`{"team":%q,"subject":"areas/%s","from":"2026-11-02T00:00:00Z","to":"2026-11-02T00:00:00Z"}`, upper, area), "to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := admin.post("/ogc/collections/"+c.collection+"/items", `{"type":"Feature","geometry":null,"properties":`+c.properties+`}`)
			if p := got.wantProblem(t, http.StatusUnprocessableEntity); p.Field != c.field {
				t.Errorf("refused for %q, want %q: %s", p.Field, c.field, p.Detail)
			}
		})
	}
	round := admin.ask(http.MethodPut, "/ogc/collections/teams/items/"+upper, "application/geo+json",
		fmt.Sprintf(`{"type":"Feature","geometry":null,"properties":{"name":"花园片","parent":%q}}`, lower))
	if p := round.wantProblem(t, http.StatusUnprocessableEntity); p.Field != "parent" {
		t.Errorf("a team within itself is refused for %q: %s", p.Field, p.Detail)
	}
}
