package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"xunfang/client"
	"xunfang/geo"
	"xunfang/patrol"
)

// importState is how an import stands, as anybody outside sees it.
type importState struct {
	ID     string
	State  string
	Total  int
	Report struct {
		Features, Created, Unchanged int
		RefusedCount                 int `json:"refused_count"`
		JoinedCount                  int `json:"joined_count"`
		Refused                      []struct {
			Index  int
			Reason string
			At     []float64
			RawAt  []float64 `json:"at_raw"`
		}
		Preview []struct {
			Properties map[string]any
		}
		BBox     []float64
		BBoxRaw  []float64 `json:"bbox_raw"`
		Problem  string
		Warnings []string
	}
}

// importFile sends a file and waits for its import's end.
func (a asker) importFile(query string, file []byte) (state importState) {
	a.t.Helper()
	got := a.ask(http.MethodPost, "/api/imports?"+query, "application/octet-stream", string(file))
	for {
		if got.status != http.StatusOK && got.status != http.StatusAccepted {
			a.t.Fatalf("got %d: %s", got.status, got.body)
		}
		got.into(a.t, &state)
		if state.State == "done" || state.State == "refused" || state.State == "failed" {
			return state
		}
		got = a.get("/api/imports/" + state.ID)
	}
}

func realFile(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(testData(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// squareAt writes a GeoJSON feature that is a square of 0.01° from its south-west corner.
func squareAt(name string, lon, lat float64, properties string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"name":%q%s},"geometry":`, name, properties) +
		ring(fmt.Sprintf("[%f,%f],[%f,%f],[%f,%f],[%f,%f],[%f,%f]", lon, lat, lon+.01, lat, lon+.01, lat+.01, lon, lat+.01, lon, lat)) + `}`
}

func collection(features ...string) []byte {
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`)
}

// The districts of Zhengzhou and Chongqing come in GCJ-02. What is known to stand in one,
// by its WGS 84 position, stands in it after the import; 500 m of shift would carry the
// points near the border over it.
func TestImportedDistrictsLieWhereTheyAre(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	for _, c := range []struct {
		file             string
		features, joined int
		inside           map[string][]orb.Point // WGS 84, by district
	}{
		{"boundaries/zhengzhou_410100_gcj02.json", 12, 0, zhengzhouOffices(t)},
		{"boundaries/chongqing_500000_gcj02.json", 38, 6, map[string][]orb.Point{
			"渝中区": {{106.5740, 29.5645}}, // Hongyadong, on the bank of the Jialing: unshifted it lies across
			"南岸区": {{106.565, 29.525}},   // Nanping
		}},
	} {
		file := realFile(t, c.file)
		dry := admin.importFile("kind=areas&datum=gcj02&dry_run=1", file)
		if dry.Report.JoinedCount != c.joined || dry.State != "done" || dry.Report.Features != c.features || dry.Report.Created != 0 || len(dry.Report.Preview) != 10 {
			t.Fatalf("a dry run of %s: %+v", c.file, dry)
		}
		if east := (dry.Report.BBoxRaw[0] - dry.Report.BBox[0]) * 111_000; math.Abs(east) < 100 || math.Abs(east) > 900 {
			t.Errorf("%s is moved %g m east", c.file, east)
		}
		done := admin.importFile("kind=areas&datum=gcj02", file)
		if done.State != "done" || done.Report.Created != c.features {
			t.Fatalf("%s: %+v", c.file, done)
		}
		for name, points := range c.inside {
			for _, at := range points {
				box := fmt.Sprintf("bbox=%f,%f,%f,%f", at[0], at[1], at[0], at[1])
				if got := admin.list("/ogc/collections/areas/items?" + box); got.NumberMatched != 1 || got.Features[0].Properties["name"] != name {
					t.Errorf("at %v lie %d areas, want %s", at, got.NumberMatched, name)
				}
			}
		}
		again := admin.importFile("kind=areas&datum=gcj02", file)
		if again.State != "done" || again.Report.Created != 0 || again.Report.Unchanged != c.features {
			t.Errorf("the same again: %+v", again)
		}
		wrong := admin.importFile("kind=areas&datum=wgs84&dry_run=1", file)
		if len(wrong.Report.Warnings) != 1 || !strings.Contains(wrong.Report.Warnings[0], "gcj02") {
			t.Errorf("the same on another datum warns of %q", wrong.Report.Warnings)
		}
	}
}

// zhengzhouOffices returns where the subdistrict offices of the city's inner districts
// are, as another source has them in WGS 84, by district.
func zhengzhouOffices(t testing.TB) map[string][]orb.Point {
	var file struct {
		Features []struct {
			Geometry   struct{ Coordinates orb.Point }
			Properties struct{ XQ string }
		}
	}
	if err := json.Unmarshal(realFile(t, "boundaries/zhengzhou_subdistrict_points.json"), &file); err != nil {
		t.Fatal(err)
	}
	offices := map[string][]orb.Point{}
	for _, district := range []string{"金水区", "中原区", "二七区", "管城回族区", "惠济区", "上街区"} {
		for _, f := range file.Features {
			if f.Properties.XQ == district {
				offices[district] = append(offices[district], f.Geometry.Coordinates)
			}
		}
	}
	return offices
}

// What the file said stays beside what was made of it.
func TestImportKeepsOriginals(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	file := realFile(t, "boundaries/zhengzhou_jinshui_410105_gcj02.json")
	admin.importFile("kind=areas&datum=gcj02&file=jinshui.json", file)
	areas := admin.list("/ogc/collections/areas/items")
	if len(areas.Features) != 1 {
		t.Fatalf("%d areas", len(areas.Features))
	}
	var original struct {
		File, Datum string
		Geometry    struct{ Coordinates [][][]orb.Point }
		Properties  map[string]any
	}
	got := admin.get("/ogc/collections/areas/items/" + areas.Features[0].ID + "/original")
	got.want(t, http.StatusOK)
	got.into(t, &original)
	var source struct {
		Features []struct {
			Geometry struct{ Coordinates orb.MultiPolygon }
		}
	}
	if err := json.Unmarshal(file, &source); err != nil {
		t.Fatal(err)
	}
	first := source.Features[0].Geometry.Coordinates[0][0][0]
	if original.Geometry.Coordinates[0][0][0] != first || original.Datum != "gcj02" || original.File != "jinshui.json" || original.Properties["adcode"] != 410105.0 {
		t.Errorf("the original is %+v, of %v", original, first)
	}
	var kept struct{ Coordinates orb.MultiPolygon }
	if err := json.Unmarshal(areas.Features[0].Geometry, &kept); err != nil {
		t.Fatal(err)
	}
	centre, _ := planar.CentroidArea(kept.Coordinates)
	if want := geo.GCJ02.ToWGS84(orb.Point{113.743663, 34.810805}); math.Hypot(centre[0]-want[0], centre[1]-want[1]) > 0.02 {
		t.Errorf("its middle is %v, want about %v", centre, want)
	}
}

func TestImportAreasIntoTheirParents(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	admin.importFile("kind=areas&datum=gcj02", realFile(t, "boundaries/zhengzhou_410100_gcj02.json"))
	inside := geo.GCJ02.FromWGS84(orb.Point{113.66, 34.80})
	file := collection(squareAt("院", inside[0]+.002, inside[1]+.002, `,"kind":"compound"`), squareAt("社区", inside[0], inside[1], `,"kind":"community","of":"金水区"`),
		squareAt("海", 150, 0, ``))
	if got := admin.importFile("kind=areas&datum=gcj02&parent=around", file); got.State != "done" {
		t.Fatalf("%+v", got)
	}
	byName := func(name string) feature {
		t.Helper()
		got := admin.list("/ogc/collections/areas/items?name=" + name)
		if len(got.Features) != 1 {
			t.Fatalf("%d areas are called %s", len(got.Features), name)
		}
		return got.Features[0]
	}
	district := byName("金水区").ID
	if parent := byName("社区").Properties["parent"]; parent != district {
		t.Errorf("the community lies in %v, want the district %v", parent, district)
	}
	if parent := byName("院").Properties["parent"]; parent != byName("社区").ID {
		t.Errorf("the compound lies in %v, want the community", parent)
	}
	if parent, ok := byName("海").Properties["parent"]; ok {
		t.Errorf("what lies in no area lies in %v", parent)
	}
	named := collection(squareAt("甲", 113.7, 34.8, `,"of":"金水区"`), squareAt("乙", 113.7, 34.8, `,"of":"无此区"`))
	got := admin.importFile("kind=areas&datum=wgs84&parent_property=of", named)
	if got.State != "refused" || len(got.Report.Refused) != 1 || !strings.Contains(got.Report.Refused[0].Reason, "无此区") {
		t.Errorf("a parent that is not there: %+v", got)
	}
	admin.importFile("kind=areas&datum=wgs84&parent_property=of", collection(squareAt("甲", 113.7, 34.8, `,"of":"金水区"`)))
	if parent := byName("甲").Properties["parent"]; parent != district {
		t.Errorf("what names its parent lies in %v", parent)
	}
}

// One wrong feature, and none is kept; the sentence says which and where.
func TestImportIsAllOrNothing(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	bow := `{"type":"Feature","properties":{"name":"结"},"geometry":` + ring(`[113,34],[114,35],[114,34],[113,35],[113,34]`) + `}`
	swapped := `{"type":"Feature","properties":{"name":"反"},"geometry":` + ring(`[34,113],[35,113],[35,114],[34,113]`) + `}`
	nameless := `{"type":"Feature","properties":{"NAME2":"a"},"geometry":` + ring(`[1,1],[2,1],[2,2],[1,1]`) + `}`
	got := admin.importFile("kind=areas&datum=gcj02", collection(squareAt("好", 113, 34, ""), bow, swapped, nameless))
	if got.State != "refused" || got.Report.RefusedCount != 3 || got.Total != 4 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct {
		index  int
		reason string
	}{{1, "crosses itself"}, {2, "latitude seems to stand first"}, {3, "NAME2"}} {
		if r := got.Report.Refused[i]; r.Index != want.index || !strings.Contains(r.Reason, want.reason) {
			t.Errorf("refused: %+v, want feature %d for %q", r, want.index, want.reason)
		}
	}
	at, raw := got.Report.Refused[0].At, got.Report.Refused[0].RawAt
	if len(at) != 2 || len(raw) != 2 || math.Hypot(raw[0]-113.5, raw[1]-34.5) > .001 || at[0] == raw[0] {
		t.Errorf("wrong at %v, in the file at %v", at, raw)
	}
	if left := admin.list("/ogc/collections/areas/items"); left.NumberMatched != 0 {
		t.Errorf("%d were kept all the same", left.NumberMatched)
	}
}

// Who looks on is told once that there is much to read, and a zone of the file that starts
// later starts in time.
func TestImportIsSeenLive(t *testing.T) {
	s := startConsole(t, nil)
	viewer := tail(t, clientOf(t, s))
	soon := time.Now().Add(2 * time.Second).UTC().Format(time.RFC3339Nano)
	s.admin(t).importFile("kind=zones&datum=wgs84&level=sealed", collection(squareAt("甲", 121.4, 31.2, `,"order_no":"1","valid_from":"`+soon+`","review_at":"2099-01-01T00:00:00Z"`)))
	viewer.until(t, "the import", func(line any) bool {
		told, ok := line.(client.ImportedLine)
		return ok && told.Collection == "zones"
	})
	viewer.until(t, "the zone's start", func(line any) bool {
		told, ok := line.(client.FeatureLine)
		return ok && told.Collection == "zones" && strings.Contains(string(told.Feature), `"in_force"`)
	})
}

func TestImportRefusesRequests(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	for _, query := range []string{"", "kind=areas", "datum=wgs84", "kind=watches&datum=wgs84", "kind=areas&datum=mars", "kind=areas&datum=wgs84&dragons=1", "kind=areas&datum=wgs84&dry_run=perhaps"} {
		admin.post("/api/imports?"+query, "{}").wantProblem(t, http.StatusBadRequest)
	}
	s.nobody(t).post("/api/imports?kind=areas&datum=wgs84", "{}").wantProblem(t, http.StatusUnauthorized)
	admin.get("/api/imports/01939f5e-7c00-7000-8000-000000000000").wantProblem(t, http.StatusNotFound)
	for name, file := range map[string]string{"nothing": "", "no features": string(collection()), "no GeoJSON": "null"} {
		if got := admin.importFile("kind=areas&datum=wgs84", []byte(file)); got.State != "refused" || got.Report.Problem == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A form as a browser or curl -F sends it.
func TestImportTakesAForm(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	body := "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\n\r\nBZ,lon,lat\n东门,113.6,34.7\n\r\n--b--\r\n"
	got := admin.ask(http.MethodPost, "/api/imports?kind=checkpoints&datum=wgs84&name_property=BZ&min_staff=2", "multipart/form-data; boundary=b", body)
	got.want(t, http.StatusOK)
	gates := admin.list("/ogc/collections/checkpoints/items")
	if len(gates.Features) != 1 || gates.Features[0].Properties["name"] != "东门" || gates.Features[0].Properties["min_staff"] != 2.0 {
		t.Errorf("made %+v of %s", gates.Features, got.body)
	}
}

// Zones come as drafts, or issued when the file or the request has the whole order.
func TestImportZones(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	file := collection(squareAt("甲", 121.4, 31.2, `,"level":"sealed","units":"1号楼、2号楼"`),
		squareAt("乙", 121.5, 31.2, `,"level":"controlled","order_no":"沪〔2022〕7号","valid_from":"2022-04-01T00:00:00Z","review_at":"2099-04-08T00:00:00Z"`))
	if got := admin.importFile("kind=zones&datum=wgs84", file); got.State != "done" || got.Report.Created != 2 {
		t.Fatalf("%+v", got)
	}
	states := map[any]any{}
	for _, f := range admin.list("/ogc/collections/zones/items").Features {
		states[f.Properties["name"]] = f.Properties["state"]
	}
	if states["甲"] != "draft" || states["乙"] != "in_force" {
		t.Errorf("states %v", states)
	}
	if got := admin.importFile("kind=zones&datum=wgs84", collection(squareAt("丙", 121.4, 31.2, ``))); got.State != "refused" || !strings.Contains(got.Report.Refused[0].Reason, "required") {
		t.Errorf("a zone without a level: %+v", got)
	}
}

// Every case of JTS has the same verdict on this way in. Its coordinates go to 400: an
// eighth of them is exact and lies on the earth.
func TestImportAgreesWithJTS(t *testing.T) {
	var run struct {
		Cases []struct {
			Desc string `xml:"desc"`
			A    string `xml:"a"`
			Op   string `xml:"test>op"`
		} `xml:"case"`
	}
	if err := xml.Unmarshal(realFile(t, "vectors/jts-TestValid.xml"), &run); err != nil {
		t.Fatal(err)
	}
	table := "name,wkt\n"
	wrong := map[int]string{}
	n := 0
	for _, c := range run.Cases {
		text := strings.Join(strings.Fields(c.A), " ")
		if !strings.Contains(strings.ToUpper(text), "POLYGON") || strings.Contains(strings.ToUpper(text), "COLLECTION") || strings.Contains(strings.ToUpper(text), "EMPTY") {
			continue
		}
		table += fmt.Sprintf("%d,\"%s\"\n", n, eighths(text))
		if strings.TrimSpace(c.Op) != "true" {
			wrong[n] = c.Desc
		}
		n++
	}
	got := startConsole(t, nil).admin(t).importFile("kind=zones&level=sealed&datum=wgs84&dry_run=1", []byte(table))
	if n < 30 || got.Report.Features != n {
		t.Fatalf("%d of %d cases read: %+v", got.Report.Features, n, got)
	}
	for _, r := range got.Report.Refused {
		if wrong[r.Index] == "" || len(r.Reason) < 15 {
			t.Errorf("case %d is refused for %q", r.Index, r.Reason)
		}
		delete(wrong, r.Index)
	}
	for i, desc := range wrong {
		t.Errorf("case %d, %s, is taken", i, desc)
	}
}

// eighths divides every number in a text by eight.
func eighths(text string) string {
	var out, number strings.Builder
	flush := func() {
		if number.Len() > 0 {
			var v float64
			fmt.Sscan(number.String(), &v)
			fmt.Fprint(&out, v/8)
			number.Reset()
		}
	}
	for _, r := range text {
		if r >= '0' && r <= '9' || r == '.' || r == '-' {
			number.WriteRune(r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

// Of the files that others hold for good or bad GeoJSON, each gets that verdict.
func TestImportAgreesWithCheckGeoJSON(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(testData(t), "vectors/geojson/*/*.geojson"))
	if err != nil || len(names) < 25 {
		t.Fatalf("%d cases: %v", len(names), err)
	}
	admin := startConsole(t, nil).admin(t)
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		good := filepath.Base(filepath.Dir(name)) == "good"
		var said []string
		taken := 0
		for _, kind := range patrol.Importable { // a polygon is no checkpoint, a point no area
			query := "kind=" + kind + "&datum=wgs84&dry_run=1&name=x"
			if kind == patrol.Zones {
				query += "&level=sealed"
			}
			got := admin.importFile(query, file)
			taken += got.Report.Features - got.Report.RefusedCount
			if got.Report.Problem != "" {
				said = append(said, got.Report.Problem)
			}
			for _, r := range got.Report.Refused {
				said = append(said, r.Reason)
			}
			if got.State == "done" && !good {
				t.Errorf("%s is taken as %s", filepath.Base(name), kind)
			}
		}
		line := strings.Contains(string(file), `"LineString"`) && !strings.Contains(string(file), `"Point"`) // nothing that is imported is a line
		if good && taken == 0 && !line {
			t.Errorf("%s is good, and refused: %q", filepath.Base(name), said)
		}
		for _, reason := range said {
			if len(reason) < 15 {
				t.Errorf("%s is refused for %q", filepath.Base(name), reason)
			}
		}
	}
}

func TestImportCommand(t *testing.T) {
	s := startConsole(t, nil)
	t.Setenv("XUNFANG_USER", "admin")
	t.Setenv("XUNFANG_PASSWORD", adminPassword)
	file := filepath.Join(testData(t), "boundaries/zhengzhou_410100_gcj02.json")
	var out strings.Builder
	if err := run(t.Context(), []string{"import", "--server", s.url, "--kind", "areas", "--datum", "gcj02", file}, &out); err != nil {
		t.Fatal(err)
	}
	var state patrol.ImportState
	if err := json.Unmarshal([]byte(out.String()), &state); err != nil || state.Report.Created != 12 {
		t.Errorf("printed %s", out.String())
	}
	bad := filepath.Join(t.TempDir(), "bad.geojson")
	if err := os.WriteFile(bad, []byte(`{"type":"Feature","properties":{"name":"a"},"geometry":null}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"import", "--server", s.url, "--kind", "areas", "--datum", "wgs84", bad}, &out); err == nil {
		t.Error("a file that was refused is no error")
	}
	if err := run(t.Context(), []string{"import", "--server", s.url, "--kind", "areas", file}, &out); err == nil {
		t.Error("a datum that is not declared is no error")
	}
}

// A planner of one area imports into it and nowhere else, and learns of nothing beyond.
func TestImportsKeepToTheirScope(t *testing.T) {
	s := startConsole(t, nil)
	a, b, _ := neighbours(t, s.admin(t))
	planner := s.person(t, "王芳", patrol.Grant{Role: patrol.Planner, Area: uuid.MustParse(a.area)})
	square := func(w, e float64) string {
		return `{"type":"Feature","properties":{"name":"新","of":"` + b.mark + "街道" + `"},"geometry":` + box(w, e) + `}`
	}
	for _, c := range []struct {
		name, query, feature, reason string
	}{
		{"a zone within", "kind=zones&level=sealed", square(113.605, 113.61), ""},
		{"a zone over the edge", "kind=zones&level=sealed", square(113.615, 113.625), "beyond"},
		{"an area without a parent", "kind=areas", square(113.605, 113.61), "is required"},
		{"an area that looks for its parent", "kind=areas&parent=around", square(113.605, 113.61), "is required"},
		{"an area in its own", "kind=areas&parent=" + a.area, square(113.605, 113.61), ""},
		{"an area in the neighbour's", "kind=areas&parent=" + b.area, square(113.605, 113.61), "beyond"},
		{"an area in the neighbour's by name", "kind=areas&parent_property=of", square(113.605, 113.61), "no area is called so"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := asker{t, planner.url, planner.sign}.importFile(c.query+"&datum=wgs84", collection(c.feature))
			if c.reason == "" && (got.State != "done" || got.Report.Created != 1) {
				t.Errorf("%+v", got)
			}
			if c.reason != "" && (len(got.Report.Refused) != 1 || !strings.Contains(got.Report.Refused[0].Reason, c.reason)) {
				t.Errorf("%+v, want a refusal that says %q", got, c.reason)
			}
		})
	}
	mine := planner.importFile("kind=checkpoints&datum=wgs84&dry_run=1", collection())
	s.admin(t).get("/api/imports/"+mine.ID).wantProblem(t, http.StatusNotFound)
}
