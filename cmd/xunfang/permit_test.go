package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"xunfang/api"
	"xunfang/patrol"
)

// leastRole is who may pass each door, as docs/protocol.md tells it.
var leastRole = map[string]patrol.Role{
	"GET /metrics": patrol.Commander,

	"GET /api/deployment": api.Anyone, "GET /api/session": api.Anyone, "GET /api/me": api.Anyone, "DELETE /api/session": api.Anyone,
	"GET /api/tokens": api.Anyone, "POST /api/tokens": api.Anyone, "DELETE /api/tokens/{id}": api.Anyone, "PUT /api/password": api.Anyone,
	"GET /api/users": patrol.Admin, "POST /api/users": patrol.Admin,
	"GET /api/users/{name}": patrol.Admin, "PUT /api/users/{name}": patrol.Admin, "DELETE /api/users/{name}": patrol.Admin,
	"GET /ogc": api.Anyone, "GET /ogc/{$}": api.Anyone, "GET /ogc/conformance": api.Anyone, "GET /ogc/api": api.Anyone,
	"GET /ogc/collections": api.Anyone, "GET /ogc/collections/{collection}": api.Anyone,

	"GET /api/watches/{id}/coverage": patrol.Viewer, "GET /api/watches/{id}/series": patrol.Viewer,
	"POST /api/gaps/{id}/acknowledge": patrol.Field, "POST /api/gaps/{id}/assign": patrol.Leader,
	"POST /api/gaps/{id}/waive": patrol.Leader, "POST /api/gaps/{id}/reopen": patrol.Leader,
	"GET /api/gaps/{id}/history": patrol.Viewer,
	"POST /api/gaps/{id}/plan":   patrol.Field, "POST /api/surveys/plan": patrol.Field, "POST /api/surveys/show": patrol.Field,
	"GET /api/cameras":               api.Anyone,
	"GET /api/checkpoints/{id}/code": patrol.Leader,

	"POST /api/imports": patrol.Planner, "GET /api/imports/{id}": patrol.Planner,
	"GET /tiles/{collection}/{z}/{x}/{y}":                   patrol.Viewer,
	"GET /api/export/{file}":                                patrol.Viewer,
	"GET /ogc/collections/{collection}/items/{id}/original": patrol.Viewer,

	"GET /tiles/idleness/{id}/{z}/{x}/{y}":                  patrol.Viewer,
	"GET /live":                                             patrol.Viewer,
	"GET /ogc/collections/{collection}/items":               patrol.Viewer,
	"GET /ogc/collections/{collection}/items/{id}":          patrol.Viewer,
	"GET /ogc/collections/{collection}/items/{id}/versions": patrol.Viewer,

	"POST /api/trackers/{id}/token": patrol.Leader, "DELETE /api/trackers/{id}/token": patrol.Leader,
	"POST /api/roster": patrol.Planner, "POST /api/field-links": patrol.Leader, "GET /api/field-links": patrol.Leader, "DELETE /api/field-links/{id}": patrol.Leader,

	"POST /ogc/collections/{collection}/items":        "writer",
	"PUT /ogc/collections/{collection}/items/{id}":    "writer",
	"PATCH /ogc/collections/{collection}/items/{id}":  "writer",
	"DELETE /ogc/collections/{collection}/items/{id}": "writer",
}

var writers = map[string]patrol.Role{
	"areas": patrol.Planner, "checkpoints": patrol.Planner, "zones": patrol.Planner, "watches": patrol.Planner,
	"streets": patrol.Planner, "teams": patrol.Planner, "trackers": patrol.Leader, "assignments": patrol.Leader,
}

// Every door, asked by every role on the whole deployment for things that are not there:
// who may pass is told so, or that something else is wrong; who may not, 403.
func TestEveryDoorAsksForItsRole(t *testing.T) {
	s := startConsole(t, nil)
	who := map[patrol.Role]asker{}
	for _, role := range patrol.Roles {
		who[role] = s.person(t, "the "+string(role), patrol.Grant{Role: role})
	}
	nothing := s.person(t, "without a role")
	for _, door := range api.Doors {
		least, known := leastRole[door.Pattern]
		if known == door.Open() {
			t.Errorf("door %q is in no table of who may pass it", door.Pattern)
		}
		if door.Open() || door.Pattern == "DELETE /api/session" {
			continue
		}
		method, path, _ := strings.Cut(door.Pattern, " ")
		path = strings.NewReplacer("{id}", uuid.NewString(), "{name}", "nobody", "{$}", "").Replace(path)
		for _, c := range patrol.Collections {
			least := least
			if least == "writer" {
				if least = writers[c.Name]; least == "" {
					least = patrol.Leader
				}
			}
			path := strings.ReplaceAll(path, "{collection}", c.Name)
			for _, role := range patrol.Roles {
				got := who[role].ask(method, path, "application/json", "")
				if passes := got.status != http.StatusForbidden; passes != (least == api.Anyone || role.Includes(least)) {
					t.Errorf("%s %s answers a %s with %d: %s", method, path, role, got.status, got.body)
				}
			}
			got := nothing.ask(method, path, "application/json", "")
			if refused := got.status == http.StatusForbidden || got.status == http.StatusNotFound; refused == (least == api.Anyone) && got.status < 400 {
				t.Errorf("%s %s answers who has no role with %d", method, path, got.status)
			}
			if !strings.Contains(door.Pattern, "{collection}") {
				break
			}
		}
	}
}

// A planner of 甲 draws there and nowhere else.
func TestARoleHoldsForItsAreaOnly(t *testing.T) {
	s := startConsole(t, nil)
	a, b, district := neighbours(t, s.admin(t))
	planner := s.person(t, "王芳", patrol.Grant{Role: patrol.Planner, Area: uuid.MustParse(a.area)})
	post := func(collection, geometry, properties string) answer {
		return planner.post("/ogc/collections/"+collection+"/items", `{"type":"Feature","geometry":`+geometry+`,"properties":`+properties+`}`)
	}
	const zone = `{"name":"新","level":"sealed"}`
	created := post("zones", box(113.605, 113.62), zone) // to the very edge
	created.want(t, http.StatusCreated)

	for _, c := range []struct {
		name, field string
		got         answer
	}{
		{"a zone that reaches over the edge", "geometry", post("zones", box(113.615, 113.625), zone)},
		{"a gate beyond", "geometry", post("checkpoints", `{"type":"Point","coordinates":[113.63,34.71]}`, `{"name":"门","radius_m":20}`)},
		{"an area of the district's", "parent", post("areas", box(113.605, 113.61), fmt.Sprintf(`{"name":"新","kind":"grid","parent":%q}`, district))},
		{"an area of nobody's", "parent", post("areas", box(113.605, 113.61), `{"name":"新","kind":"grid"}`)},
		{"a watch over the neighbour", "subject", post("watches", `null`, fmt.Sprintf(`{"name":"新","kind":"ground","revisit_s":600,"subject":"areas/%s"}`, b.area))},
		{"a tracker of no team", "team", post("trackers", `null`, `{"name":"新","kind":"person"}`)},
		{"a tracker of the neighbour's team", "team", post("trackers", `null`, fmt.Sprintf(`{"name":"新","kind":"person","team":%q}`, b.collections["teams"]))},
		{"an assignment of the neighbour's team", "team", post("assignments", `null`, fmt.Sprintf(`{"team":%q,"subject":"areas/%s"}`, b.collections["teams"], a.area))},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.got.wantProblem(t, http.StatusUnprocessableEntity)
			if p.Field != c.field {
				t.Errorf("refused for %q, want %q: %s", p.Field, c.field, p.Detail)
			}
			if c.field == "geometry" && (len(p.At) != 2 || p.At[0] < 113.62) {
				t.Errorf("refused at %v", p.At)
			}
		})
	}
	for collection, id := range b.collections {
		got := planner.ask(http.MethodDelete, "/ogc/collections/"+collection+"/items/"+id, "", "")
		got.wantProblem(t, http.StatusNotFound)
	}

	// What lies in both is seen by both, and is neither's to change.
	both, _ := s.admin(t).create("zones", box(113.61, 113.63), zone)
	planner.get("/ogc/collections/zones/items/"+both).want(t, http.StatusOK)
	planner.ask(http.MethodDelete, "/ogc/collections/zones/items/"+both, "", "").wantProblem(t, http.StatusForbidden)
	planner.get("/ogc/collections/areas/items/"+district).wantProblem(t, http.StatusNotFound)
}

func TestAProgramsTokenCarriesNoMoreThanItSays(t *testing.T) {
	s := startConsole(t, nil)
	var made struct{ ID, Token string }
	got := s.admin(t).post("/api/tokens", `{"name":"GIS","role":"viewer","expires_at":"2126-01-01T00:00:00Z"}`)
	got.want(t, http.StatusCreated)
	got.into(t, &made)
	program := s.bearer(t, made.Token)
	program.get("/ogc/collections/zones/items").want(t, http.StatusOK)
	program.post("/ogc/collections/trackers/items", `{}`).wantProblem(t, http.StatusForbidden)
	program.post("/api/tokens", `{"name":"more","role":"admin"}`).wantProblem(t, http.StatusUnprocessableEntity)
	got = program.post("/api/tokens", `{"name":"the same"}`)
	got.want(t, http.StatusCreated)
	got.into(t, &made)
	s.bearer(t, made.Token).post("/ogc/collections/trackers/items", `{}`).wantProblem(t, http.StatusForbidden)
	s.admin(t).post("/api/tokens", `{"name":"late","expires_at":"2020-01-01T00:00:00Z"}`).wantProblem(t, http.StatusUnprocessableEntity)
}
