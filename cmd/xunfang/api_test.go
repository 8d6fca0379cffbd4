package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// oneShot leaves no connection open behind it.
var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// asker asks one console over HTTP as one person or program.
type asker struct {
	t    testing.TB
	url  string
	sign func(*http.Request)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// admin asks by HTTP Basic.
func (s *server) admin(t testing.TB) asker {
	return asker{t, s.url, func(r *http.Request) { r.SetBasicAuth("admin", adminPassword) }}
}

// nobody asks without credentials.
func (s *server) nobody(t testing.TB) asker {
	return asker{t, s.url, func(*http.Request) {}}
}

// bearer asks with a token.
func (s *server) bearer(t testing.TB, token string) asker {
	return asker{t, s.url, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }}
}

func (a asker) get(path string) answer { return a.ask(http.MethodGet, path, "", "") }

func (a asker) post(path, body string) answer {
	return a.ask(http.MethodPost, path, "application/json", body)
}

// ask sends a request to a path, or to a whole URL as links give it.
func (a asker) ask(method, path, mediaType, body string) answer {
	a.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = a.url + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	a.sign(r)
	return a.send(r)
}

func (a asker) send(r *http.Request) answer {
	a.t.Helper()
	got, err := oneShot.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, body}
}

// create posts a feature and returns its id and what was answered.
func (a asker) create(collection, geometry, properties string) (id string, created feature) {
	a.t.Helper()
	got := a.post("/ogc/collections/"+collection+"/items", `{"type":"Feature","geometry":`+geometry+`,"properties":`+properties+`}`)
	got.want(a.t, http.StatusCreated)
	got.into(a.t, &created)
	if _, err := uuid.Parse(created.ID); err != nil {
		a.t.Fatalf("created %s with id %q", collection, created.ID)
	}
	return created.ID, created
}

// want checks a's status and returns a.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// wantProblem checks that a is a refusal in the one form that all have, and returns it.
func (a answer) wantProblem(t testing.TB, status int) (p problem) {
	t.Helper()
	a.want(t, status)
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("a refusal of type %q: %s", kind, a.body)
	}
	a.into(t, &p)
	if p.Status != status || !strings.HasSuffix(p.Detail, ".") {
		t.Errorf("the problem says %d with %q", p.Status, p.Detail)
	}
	return p
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("decode %s: %v", bytes.TrimSpace(a.body), err)
	}
}

type problem struct {
	Status int
	Detail string
	Field  string
	At     []float64
}

type feature struct {
	ID         string
	Geometry   json.RawMessage
	Properties map[string]any
}

type featureList struct {
	NumberMatched, NumberReturned int
	Links                         []struct{ Href, Rel string }
	Features                      []feature
}

// link returns the address that rel leads to, "" when it leads nowhere.
func (l featureList) link(rel string) string {
	for _, link := range l.Links {
		if link.Rel == rel {
			return link.Href
		}
	}
	return ""
}

// list gets one page of items.
func (a asker) list(path string) (l featureList) {
	a.t.Helper()
	got := a.get(path)
	got.want(a.t, http.StatusOK)
	got.into(a.t, &l)
	if l.NumberReturned != len(l.Features) {
		a.t.Errorf("%s says that it returns %d of %d features", path, l.NumberReturned, len(l.Features))
	}
	return l
}
