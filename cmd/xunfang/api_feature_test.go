package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/api"
	"xunfang/patrol"
)

const (
	kilometre = `{"type":"Polygon","coordinates":[[[113.60,34.70],[113.61,34.70],[113.61,34.71],[113.60,34.71],[113.60,34.70]]]}`
	gate      = `{"type":"Point","coordinates":[113.6,34.7]}`
	street    = `{"type":"LineString","coordinates":[[113.6,34.7],[113.61,34.7]]}`
)

func TestFeaturesComeBackAsTheyWerePosted(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	for _, c := range []struct{ collection, geometry, properties, place string }{
		{"areas", kilometre, `{"name":"一小区","kind":"compound","parent":"` + area + `"}`, kilometre},
		{"checkpoints", gate, `{"name":"北门","radius_m":25,"min_staff":2}`, gate},
		{"zones", kilometre, `{"name":"3 号楼","level":"sealed","units":["1 单元","2 单元"]}`, kilometre},
		{"watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/` + area + `","revisit_s":600}`, kilometre},
		{"trackers", `null`, `{"name":"巡查 01","kind":"person"}`, `null`},
		{"streets", street, `{"name":"花园路","kind":"road"}`, street},
	} {
		t.Run(c.collection, func(t *testing.T) {
			admin := s.admin(t)
			got := admin.ask(http.MethodPost, "/ogc/collections/"+c.collection+"/items", "application/geo+json",
				`{"type":"Feature","geometry":`+c.geometry+`,"properties":`+c.properties+`}`)
			got.want(t, http.StatusCreated)
			var created, read feature
			got.into(t, &created)
			location := got.header.Get("Location")
			if want := s.url + "/ogc/collections/" + c.collection + "/items/" + created.ID; location != want {
				t.Errorf("Location is %q, want %q", location, want)
			}

			item := admin.get(location)
			item.want(t, http.StatusOK)
			if kind := item.header.Get("Content-Type"); kind != "application/geo+json" {
				t.Errorf("an item is of type %q", kind)
			}
			item.into(t, &read)
			if read.ID != created.ID || !sameJSON(t, c.place, string(read.Geometry)) {
				t.Errorf("posted %s, read %s of %s", c.place, read.Geometry, read.ID)
			}
			var posted map[string]any
			if err := json.Unmarshal([]byte(c.properties), &posted); err != nil {
				t.Fatal(err)
			}
			for name, value := range posted {
				if diff := cmp.Diff(value, read.Properties[name]); diff != "" {
					t.Errorf("property %s (-posted +read):\n%s", name, diff)
				}
			}
			if token, shown := read.Properties["token"]; shown {
				t.Errorf("the token %v is shown again", token)
			}

			seen := asker{t, s.url, func(r *http.Request) {
				admin.sign(r)
				r.Header.Set("If-None-Match", item.header.Get("ETag"))
			}}
			seen.get(location).want(t, http.StatusNotModified)
			admin.get(s.url+"/ogc/collections/"+c.collection+"/items/"+uuid.NewString()).wantProblem(t, http.StatusNotFound)
		})
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var va, vb any
	if err := json.Unmarshal([]byte(a), &va); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &vb); err != nil {
		t.Fatal(err)
	}
	return cmp.Equal(va, vb)
}

func TestWhatAFeatureRefersToMustExist(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	nowhere := uuid.NewString()
	for field, got := range map[string]answer{
		"parent":  admin.post("/ogc/collections/areas/items", `{"type":"Feature","geometry":`+kilometre+`,"properties":{"name":"a","kind":"grid","parent":"`+nowhere+`"}}`),
		"subject": admin.post("/ogc/collections/watches/items", `{"type":"Feature","geometry":null,"properties":{"name":"w","kind":"ground","revisit_s":600,"subject":"areas/`+nowhere+`"}}`),
	} {
		if p := got.wantProblem(t, http.StatusUnprocessableEntity); p.Field != field {
			t.Errorf("refused for %q, want %q: %s", p.Field, field, p.Detail)
		}
	}
}

// The ground of a watch is cut into cells: half the world would take all memory there is.
func TestAWatchOfHalfTheWorldIsRefused(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", ring(`[0,0],[179,0],[179,89],[0,89],[0,0]`), `{"name":"东半球","kind":"district"}`)
	p := admin.post("/ogc/collections/watches/items", `{"type":"Feature","geometry":null,"properties":{"name":"w","kind":"ground","revisit_s":600,"subject":"areas/`+area+`"}}`).
		wantProblem(t, http.StatusUnprocessableEntity)
	if p.Field != "subject" || len(p.At) != 2 {
		t.Errorf("refused for %q at %v: %s", p.Field, p.At, p.Detail)
	}
}

// Twenty-five gates stand in a row, a hundredth of a degree apart.
func rowOfGates(admin asker) {
	for i := range 25 {
		admin.create("checkpoints", fmt.Sprintf(`{"type":"Point","coordinates":[%.2f,34.7]}`, 113+float64(i)/100), fmt.Sprintf(`{"name":"卡点 %02d","radius_m":20}`, i))
	}
}

func TestPagesLeadToEveryItemOnce(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	rowOfGates(admin)
	seen := map[string]bool{}
	pages := 0
	for next := "/ogc/collections/checkpoints/items?limit=10"; next != ""; pages++ {
		page := admin.list(next)
		if page.NumberMatched != 25 {
			t.Errorf("page %d says that %d match", pages+1, page.NumberMatched)
		}
		for _, f := range page.Features {
			if seen[f.ID] {
				t.Errorf("%s comes twice", f.ID)
			}
			seen[f.ID] = true
		}
		if next = page.link("next"); next != "" && !strings.HasPrefix(next, s.url) {
			t.Fatalf("next leads to %q, which is not absolute", next)
		}
	}
	if len(seen) != 25 || pages != 3 {
		t.Errorf("%d pages led to %d items", pages, len(seen))
	}
}

func TestBoxesAndFiltersSelect(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	rowOfGates(admin)
	for query, want := range map[string]int{
		"":                                 25,
		"bbox=113,34,113.045,35":           5,
		"bbox=113,34,0,113.045,35,100":     5,
		"bbox=0,0,1,1":                     0,
		"name=" + url.QueryEscape("卡点 07"): 1,
		"name=nobody":                      0,
		"bbox=113,34,113.045,35&name=" + url.QueryEscape("卡点 07"): 0,
		"datetime=2026-11-22T08:00:00Z":                           25, // a checkpoint has no time
	} {
		if got := admin.list("/ogc/collections/checkpoints/items?" + query); got.NumberMatched != want || len(got.Features) != want {
			t.Errorf("%q selects %d and returns %d, want %d", query, got.NumberMatched, len(got.Features), want)
		}
	}
	for _, query := range []string{"colour=red", "radius_m=20", "limit=-1", "bbox=1,2", "cursor=x", "datetime=now"} {
		admin.get("/ogc/collections/checkpoints/items?"+query).wantProblem(t, http.StatusBadRequest)
	}
}

func TestDatetimeSelectsZonesInForce(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	admin.create("zones", kilometre, `{"name":"草拟","level":"sealed"}`)
	_, zone := admin.create("zones", kilometre, `{"name":"封控","level":"sealed","order_no":"1号","valid_from":"2022-11-01T00:00:00Z","valid_to":"2022-11-08T00:00:00Z"}`)
	if zone.Properties["state"] != patrol.ZoneEnded || zone.Properties["version"] != 1.0 {
		t.Errorf("the zone is served as %v", zone.Properties)
	}
	for datetime, want := range map[string]int{
		"2022-10-31T23:59:59Z":                      0,
		"2022-11-01T00:00:00Z":                      1,
		"2022-11-08T00:00:00Z":                      0,
		"../2022-11-01T00:00:00Z":                   1,
		"2022-11-07T00:00:00Z/2023-01-01T00:00:00Z": 1,
	} {
		if got := admin.list("/ogc/collections/zones/items?datetime=" + datetime); got.NumberMatched != want {
			t.Errorf("%s selects %d, want %d", datetime, got.NumberMatched, want)
		}
	}
}

func TestDatetimeSelectsGapsThatWereOpen(t *testing.T) {
	s := startConsole(t, nil)
	watch := uuid.New()
	leases, err := s.store.Lease(t.Context(), "test", []uuid.UUID{watch})
	if err != nil {
		t.Fatal(err)
	}
	opened := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	area := orb.MultiPolygon{orb.Bound{Min: orb.Point{113.60, 34.70}, Max: orb.Point{113.61, 34.71}}.ToPolygon()}
	gap := func(state patrol.GapState, closedMs int64) patrol.GapChange {
		return patrol.GapChange{Event: "opened", Gap: patrol.Gap{
			ID: uuid.Must(uuid.NewV7()), Watch: watch, State: state, Severity: patrol.Severity{Score: 3, Level: patrol.Low}, OpenedMs: opened.UnixMilli(), ClosedMs: closedMs,
			PureGap: patrol.PureGap{Kind: patrol.Ground, Shape: area, Label: orb.Point{113.605, 34.705}, Why: patrol.Why{Cause: patrol.Never}},
		}}
	}
	if _, _, err := s.store.WriteGaps(t.Context(), leases[0], []patrol.GapChange{gap("open", 0), gap("closed", opened.Add(time.Hour).UnixMilli())}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		"":                                        1,
		"?state=closed":                           1,
		"?datetime=2026-10-31T23:59:59Z":          0,
		"?datetime=2026-11-01T00:00:00Z":          2,
		"?datetime=2026-11-01T01:00:00Z":          1,
		"?datetime=../2026-10-31T00:00:00Z":       0,
		"?datetime=2026-11-01T00:30:00Z/..":       2,
		"?datetime=2026-11-02T00:00:00Z/..":       1,
		"?datetime=../..":                         2,
		"?datetime=../..&state=open":              1,
		"?datetime=../..&bbox=0,0,1,1":            0,
		"?datetime=../..&watch=" + watch.String(): 2,
	} {
		if got := s.admin(t).list("/ogc/collections/gaps/items" + query); got.NumberMatched != want || len(got.Features) != want {
			t.Errorf("%q selects %d and returns %d, want %d", query, got.NumberMatched, len(got.Features), want)
		}
	}
}

func TestAWatchIsFoundByItsSubject(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+strings.ToUpper(area)+`","revisit_s":600}`)
	if got := admin.list("/ogc/collections/watches/items?subject=areas/" + area); got.NumberMatched != 1 {
		t.Errorf("%d watches have that subject, want 1", got.NumberMatched)
	}
}

func TestATrackersEvidence(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	id, tracker := admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	token := tracker.Properties["token"].(string)

	start := time.Now().UTC().Truncate(time.Second).Add(-time.Hour)
	var fixes []string
	for i := range 25 {
		at := start.Add(time.Duration(i) * 10 * time.Second).Format(time.RFC3339)
		fixes = append(fixes, fmt.Sprintf(`{"t":%q,"lon":%.4f,"lat":34.7,"accuracy_m":5,"battery":0.5}`, at, 113.6+float64(i)/10000))
	}
	s.bearer(t, token).post("/ingest/fixes", `{"fixes":[`+strings.Join(fixes, ",")+`]}`).want(t, http.StatusOK)

	during := "tracker=" + id + "&datetime=" + start.Format(time.RFC3339) + "/" + start.Add(time.Hour).Format(time.RFC3339)
	count := 0
	for next := "/ogc/collections/fixes/items?limit=10&" + during; next != ""; {
		page := admin.list(next)
		if page.NumberMatched != 25 {
			t.Errorf("%d fixes match", page.NumberMatched)
		}
		count += len(page.Features)
		next = page.link("next")
	}
	if count != 25 {
		t.Errorf("%d fixes came, want 25", count)
	}
	one := admin.list("/ogc/collections/fixes/items?limit=1&" + during).Features[0]
	admin.get("/ogc/collections/fixes/items/"+one.ID).want(t, http.StatusOK)

	tracks := admin.list("/ogc/collections/tracks/items?" + during).Features
	if len(tracks) != 1 {
		t.Fatalf("%d tracks", len(tracks))
	}
	var legs struct {
		Type        string
		Coordinates [][][]float64
	}
	if err := json.Unmarshal(tracks[0].Geometry, &legs); err != nil || legs.Type != "MultiLineString" || len(legs.Coordinates) != 1 || len(legs.Coordinates[0]) != 25 {
		t.Errorf("the track is %s, %v", tracks[0].Geometry, err)
	}
	admin.get("/ogc/collections/tracks/items/"+tracks[0].ID).want(t, http.StatusOK)

	for _, none := range []string{"fixes/items/" + id, "fixes/items/" + id + "_1", "fixes/items/" + id + "_-253370764800000",
		"tracks/items/" + id + "_-253370764800000_-253370764799000", "tracks/items/" + id + "_2_1", "trackers/items/urn:uuid:" + id} {
		admin.get("/ogc/collections/"+none).wantProblem(t, http.StatusNotFound)
	}
	for collection, want := range map[string]int{"fixes": 25, "tracks": 1} {
		items, err := clientOf(t, s).Items(t.Context(), collection, url.Values{"tracker": {id}, "limit": {"10"},
			"datetime": {start.Format(time.RFC3339) + "/" + start.Add(time.Hour).Format(time.RFC3339)}})
		if err != nil || len(items) != want {
			t.Fatalf("the client lists %d %s (%v), want %d", len(items), collection, err, want)
		}
		if item, err := clientOf(t, s).Item(t.Context(), collection, items[0].ID); err != nil || item.ID != items[0].ID {
			t.Errorf("the client reads %s %q as %q (%v)", collection, items[0].ID, item.ID, err)
		}
	}

	var now feature
	admin.get("/ogc/collections/trackers/items/"+id).into(t, &now)
	if last := start.Add(240 * time.Second); now.Properties["seen_at"] != patrol.FormatMs(last.UnixMilli()) || now.Properties["battery"] != 0.5 {
		t.Errorf("the tracker is served with %v", now.Properties)
	}
	if !sameJSON(t, `{"type":"Point","coordinates":[113.6024,34.7]}`, string(now.Geometry)) {
		t.Errorf("the tracker is served at %s", now.Geometry)
	}
	for query, want := range map[string]int{"bbox=113.6,34.6,113.7,34.8": 1, "bbox=113.6,34.6,113.602,34.8": 0, "datetime=" + start.Format(time.RFC3339): 0} {
		if got := admin.list("/ogc/collections/trackers/items?" + query); got.NumberMatched != want {
			t.Errorf("%s selects %d trackers, want %d", query, got.NumberMatched, want)
		}
	}
	for _, query := range []string{"tracker=" + id, "datetime=" + start.Format(time.RFC3339), "tracker=" + id + "&datetime=2026-01-01T00:00:00Z/..", "tracker=" + id + "&datetime=2026-01-01T00:00:00Z/2026-03-01T00:00:00Z"} {
		admin.get("/ogc/collections/fixes/items?"+query).wantProblem(t, http.StatusBadRequest)
	}
}

func TestCoverageSaysAllThatItPromises(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	watch, _ := admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+area+`","revisit_s":600}`)
	at := time.Now().UTC().Format(time.RFC3339)
	got := admin.get("/api/watches/" + watch + "/coverage?at=" + at)
	got.want(t, http.StatusOK)
	var c map[string]any
	got.into(t, &c)
	for _, name := range []string{"watch", "version", "kind", "at", "share", "subject_m2", "covered_m2", "never_m2", "worst_idle_s", "mean_idle_s",
		"next_stale_at", "cell_m", "longest_leg_m", "unknown_accuracy_share", "gaps", "seq", "raster_sha256"} {
		if _, said := c[name]; !said {
			t.Errorf("coverage does not say %s", name)
		}
	}
	if c["share"] != 0.0 || c["mean_idle_s"] != nil {
		t.Errorf("of what nobody saw a share of %v is covered, idle %v", c["share"], c["mean_idle_s"])
	}
	gaps := c["gaps"].(map[string]any)["features"].([]any)
	if len(gaps) != 1 || gaps[0].(map[string]any)["properties"].(map[string]any)["cause"] != "never" {
		t.Errorf("the gaps are %v", gaps)
	}
	admin.get("/api/watches/"+watch+"/coverage?known_at=2126-01-01T00:00:00Z").wantProblem(t, http.StatusBadRequest)
	admin.get("/api/watches/"+watch+"/coverage?known_at=2022-01-01T00:00:00Z").wantProblem(t, http.StatusNotFound) // nobody had recorded it
	admin.get("/api/watches/"+watch+"/coverage?at=2126-01-01T00:00:00Z").wantProblem(t, http.StatusBadRequest)
	admin.get("/api/watches/"+watch+"/coverage?when=now").wantProblem(t, http.StatusBadRequest)
	admin.get("/api/watches/"+uuid.NewString()+"/coverage?at="+at).wantProblem(t, http.StatusNotFound)
}

// What /ogc/api lists is what is served: every path answers, every filter selects.
func TestOpenAPISaysWhatIsServed(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	id, _ := admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	var doc struct {
		Servers []struct{ URL string }
		Paths   map[string]map[string]json.RawMessage
	}
	admin.get("/ogc/api").into(t, &doc)
	if len(doc.Servers) != 1 || doc.Servers[0].URL != s.url+"/ogc" {
		t.Fatalf("servers are %v", doc.Servers)
	}
	doors := map[string]bool{}
	for _, door := range api.Doors {
		doors[door.Pattern] = true
	}
	described := map[string]bool{"GET /ogc/{$}": true} // the landing page's other address
	for path, operations := range doc.Paths {
		parts := strings.Split("/ogc"+strings.TrimSuffix(path, "/"), "/")
		if len(parts) > 3 {
			parts[3] = "{collection}"
		}
		for method := range operations {
			if method != "parameters" {
				described[strings.ToUpper(method)+" "+strings.Join(parts, "/")] = true
			}
		}
	}
	for pattern := range described {
		if !doors[pattern] {
			t.Errorf("%s is described but not served", pattern)
		}
	}
	for pattern := range doors {
		if strings.Contains(pattern, " /ogc") && !described[pattern] {
			t.Errorf("%s is served but not described", pattern)
		}
	}
	for path, operations := range doc.Paths {
		if strings.Contains(path, "{id}") {
			continue
		}
		query := url.Values{}
		if strings.HasSuffix(path, "/tracks/items") || strings.HasSuffix(path, "/fixes/items") || strings.HasSuffix(path, "/footprints/items") {
			query = url.Values{"tracker": {id}, "datetime": {"2026-11-01T00:00:00Z/2026-11-02T00:00:00Z"}}
		}
		var get struct {
			Parameters []struct {
				Name   string
				Schema struct {
					Format string
					Enum   []string
				}
			}
		}
		if err := json.Unmarshal(operations["get"], &get); err != nil {
			t.Fatal(err)
		}
		for _, p := range get.Parameters {
			switch {
			case p.Name == "limit":
				query.Set(p.Name, "5")
			case p.Name == "bbox":
				query.Set(p.Name, "-180,-90,180,90")
			case p.Name == "cursor" || query.Has(p.Name):
			case p.Name == "datetime":
				query.Set(p.Name, "2026-11-22T08:00:00Z")
			case p.Schema.Format == "uuid":
				query.Set(p.Name, uuid.NewString())
			case p.Schema.Enum != nil:
				query.Set(p.Name, p.Schema.Enum[0])
			default:
				query.Set(p.Name, "value")
			}
		}
		if got := admin.get("/ogc" + strings.TrimSuffix(path, "/") + "?" + query.Encode()); got.status != http.StatusOK {
			t.Errorf("%s?%s answers %d: %s", path, query.Encode(), got.status, got.body)
		}
	}
}
