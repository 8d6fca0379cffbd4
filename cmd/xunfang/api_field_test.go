package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"xunfang/patrol"
)

// newKey makes a phone's key as the page does.
func newKey() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// link makes a field link and returns its id and code.
func (a asker) link(t testing.TB, body string) (id, code string) {
	t.Helper()
	var made struct{ ID, URL string }
	a.post("/api/field-links", body).want(t, http.StatusCreated).into(t, &made)
	_, code, ok := strings.Cut(made.URL, "/field#")
	if !ok {
		t.Fatalf("the link's address is %q", made.URL)
	}
	return made.ID, code
}

func session(code, key string) string {
	return `{"code":"` + code + `","key":"` + key + `"}`
}

func TestAFieldLinkMakesOnePhoneItsTracker(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	_, tracker := admin.create("trackers", `null`, `{"name":"巡查 07","kind":"person"}`)
	old := s.bearer(t, tracker.Properties["token"].(string))
	old.get("/api/field").want(t, http.StatusOK)

	id, code := admin.link(t, `{"tracker":"`+tracker.ID+`"}`)
	key := newKey()
	for range 2 { // the second time as if the first answer had been lost
		var who struct{ Tracker struct{ ID, Name string } }
		s.nobody(t).post("/api/field-session", session(code, key)).want(t, http.StatusOK).into(t, &who)
		if who.Tracker.ID != tracker.ID || who.Tracker.Name != "巡查 07" {
			t.Errorf("the phone is told that it is %+v", who)
		}
	}
	s.nobody(t).post("/api/field-session", session(code, newKey())).wantProblem(t, http.StatusGone)
	old.get("/api/field").wantProblem(t, http.StatusUnauthorized) // a tracker has one phone

	phone := s.bearer(t, key)
	now := patrol.FormatMs(time.Now().UnixMilli())
	phone.post("/ingest/fixes", `{"fixes":[{"t":"`+now+`","lon":113.6,"lat":34.7}]}`).want(t, http.StatusOK)
	phone.get("/ogc/collections").wantProblem(t, http.StatusUnauthorized)

	admin.ask(http.MethodDelete, "/api/field-links/"+id, "", "").want(t, http.StatusNoContent)
	phone.get("/api/field").wantProblem(t, http.StatusUnauthorized)
	s.nobody(t).post("/api/field-session", session(code, key)).wantProblem(t, http.StatusGone)
	var links []struct{ State, URL string }
	admin.get("/api/field-links?tracker="+tracker.ID).want(t, http.StatusOK).into(t, &links)
	if len(links) != 1 || links[0].State != "revoked" || links[0].URL != "" {
		t.Errorf("the links are listed as %+v", links)
	}
}

func TestFieldLinksThatOpenNothing(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	_, tracker := admin.create("trackers", `null`, `{"name":"A","kind":"person"}`)
	of := `{"tracker":"` + tracker.ID + `"`
	admin.post("/api/field-links", of+`,"expires_s":59}`).wantProblem(t, http.StatusUnprocessableEntity)
	admin.post("/api/field-links", of+`,"expires_s":9223372036854775807}`).wantProblem(t, http.StatusUnprocessableEntity)
	admin.post("/api/field-links", of+`,"expires_s":-1}`).wantProblem(t, http.StatusUnprocessableEntity)
	admin.post("/api/field-links", `{"tracker":"01939f5e-7c00-7000-8000-000000000000"}`).wantProblem(t, http.StatusNotFound)

	nobody := s.nobody(t)
	nobody.post("/api/field-session", session(newKey(), newKey())).wantProblem(t, http.StatusGone)
	_, code := admin.link(t, of+`}`)
	nobody.post("/api/field-session", session(code, "short")).wantProblem(t, http.StatusUnprocessableEntity)
	admin.ask(http.MethodDelete, "/ogc/collections/trackers/items/"+tracker.ID, "", "").want(t, http.StatusNoContent)
	nobody.post("/api/field-session", session(code, newKey())).wantProblem(t, http.StatusGone)
}

func TestDutyIsToldByThePhoneAlsoLate(t *testing.T) {
	s := startConsole(t, nil)
	_, tracker := s.admin(t).create("trackers", `null`, `{"name":"A","kind":"person"}`)
	phone := s.bearer(t, tracker.Properties["token"].(string))
	since := func() string {
		var who struct {
			OnDutySince string `json:"on_duty_since"`
		}
		phone.get("/api/field").want(t, http.StatusOK).into(t, &who)
		return who.OnDutySince
	}
	tell := func(at time.Time, on string) answer {
		return phone.ask(http.MethodPut, "/api/field/duty", "application/json", `{"t":"`+patrol.FormatMs(at.UnixMilli())+`","on":`+on+`}`)
	}
	now := time.Now().Truncate(time.Millisecond)
	if got := since(); got != "" {
		t.Errorf("on duty since %q before anything was told", got)
	}
	tell(now.Add(-time.Minute), "true").want(t, http.StatusNoContent)
	tell(now.Add(-time.Minute), "true").want(t, http.StatusNoContent)
	tell(now.Add(-time.Hour), "false").want(t, http.StatusNoContent) // offline until now
	if got, want := since(), patrol.FormatMs(now.Add(-time.Minute).UnixMilli()); got != want {
		t.Errorf("on duty since %q, want %q", got, want)
	}
	tell(now, "false").want(t, http.StatusNoContent)
	if got := since(); got != "" {
		t.Errorf("on duty since %q after its end", got)
	}
	tell(now.Add(time.Hour), "true").wantProblem(t, http.StatusUnprocessableEntity)
	tell(now, "null").wantProblem(t, http.StatusUnprocessableEntity)
	s.admin(t).get("/api/field").wantProblem(t, http.StatusUnauthorized)
}

func TestSurroundingsAreThoseOfTheLastFix(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	now := time.Now()
	order := `"level":"sealed","order_no":"第 1 号","valid_from":"` + patrol.FormatMs(now.Add(-time.Hour).UnixMilli()) + `"`
	near := `{"type":"Polygon","coordinates":[[[113.601,34.701],[113.602,34.701],[113.602,34.702],[113.601,34.701]]]}`
	far := `{"type":"Polygon","coordinates":[[[113.701,34.701],[113.702,34.701],[113.702,34.702],[113.701,34.701]]]}`
	until := `,"valid_to":"` + patrol.FormatMs(now.Add(time.Hour).UnixMilli()) + `"`
	admin.create("zones", near, `{"name":"near",`+order+until+`}`)
	admin.create("zones", near, `{"name":"draft","level":"sealed"}`)
	admin.create("zones", far, `{"name":"far",`+order+until+`}`)
	admin.create("checkpoints", `{"type":"Point","coordinates":[113.6,34.7]}`, `{"name":"post","radius_m":20}`)
	_, tracker := admin.create("trackers", `null`, `{"name":"A","kind":"person"}`)
	phone := s.bearer(t, tracker.Properties["token"].(string))
	around := func() (names []string) {
		var got struct {
			Collections map[string][]struct {
				Properties struct{ Name string }
			}
		}
		body := phone.get("/api/field/surroundings").want(t, http.StatusOK).body
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		for _, collection := range []string{"zones", "checkpoints", "trackers"} {
			for _, f := range got.Collections[collection] {
				names = append(names, f.Properties.Name)
			}
		}
		return names
	}
	if got := around(); len(got) != 0 {
		t.Errorf("before the first fix there is %v around", got)
	}
	phone.post("/ingest/fixes", `{"fixes":[{"t":"`+patrol.FormatMs(now.UnixMilli())+`","lon":113.6,"lat":34.7}]}`).want(t, http.StatusOK)
	if got := strings.Join(around(), " "); got != "near post" {
		t.Errorf("around is %q, want near post", got)
	}
}
