package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"xunfang/client"
)

const eastOfKilometre = `{"type":"Polygon","coordinates":[[[113.61,34.70],[113.64,34.70],[113.64,34.71],[113.61,34.71],[113.61,34.70]]]}`

// write asks with a body and, unless it is empty, an If-Match.
func (a asker) write(method, path, ifMatch, body string) answer {
	a.t.Helper()
	sign := a.sign
	a.sign = func(r *http.Request) {
		sign(r)
		if ifMatch != "" {
			r.Header.Set("If-Match", ifMatch)
		}
	}
	mediaType := "application/geo+json"
	if method == http.MethodPatch {
		mediaType = "application/merge-patch+json"
	}
	return a.ask(method, path, mediaType, body)
}

func item(collection, id string) string { return "/ogc/collections/" + collection + "/items/" + id }

// read returns a feature as it is served, and its ETag.
func (a asker) read(collection, id string) (f feature, etag string) {
	a.t.Helper()
	got := a.get(item(collection, id))
	got.want(a.t, http.StatusOK)
	got.into(a.t, &f)
	return f, got.header.Get("ETag")
}

func TestWhatIsReadCanBeWrittenBack(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	for _, c := range []struct{ collection, geometry, properties string }{
		{"areas", kilometre, `{"name":"一小区","kind":"compound","parent":"` + area + `"}`},
		{"checkpoints", gate, `{"name":"北门","radius_m":25}`},
		{"zones", kilometre, `{"name":"3 号楼","level":"sealed"}`},
		{"watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/` + area + `","revisit_s":600}`},
		{"trackers", `null`, `{"name":"巡查 01","kind":"person"}`},
		{"streets", street, `{"name":"花园路","kind":"road"}`},
	} {
		t.Run(c.collection, func(t *testing.T) {
			admin.t = t
			id, _ := admin.create(c.collection, c.geometry, c.properties)
			at := item(c.collection, id)
			served := admin.get(at)
			first := served.header.Get("ETag")

			put := admin.write(http.MethodPut, at, first, strings.Replace(string(served.body), `"name":"`, `"name":"新`, 1))
			put.want(t, http.StatusOK)
			second := put.header.Get("ETag")
			if f, etag := admin.read(c.collection, id); !strings.HasPrefix(f.Properties["name"].(string), "新") || etag != second || second == first {
				t.Errorf("replaced, it is served as %v with %s; the answer said %s, before it was %s", f.Properties, etag, second, first)
			}
			admin.write(http.MethodPut, at, first, string(served.body)).wantProblem(t, http.StatusPreconditionFailed)
			admin.write(http.MethodPatch, at, first, `{"properties":{"name":"a"}}`).wantProblem(t, http.StatusPreconditionFailed)
			admin.write(http.MethodDelete, at, first, "").wantProblem(t, http.StatusPreconditionFailed)

			admin.write(http.MethodPatch, at, second, `{"properties":{"name":"改"}}`).want(t, http.StatusOK)
			if f, _ := admin.read(c.collection, id); f.Properties["name"] != "改" || f.Properties["kind"] != put.feature(t).Properties["kind"] {
				t.Errorf("patched, it is served as %v", f.Properties)
			}
			admin.write(http.MethodPatch, at, `"3"`, `{"properties":{"kind":7,"level":7,"radius_m":"7"}}`).wantProblem(t, http.StatusUnprocessableEntity)
			admin.write(http.MethodDelete, at, "", "").want(t, http.StatusNoContent)
			admin.get(at).wantProblem(t, http.StatusNotFound)
			admin.write(http.MethodPut, at, "", string(served.body)).wantProblem(t, http.StatusNotFound)
		})
	}
}

func (a answer) feature(t testing.TB) (f feature) {
	t.Helper()
	a.into(t, &f)
	return f
}

func TestWritesThatAreRefused(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	district, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	compound, _ := admin.create("areas", kilometre, `{"name":"一小区","kind":"compound","parent":"`+district+`"}`)
	watch, _ := admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+compound+`","revisit_s":600}`)
	tracker, _ := admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	name := `{"properties":{"name":"x"}}`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"an area with areas in it", "DELETE", item("areas", district), "", 409},
		{"an area with a watch over it", "DELETE", item("areas", compound), "", 409},
		{"an area that would lie in itself", "PATCH", item("areas", district), `{"properties":{"parent":"` + compound + `"}}`, 422},
		{"a parent that does not exist", "PATCH", item("areas", district), `{"properties":{"parent":"` + uuid.NewString() + `"}}`, 422},
		{"another kind of tracker", "PATCH", item("trackers", tracker), `{"properties":{"kind":"drone"}}`, 422},
		{"a required property taken away", "PATCH", item("areas", district), `{"properties":{"name":null}}`, 422},
		{"a property that does not exist", "PATCH", item("areas", district), `{"properties":{"colour":"red"}}`, 422},
		{"a shape that crosses itself", "PATCH", item("areas", district), `{"geometry":{"coordinates":[[[113.60,34.70],[113.61,34.71],[113.61,34.70],[113.60,34.71],[113.60,34.70]]]}}`, 422},
		{"ground that no watch can be kept on", "PATCH", item("areas", compound), `{"geometry":{"coordinates":[[[0,0],[179,0],[179,89],[0,89],[0,0]]]}}`, 422},
		{"a name given twice", "PATCH", item("areas", district), `{"properties":{"name":"a","name":"b"}}`, 422},
		{"no JSON", "PATCH", item("areas", district), `{`, 422},
		{"what the server makes", "DELETE", item("gaps", uuid.NewString()), "", 405},
		{"nothing by that name", "PATCH", item("areas", uuid.NewString()), name, 404},
		{"no such id", "PATCH", item("areas", "x"), name, 404},
		{"a parameter that is not known", "DELETE", item("watches", watch) + "?at=2026-11-22T08:00:00Z", "", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			admin.t = t
			admin.write(c.method, c.path, "", c.body).wantProblem(t, c.status)
		})
	}
	admin.t = t
	admin.ask("PATCH", item("areas", district), "application/json", name).wantProblem(t, http.StatusUnsupportedMediaType)
	for _, path := range []string{item("watches", watch), item("areas", compound), item("areas", district)} {
		admin.write("DELETE", path, "*", "").want(t, http.StatusNoContent)
	}
}

// A watch has the shape of its subject, whatever that becomes: on its page, for its
// Keeper, and as of then.
func TestAWatchFollowsItsSubject(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	watch, _ := admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+area+`","revisit_s":600}`)
	type coverage struct {
		At           string  `json:"at"`
		SubjectM2    float64 `json:"subject_m2"`
		RasterSHA256 string  `json:"raster_sha256"`
	}
	ask := func(query string) (c coverage) {
		got := admin.get("/api/watches/" + watch + "/coverage" + query)
		got.want(t, http.StatusOK)
		got.into(t, &c)
		return c
	}
	before := ask("")
	viewer := tail(t, clientOf(t, s))

	// The version of a second is the last one that was written in it.
	for time.Now().UTC().Format(time.RFC3339) == before.At[:19]+"Z" {
		ask("")
	}
	admin.write("PATCH", item("areas", area), "", `{"geometry":`+eastOfKilometre+`}`).want(t, http.StatusOK)
	viewer.until(t, "the watch's new shape", func(line any) bool {
		f, ok := line.(client.FeatureLine)
		return ok && f.Collection == "watches" && f.Event == "replaced" && f.ID.String() == watch && strings.Contains(string(f.Feature), "113.64")
	})
	if f, _ := admin.read("watches", watch); !sameJSON(t, eastOfKilometre, string(f.Geometry)) {
		t.Errorf("the watch is served at %s", f.Geometry)
	}
	if got := admin.list("/ogc/collections/watches/items?bbox=113.63,34.70,113.64,34.71"); got.NumberMatched != 1 {
		t.Errorf("where its subject is now %d watches are found", got.NumberMatched)
	}
	after := ask("")
	if after.SubjectM2 < 2.9*before.SubjectM2 {
		t.Errorf("three times the ground has %.0f m², before it was %.0f", after.SubjectM2, before.SubjectM2)
	}
	for _, live := range []coverage{before, after} {
		if then := ask("?at=" + live.At); then != live {
			t.Errorf("live it was %v, as of then it is %v", live, then)
		}
	}
	admin.write("DELETE", item("watches", watch), "", "").want(t, http.StatusNoContent)
	admin.get("/api/watches/"+watch+"/coverage").wantProblem(t, http.StatusNotFound)
}

func TestDeletedThingsLeaveThePicture(t *testing.T) {
	s := startConsole(t, nil)
	admin, c := s.admin(t), clientOf(t, s)
	id, token := newTracker(t, c, "巡查 01")
	fixes := walk(1)
	if _, err := c.SendFixes(t.Context(), token, fixes); err != nil {
		t.Fatal(err)
	}
	viewer := tail(t, c)
	viewer.until(t, "the last position", at(id, fixes[0].TMs))
	gone := func(collection, id string) func(any) bool {
		return func(line any) bool {
			f, ok := line.(client.FeatureLine)
			return ok && f.Collection == collection && f.Event == "deleted" && f.ID.String() == id
		}
	}
	gate, _ := admin.create("checkpoints", gate, `{"name":"北门","radius_m":25}`)
	admin.write("DELETE", item("checkpoints", gate), "", "").want(t, http.StatusNoContent)
	viewer.until(t, "the checkpoint go", gone("checkpoints", gate))
	admin.write("DELETE", item("trackers", id.String()), "", "").want(t, http.StatusNoContent)
	viewer.until(t, "the tracker go", gone("trackers", id.String()))
	snapshot := dial(t, s, "")
	snapshot.next("hello")
	if kind, text, err := snapshot.ReadMessage(); err != nil || strings.Contains(string(text), id.String()) {
		t.Errorf("the snapshot (%d) still has the tracker: %s, %v", kind, text, err)
	}
}

func TestATrackersTokenEnds(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	fixes := `{"fixes":[]}`
	id, tracker := admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	token := func(a answer) string {
		var made struct{ Token string }
		a.want(t, http.StatusCreated)
		a.into(t, &made)
		return made.Token
	}
	ends := func(token string) {
		t.Helper()
		start := time.Now()
		for s.bearer(t, token).post("/ingest/fixes", fixes).status != http.StatusUnauthorized {
			if time.Since(start) > 5*time.Second {
				t.Fatal("the token still opens after 5 s")
			}
		}
	}
	first := tracker.Properties["token"].(string)
	s.bearer(t, first).post("/ingest/fixes", fixes).want(t, http.StatusOK)
	second := token(admin.post("/api/trackers/"+id+"/token", ""))
	s.bearer(t, second).post("/ingest/fixes", fixes).want(t, http.StatusOK)
	ends(first)
	admin.ask("DELETE", "/api/trackers/"+id+"/token", "", "").want(t, http.StatusNoContent)
	ends(second)
	third := token(admin.post("/api/trackers/"+id+"/token", ""))
	s.bearer(t, third).post("/ingest/fixes", fixes).want(t, http.StatusOK)
	admin.write("DELETE", item("trackers", id), "", "").want(t, http.StatusNoContent)
	ends(third)
	admin.post("/api/trackers/"+id+"/token", "").wantProblem(t, http.StatusNotFound)
	admin.post("/api/trackers/"+uuid.NewString()+"/token", "").wantProblem(t, http.StatusNotFound)
}

// Of two who read the same, one writes; the other is told.
func TestOneOfTwoWritersIsTold(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	id, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	statuses := make(chan int)
	for range 20 {
		_, etag := admin.read("areas", id)
		for _, name := range []string{"甲", "乙"} {
			go func() {
				statuses <- admin.write("PATCH", item("areas", id), etag, `{"properties":{"name":"`+name+`"}}`).status
			}()
		}
		if a, b := <-statuses, <-statuses; min(a, b) != http.StatusOK || max(a, b) != http.StatusPreconditionFailed {
			t.Fatalf("two writers were answered %d and %d", a, b)
		}
	}
}

func TestWhatADeletedTrackerSawStaysSeen(t *testing.T) {
	s := startConsole(t, nil)
	admin, c := s.admin(t), clientOf(t, s)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	watch, _ := admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+area+`","revisit_s":3600}`)
	id, token := newTracker(t, c, "巡查 01")
	seenAt := time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)
	s.bearer(t, token).post("/ingest/fixes", `{"fixes":[{"t":"`+seenAt+`","lon":113.605,"lat":34.705,"accuracy_m":5}]}`).want(t, http.StatusOK)
	share := func(query string) (c struct{ Share float64 }) {
		admin.get("/api/watches/"+watch+"/coverage"+query).into(t, &c)
		return c
	}
	before := share("")
	admin.write("DELETE", item("trackers", id.String()), "", "").want(t, http.StatusNoContent)
	if after, then := share(""), share("?at="+time.Now().UTC().Format(time.RFC3339)); before.Share == 0 || after != before || then != before {
		t.Errorf("the share was %v; without the tracker it is %v live, %v from the store", before, after, then)
	}
}
