package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"xunfang/patrol"
)

type userSeen struct {
	Name, Role, Password string
	Disabled             bool
	Grants               []struct {
		Role string
		Area *string
	}
}

func (a asker) put(path, body string) answer {
	return a.ask(http.MethodPut, path, "application/json", body)
}

func TestUsers(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	a, b, _ := neighbours(t, admin)

	var made userSeen
	got := admin.post("/api/users", fmt.Sprintf(`{"name":"王芳","grants":[{"role":"planner","area":%q},{"role":"viewer","area":%q}]}`, a.area, b.area))
	got.want(t, http.StatusCreated)
	got.into(t, &made)
	if made.Password == "" || made.Role != "planner" || len(made.Grants) != 2 {
		t.Errorf("made as %+v", made)
	}
	path := "/api/users/" + url.PathEscape("王芳")
	again := admin.get(path)
	if again.want(t, http.StatusOK); strings.Contains(string(again.body), made.Password) {
		t.Errorf("the password is shown again: %s", again.body)
	}
	wang := asker{t, s.url, func(r *http.Request) { r.SetBasicAuth("王芳", made.Password) }}
	var me userSeen
	wang.get("/api/me").into(t, &me)
	if me.Role != "planner" || len(me.Grants) != 2 {
		t.Errorf("王芳 is told to be %+v", me)
	}
	wang.get("/api/users").wantProblem(t, http.StatusForbidden)
	admin.post("/api/users", `{"name":"王芳","grants":[]}`).wantProblem(t, http.StatusConflict)
	for body, field := range map[string]string{
		`{"name":"x","grants":[{"role":"king"}]}`:                                                     "grants",
		fmt.Sprintf(`{"name":"x","grants":[{"role":"viewer","area":%q}]}`, uuid.NewString()):          "grants",
		`{"name":"x","grants":[],"password":"short"}`:                                                 "password",
		`{"name":"a:b","grants":[]}`:                                                                  "name",
		`{"name":"x","grants":[` + strings.Repeat(`{"role":"viewer"},`, 1000) + `{"role":"viewer"}]}`: "grants",
	} {
		if p := admin.post("/api/users", body).wantProblem(t, http.StatusUnprocessableEntity); p.Field != field {
			t.Errorf("refused for %q, want %q: %s", p.Field, field, p.Detail)
		}
	}

	admin.put("/api/users/admin", `{"grants":[{"role":"viewer"}]}`).wantProblem(t, http.StatusConflict)
	admin.put("/api/users/admin", `{"grants":[{"role":"admin"}],"disabled":true}`).wantProblem(t, http.StatusConflict)
	admin.ask(http.MethodDelete, "/api/users/admin", "", "").wantProblem(t, http.StatusConflict)
	admin.ask(http.MethodDelete, path, "", "").want(t, http.StatusNoContent)
	wang.get("/api/me").wantProblem(t, http.StatusUnauthorized)
	admin.get(path).wantProblem(t, http.StatusNotFound)
}

// Who is admin of 甲 gives roles there, and knows of nobody who has others.
func TestAnAdminOfAnAreaGivesRolesThere(t *testing.T) {
	s := startConsole(t, nil)
	a, b, _ := neighbours(t, s.admin(t))
	at := func(d *subdistrict, role patrol.Role) patrol.Grant {
		return patrol.Grant{Role: role, Area: uuid.MustParse(d.area)}
	}
	chief := s.person(t, "甲的管理员", at(a, patrol.Admin))
	s.person(t, "甲的人", at(a, patrol.Viewer))
	s.person(t, "乙的人", at(b, patrol.Viewer))
	s.person(t, "两边的人", at(a, patrol.Viewer), at(b, patrol.Viewer))

	var listed struct{ Users []userSeen }
	chief.get("/api/users").into(t, &listed)
	if len(listed.Users) != 2 {
		t.Errorf("the admin of one area is shown %+v", listed.Users)
	}
	chief.put("/api/users/"+url.PathEscape("甲的人"), fmt.Sprintf(`{"grants":[{"role":"planner","area":%q}]}`, a.collections["areas"])).want(t, http.StatusOK)
	for _, name := range []string{"乙的人", "两边的人", "admin"} {
		chief.put("/api/users/"+url.PathEscape(name), `{"grants":[]}`).wantProblem(t, http.StatusNotFound)
	}
	for _, grants := range []string{`[]`, `[{"role":"viewer"}]`, fmt.Sprintf(`[{"role":"viewer","area":%q}]`, b.area)} {
		chief.put("/api/users/"+url.PathEscape("甲的人"), `{"grants":`+grants+`}`).wantProblem(t, http.StatusUnprocessableEntity)
	}
}

func TestTakenRolesCloseSockets(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	a, b, _ := neighbours(t, admin)
	for i, c := range []struct {
		body string
		code int
	}{
		{fmt.Sprintf(`{"grants":[{"role":"viewer","area":%q}]}`, b.area), websocket.CloseTryAgainLater},
		{`{"grants":[]}`, websocket.ClosePolicyViolation},
		{fmt.Sprintf(`{"grants":[{"role":"viewer","area":%q}],"disabled":true}`, a.area), websocket.ClosePolicyViolation},
	} {
		name := fmt.Sprintf("viewer %d", i)
		w := s.person(t, name, patrol.Grant{Role: patrol.Viewer, Area: uuid.MustParse(a.area)}).watch(t)
		w.until(`"type":"snapshot"`)
		admin.put("/api/users/"+url.PathEscape(name), c.body).want(t, http.StatusOK)
		if code, after := w.closed(); code != c.code || after > 5*time.Second {
			t.Errorf("%s: closed with %d after %v, want %d within 5 s", c.body, code, after, c.code)
		}
	}
}
