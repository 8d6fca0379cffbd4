package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"xunfang/api"
	"xunfang/patrol"
)

const somePassword = "a password of some length"

// person makes an account with these grants and asks by it.
func (s *server) person(t testing.TB, name string, grants ...patrol.Grant) asker {
	t.Helper()
	if err := api.CreateUser(t.Context(), s.store, name, grants, somePassword, time.Now()); err != nil {
		t.Fatal(err)
	}
	return asker{t, s.url, func(r *http.Request) { r.SetBasicAuth(name, somePassword) }}
}

// subdistrict is one of two neighbours, with something of everything in it. Whatever is
// of it alone bears its mark: names hold it, and longitudes begin with west.
//
//	113.60   113.62   113.64
//	   +--------+--------+ 34.72
//	   |   甲   |   乙   |
//	   +--------+--------+ 34.70
type subdistrict struct {
	mark         string
	west         float64
	area         string
	collections  map[string]string // id of one thing of each collection
	tracker      string
	trackerToken string
	drone        string
	secondsOfFix string // when its tracker was seen, as an interval
	watches      []string
	secrets      []string // what nobody but its own may read
}

// neighbours makes a district of two subdistricts.
func neighbours(t *testing.T, admin asker) (a, b *subdistrict, district string) {
	t.Helper()
	district, _ = admin.create("areas", box(113.60, 113.64), `{"name":"全区","kind":"district"}`)
	a = furnish(t, admin, "甲", 113.60, district)
	b = furnish(t, admin, "乙", 113.62, district)
	return a, b, district
}

func box(west, east float64) string {
	return ring(fmt.Sprintf(`[%[1]v,34.70],[%[2]v,34.70],[%[2]v,34.72],[%[1]v,34.72],[%[1]v,34.70]`, west, east))
}

func furnish(t *testing.T, admin asker, mark string, west float64, district string) *subdistrict {
	t.Helper()
	d := &subdistrict{mark: mark, west: west, collections: map[string]string{}}
	make := func(collection, geometry, properties string) string {
		id, _ := admin.create(collection, geometry, strings.ReplaceAll(properties, "@", mark))
		d.collections[collection] = id
		d.secrets = append(d.secrets, id)
		return id
	}
	whole := box(west, west+0.02)
	inner := box(west+0.0123, west+0.0187)
	point := fmt.Sprintf(`{"type":"Point","coordinates":[%.4f,34.7123]}`, west+0.0145)
	d.area = make("areas", whole, fmt.Sprintf(`{"name":"@街道","kind":"subdistrict","parent":%q}`, district))
	community := make("areas", inner, fmt.Sprintf(`{"name":"@社区","kind":"community","parent":%q}`, d.area))
	gate := make("checkpoints", point, `{"name":"@北门","radius_m":20}`)
	zone := make("zones", whole, `{"name":"@封控区","level":"sealed","order_no":"@1号","valid_from":"2026-01-01T00:00:00Z","review_at":"2027-01-01T00:00:00Z"}`)
	make("streets", fmt.Sprintf(`{"type":"LineString","coordinates":[[%.4f,34.7111],[%.4f,34.7112]]}`, west+0.0131, west+0.0171), `{"name":"@路","kind":"road"}`)
	team := make("teams", `null`, fmt.Sprintf(`{"name":"@片","area":%q}`, d.area))
	group := make("teams", `null`, fmt.Sprintf(`{"name":"@组","parent":%q}`, team))
	for _, subject := range []string{"areas/" + community, "zones/" + zone} {
		d.watches = append(d.watches, make("watches", `null`, fmt.Sprintf(`{"name":"@巡查","kind":"ground","subject":%q,"revisit_s":3600,"sources":["person","drone"]}`, subject)))
	}
	tracker := func(kind string) (id, token string) {
		id, f := admin.create("trackers", `null`, fmt.Sprintf(`{"name":"%s%s","kind":%q,"team":%q}`, mark, kind, kind, group))
		token, _ = f.Properties["token"].(string)
		d.collections["trackers"] = id
		d.secrets = append(d.secrets, id, token)
		return id, token
	}
	var droneToken string
	d.drone, droneToken = tracker("drone")
	d.tracker, d.trackerToken = tracker("person")
	make("assignments", `null`, fmt.Sprintf(`{"team":%q,"subject":"checkpoints/%s"}`, group, gate))
	d.secrets = append(d.secrets, mark, fmt.Sprintf("%.3f", west+0.012), fmt.Sprintf("%.3f", west+0.013), fmt.Sprintf("%.3f", west+0.014),
		fmt.Sprintf("%.3f", west+0.015), fmt.Sprintf("%.3f", west+0.017), fmt.Sprintf("%.3f", west+0.018))

	now := time.Now().UTC()
	d.secondsOfFix = now.Add(-time.Hour).Format(time.RFC3339) + "/" + now.Add(time.Hour).Format(time.RFC3339)
	s := asker{t, admin.url, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+d.trackerToken) }}
	var fixes []string
	for i := range 3 {
		fixes = append(fixes, fmt.Sprintf(`{"t":%q,"lon":%.5f,"lat":34.71,"accuracy_m":5}`, now.Add(time.Duration(i-3)*10*time.Second).Format(time.RFC3339Nano), west+0.0151+float64(i)*1e-4))
	}
	s.post("/ingest/fixes", `{"fixes":[`+strings.Join(fixes, ",")+`]}`).want(t, http.StatusOK)
	s.sign = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+droneToken) }
	s.post("/ingest/images", fmt.Sprintf(`{"images":[{"t":%q,"lon":%.5f,"lat":34.71,"height_m":60,"height_kind":"ground","yaw_deg":0,"pitch_deg":-90,"hfov_deg":60,"vfov_deg":45}]}`,
		now.Add(-10*time.Second).Format(time.RFC3339Nano), west+0.0155)).want(t, http.StatusOK)
	s.post("/ingest/fixes", fmt.Sprintf(`{"fixes":[{"t":%q,"lon":%.5f,"lat":34.71}]}`, now.Add(-10*time.Second).Format(time.RFC3339Nano), west+0.0155)).want(t, http.StatusOK)
	return d
}

// leak returns what of d's secrets stands in an answer, "" for nothing.
func (d *subdistrict) leak(body []byte) string {
	for _, secret := range d.secrets {
		if secret != "" && strings.Contains(string(body), secret) {
			return secret
		}
	}
	return ""
}

// readings returns every GET door with every id, collection and filter of d in it.
func (d *subdistrict) readings() (paths []string) {
	byCollection := func(pattern string, c patrol.Collection) (paths []string) {
		path := strings.ReplaceAll(pattern, "{collection}", c.Name)
		evidence := "tracker=" + d.tracker + "&datetime=" + d.secondsOfFix
		if c.Name == patrol.Footprints {
			evidence = "tracker=" + d.drone + "&datetime=" + d.secondsOfFix
		}
		switch {
		case strings.Contains(path, "{id}"):
			for _, id := range d.collections {
				paths = append(paths, strings.ReplaceAll(path, "{id}", id))
			}
		case c.Evidence() && strings.HasSuffix(path, "/items"):
			paths = append(paths, path+"?"+evidence)
		case strings.HasPrefix(path, "/tiles/"):
			paths = append(paths, path+".mvt")
		case strings.HasPrefix(path, "/api/export/"):
			for _, ending := range []string{"geojson", "kml", "gpx", "csv"} {
				path := strings.ReplaceAll(path, "{file}", c.Name+"."+ending)
				if c.Evidence() {
					path += "?" + evidence
				}
				paths = append(paths, path)
			}
		case strings.HasSuffix(path, "/items"):
			paths = append(paths, path+"?limit=10000", fmt.Sprintf("%s?bbox=%v,34.7,%v,34.72", path, d.west+0.0001, d.west+0.0199), path+"?datetime=../..")
		default:
			paths = append(paths, path)
		}
		return paths
	}
	for _, door := range api.Doors {
		method, path, _ := strings.Cut(door.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{z}", "12", "{x}", "3340", "{y}", "1626").Replace(path)
		switch {
		case method != http.MethodGet || path == "/live":
		case strings.Contains(path, "{collection}"), strings.Contains(path, "{file}"):
			for _, c := range patrol.Collections {
				paths = append(paths, byCollection(path, c)...)
			}
		case strings.Contains(path, "{id}"):
			for _, id := range append([]string{uuid.NewString()}, values(d.collections)...) {
				paths = append(paths, strings.ReplaceAll(path, "{id}", id))
			}
		case path == "/api/field-links":
			paths = append(paths, path+"?tracker="+d.tracker)
		default:
			paths = append(paths, path)
		}
	}
	return paths
}

func values(m map[string]string) (vs []string) {
	for _, v := range m {
		vs = append(vs, v)
	}
	return vs
}

// What the neighbour has, nobody reads: by no route, whatever their role.
func TestNeighboursSeeNothingOfEachOther(t *testing.T) {
	var db string
	s := startConsole(t, func(cfg *Config) { db = cfg.DatabaseURL })
	a, b, _ := neighbours(t, s.admin(t))
	a.openGap(t, s, db)
	b.openGap(t, s, db)
	area := uuid.MustParse(a.area)
	for _, role := range patrol.Roles {
		who := s.person(t, "some "+string(role), patrol.Grant{Role: role, Area: area})
		read := 0
		for _, from := range []*subdistrict{a, b} {
			for _, path := range from.readings() {
				got := who.get(path)
				body := string(got.body)
				if from == b {
					if got.status == http.StatusOK && b.leak([]byte(path)) != "" {
						t.Errorf("%s is answered at %s: %.300s", role, path, body)
					}
					body = withoutEcho(body, path)
				}
				if secret := b.leak([]byte(body)); secret != "" {
					t.Errorf("%s reads %q of the neighbour at %s: %.300s", role, secret, path, got.body)
				}
				if a.leak(got.body) != "" {
					read++
				}
			}
		}
		if read < 15 {
			t.Errorf("%s reads of their own area at %d paths only", role, read)
		}
	}
}

// What the neighbour has, nobody touches: it is not there for them.
func TestNeighboursTouchNothingOfEachOther(t *testing.T) {
	var db string
	s := startConsole(t, func(cfg *Config) { db = cfg.DatabaseURL })
	a, b, _ := neighbours(t, s.admin(t))
	b.openGap(t, s, db)
	admin := s.person(t, "甲的管理员", patrol.Grant{Role: patrol.Admin, Area: uuid.MustParse(a.area)})
	asked := 0
	for _, door := range api.Doors {
		method, path, _ := strings.Cut(door.Pattern, " ")
		if method == http.MethodGet || door.Open() || !strings.Contains(path, "{id}") {
			continue
		}
		for collection, id := range b.collections {
			if door.Of != api.InPath && door.Of != collection {
				continue
			}
			path := strings.NewReplacer("{id}", id, "{collection}", collection).Replace(path)
			if got := admin.ask(method, path, "application/json", "{}"); got.status != http.StatusNotFound {
				t.Errorf("%s %s is answered %d: %.300s", method, path, got.status, got.body)
			}
			asked++
		}
	}
	if asked < 20 {
		t.Errorf("only %d things were asked for", asked)
	}
}

// withoutEcho removes from an answer what was asked, which its links say back.
func withoutEcho(body, path string) string {
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/?&=,", r) }) {
		if len(part) > 5 {
			body = strings.ReplaceAll(body, part, "")
		}
	}
	return body
}
