package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"xunfang/api"
	"xunfang/patrol"
)

func TestNothingIsReadableWithoutSigningIn(t *testing.T) {
	s := startConsole(t, nil)
	open := []string{"/", "GET /healthz", "GET /readyz", "GET /api/about", "POST /api/session", "POST /ingest/",
		"POST /api/field-session", "GET /api/field", "PUT /api/field/duty", "GET /api/field/surroundings"}
	for _, door := range api.Doors {
		if door.Open() != slices.Contains(open, door.Pattern) {
			t.Errorf("door %q is open: %v", door.Pattern, door.Open())
		}
		if door.Open() {
			continue
		}
		method, path, _ := strings.Cut(door.Pattern, " ")
		path = strings.NewReplacer("{id}", uuid.NewString(), "{$}", "").Replace(path)
		for _, c := range patrol.Collections {
			path := strings.ReplaceAll(path, "{collection}", c.Name)
			for name, who := range map[string]asker{"nobody": s.nobody(t), "a wrong token": s.bearer(t, strings.Repeat("A", 43))} {
				got := who.ask(method, path, "application/json", "{}")
				if got.status != http.StatusUnauthorized {
					t.Errorf("%s %s answers %s with %d", method, path, name, got.status)
				}
			}
			if !strings.Contains(door.Pattern, "{collection}") {
				break
			}
		}
	}
}

func TestATrackersTokenReadsNothing(t *testing.T) {
	s := startConsole(t, nil)
	_, tracker := s.admin(t).create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	s.bearer(t, tracker.Properties["token"].(string)).get("/ogc/collections").wantProblem(t, http.StatusUnauthorized)
}

// cookie signs in and returns an asker with the session's cookie.
func (s *server) cookie(t testing.TB, password string) asker {
	t.Helper()
	got := s.nobody(t).post("/api/session", `{"user":"admin","password":"`+password+`"}`)
	got.want(t, http.StatusOK)
	set := got.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie is not %s: %s", part, set)
		}
	}
	value, _, _ := strings.Cut(set, ";")
	return asker{t, s.url, func(r *http.Request) { r.Header.Set("Cookie", value) }}
}

func TestSessions(t *testing.T) {
	s := startConsole(t, nil)
	s.nobody(t).post("/api/session", `{"user":"admin","password":"wrong"}`).wantProblem(t, http.StatusUnauthorized)
	s.nobody(t).post("/api/session", `{"user":"nobody","password":"wrong"}`).wantProblem(t, http.StatusUnauthorized)

	browser := s.cookie(t, adminPassword)
	var who struct{ User, Role string }
	browser.get("/api/session").into(t, &who)
	if who.User != "admin" || who.Role != "admin" {
		t.Errorf("signed in as %+v", who)
	}
	browser.ask(http.MethodDelete, "/api/session", "", "").want(t, http.StatusNoContent)
	browser.get("/api/session").wantProblem(t, http.StatusUnauthorized)
}

func TestAPITokens(t *testing.T) {
	s := startConsole(t, nil)
	var made struct{ ID, Name, Token string }
	got := s.admin(t).post("/api/tokens", `{"name":"GIS"}`)
	got.want(t, http.StatusCreated)
	got.into(t, &made)

	program := s.bearer(t, made.Token)
	listed := program.get("/api/tokens")
	listed.want(t, http.StatusOK)
	if !strings.Contains(string(listed.body), made.ID) || strings.Contains(string(listed.body), made.Token) {
		t.Errorf("tokens are listed as %s", listed.body)
	}
	basic := asker{t, s.url, func(r *http.Request) { r.SetBasicAuth("admin", made.Token) }}
	basic.get("/ogc").want(t, http.StatusOK)
	other := asker{t, s.url, func(r *http.Request) { r.SetBasicAuth("wang", made.Token) }}
	other.get("/ogc").wantProblem(t, http.StatusUnauthorized)

	program.ask(http.MethodDelete, "/api/tokens/"+made.ID, "", "").want(t, http.StatusNoContent)
	program.get("/api/tokens").wantProblem(t, http.StatusUnauthorized)
	basic.get("/ogc").wantProblem(t, http.StatusUnauthorized)
}

func TestANewPasswordEndsOtherSessions(t *testing.T) {
	s := startConsole(t, nil)
	here, there := s.cookie(t, adminPassword), s.cookie(t, adminPassword)
	program := s.admin(t)
	program.get("/api/session").want(t, http.StatusOK)

	p := here.ask(http.MethodPut, "/api/password", "application/json", `{"old":"wrong","new":"a longer secret"}`).wantProblem(t, http.StatusUnprocessableEntity)
	if p.Field != "old" {
		t.Errorf("a wrong old password is refused for %q", p.Field)
	}
	here.ask(http.MethodPut, "/api/password", "application/json", `{"old":"`+adminPassword+`","new":"short"}`).wantProblem(t, http.StatusUnprocessableEntity)
	here.ask(http.MethodPut, "/api/password", "application/json", `{"old":"`+adminPassword+`","new":"a longer secret"}`).want(t, http.StatusNoContent)

	here.get("/api/session").want(t, http.StatusOK)
	there.get("/api/session").wantProblem(t, http.StatusUnauthorized)
	program.get("/api/session").wantProblem(t, http.StatusUnauthorized) // though it was remembered
	s.cookie(t, "a longer secret").get("/api/session").want(t, http.StatusOK)
}

func TestSigningInCannotBeTriedForEver(t *testing.T) {
	s := startConsole(t, nil)
	browser := s.cookie(t, adminPassword)
	wrong := asker{t, s.url, func(r *http.Request) { r.SetBasicAuth("admin", "wrong") }}
	var got answer
	for range 20 {
		if got = wrong.get("/ogc"); got.status != http.StatusUnauthorized {
			break
		}
	}
	got.wantProblem(t, http.StatusTooManyRequests)
	if after, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || after < 1 {
		t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	s.nobody(t).post("/api/session", `{"user":"admin","password":"`+adminPassword+`"}`).wantProblem(t, http.StatusTooManyRequests)
	browser.get("/api/session").want(t, http.StatusOK)
}

// A program with the right password may open many connections at once.
func TestManyConnectionsAreOneAttempt(t *testing.T) {
	s := startConsole(t, nil)
	var together sync.WaitGroup
	for range 40 {
		together.Go(func() {
			if got := s.admin(t).get("/api/session"); got.status != http.StatusOK {
				t.Errorf("answered %d: %s", got.status, got.body)
			}
		})
	}
	together.Wait()
}

func TestPagesOfOtherOriginsWriteNothing(t *testing.T) {
	s := startConsole(t, nil)
	browser := s.cookie(t, adminPassword)
	crossing := asker{t, s.url, func(r *http.Request) {
		browser.sign(r)
		r.Header.Set("Origin", "https://elsewhere.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}}
	crossing.post("/ogc/collections/trackers/items", `{"type":"Feature","geometry":null,"properties":{"name":"x","kind":"person"}}`).wantProblem(t, http.StatusForbidden)
	if got := s.admin(t).list("/ogc/collections/trackers/items"); got.NumberMatched != 0 {
		t.Errorf("%d trackers were made from elsewhere", got.NumberMatched)
	}
}

func TestThePagesFiles(t *testing.T) {
	s := startConsole(t, func(cfg *Config) {
		cfg.Web = fstest.MapFS{
			"index.html":         {Data: []byte("<!doctype html><title>巡防</title>")},
			"assets/main-1a2.js": {Data: []byte("export {}" + strings.Repeat(" ", 9999))},
		}
	})
	visitor := s.nobody(t)
	page := visitor.get("/")
	page.want(t, http.StatusOK)
	if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") || page.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the page comes with %v", page.header)
	}
	for _, need := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"} {
		if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, need) || strings.Contains(policy, "unsafe") {
			t.Errorf("the page's policy is %q", policy)
		}
	}
	script := visitor.get("/assets/main-1a2.js")
	script.want(t, http.StatusOK)
	if !strings.Contains(script.header.Get("Cache-Control"), "immutable") || script.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a script comes with %v", script.header)
	}
	if len(script.body) != 9+9999 { // Go's transport asked for gzip, and undid it
		t.Errorf("the script came with %d bytes", len(script.body))
	}
	squeezed := asker{t, s.url, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }}.get("/assets/main-1a2.js")
	if len(squeezed.body) > 200 || squeezed.header.Get("Content-Encoding") != "gzip" {
		t.Errorf("who takes gzip is sent %d bytes with %v", len(squeezed.body), squeezed.header)
	}
	for _, path := range []string{"/nothing", "/assets/", "/index.html/x", "/../go.mod", "/api/nothing"} {
		visitor.get(path).wantProblem(t, http.StatusNotFound)
	}
	got := visitor.post("/api/about", "{}")
	got.wantProblem(t, http.StatusMethodNotAllowed)
	if got.header.Get("Allow") != "GET" {
		t.Errorf("/api/about allows %q", got.header.Get("Allow"))
	}
	got = visitor.get("/ingest/fixes")
	got.wantProblem(t, http.StatusMethodNotAllowed)
	if got.header.Get("Allow") != "POST" {
		t.Errorf("/ingest/fixes allows %q", got.header.Get("Allow"))
	}
}

func TestMetricsNameDoorsAndNoSecrets(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	id, _ := admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	admin.get("/ogc/collections/trackers/items/"+id).want(t, http.StatusOK)
	_, token := newTracker(t, clientOf(t, s), "巡查 02")
	if _, err := clientOf(t, s).SendFixes(t.Context(), token, walk(3)); err != nil {
		t.Fatal(err)
	}
	dial(t, s, "").next("hello")
	got := admin.get("/metrics")
	got.want(t, http.StatusOK)
	for _, want := range []string{
		`xunfang_http_request_seconds_count{door="GET /ogc/collections/{collection}/items/{id}",status="200"} 1`,
		`xunfang_fixes_total{outcome="stored"} 3`,
		"xunfang_fixes_waiting 0",
		"xunfang_viewers 1",
	} {
		if !strings.Contains(string(got.body), want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(string(got.body), id) {
		t.Error("the metrics name an item")
	}
}
