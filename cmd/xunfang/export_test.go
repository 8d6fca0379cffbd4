package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// exportTo saves an export as a file, for other programs to read.
func (a asker) exportTo(folder, file, query string) string {
	a.t.Helper()
	got := a.get("/api/export/" + file + query)
	got.want(a.t, http.StatusOK)
	path := filepath.Join(folder, file)
	if err := os.WriteFile(path, got.body, 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// ogrCount returns how many features GDAL reads in each layer of a file that has any.
func ogrCount(t *testing.T, path string) map[string]int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-so", "-al", path).CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
		t.Fatalf("GDAL cannot read %s: %v\n%s", path, err, out)
	}
	counts := map[string]int{}
	layer := ""
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(line, "Layer name: "); ok {
			layer = strings.TrimSpace(name)
		}
		var n int
		if _, err := fmt.Sscanf(line, "Feature Count: %d", &n); err == nil && n > 0 {
			counts[layer] = n
		}
	}
	return counts
}

// Whatever is exported is read by a program that nobody here wrote.
func TestGDALReadsExports(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	rowOfGates(admin)
	admin.importFile("kind=areas&datum=gcj02", realFile(t, "boundaries/zhengzhou_410100_gcj02.json"))
	area := admin.list("/ogc/collections/areas/items?limit=1").Features[0].ID
	admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+area+`","revisit_s":600}`)
	admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)
	id, token := newTracker(t, clientOf(t, s), "巡查 02")
	fixes := walk(20)
	if _, err := clientOf(t, s).SendFixes(t.Context(), token, fixes); err != nil {
		t.Fatal(err)
	}
	span := time.UnixMilli(fixes[0].TMs).UTC().Format(time.RFC3339Nano) + "/" + time.Now().UTC().Format(time.RFC3339Nano)
	evidence := "?tracker=" + id.String() + "&datetime=" + span
	for _, c := range []struct {
		collection, query string
		want              map[string]map[string]int // by ending, by layer
	}{
		{"areas", "", map[string]map[string]int{"geojson": {"areas": 12}, "kml": {"区域 Areas": 12}, "gpx": {"tracks": 12}, "csv": {"areas": 12}}},
		{"areas", "?name=金水区", map[string]map[string]int{"geojson": {"areas": 1}, "csv": {"areas": 1}}},
		{"checkpoints", "", map[string]map[string]int{"geojson": {"checkpoints": 25}, "kml": {"卡点 Checkpoints": 25}, "gpx": {"waypoints": 25}, "csv": {"checkpoints": 25}}},
		{"watches", "", map[string]map[string]int{"geojson": {"watches": 1}, "kml": {"巡查要求 Watches": 1}, "gpx": {"tracks": 1}, "csv": {"watches": 1}}},
		{"trackers", "", map[string]map[string]int{"geojson": {"trackers": 2}, "gpx": {"waypoints": 1}, "csv": {"trackers": 2}}},
		{"fixes", evidence, map[string]map[string]int{"geojson": {"fixes": 20}, "kml": {"定位点 Fixes": 20}, "gpx": {"waypoints": 20}, "csv": {"fixes": 20}}},
		{"tracks", evidence, map[string]map[string]int{"geojson": {"tracks": 1}, "kml": {"轨迹 Tracks": 1}, "gpx": {"tracks": 1}, "csv": {"tracks": 1}}},
	} {
		for ending, want := range c.want {
			t.Run(c.collection+c.query[:min(len(c.query), 5)]+"."+ending, func(t *testing.T) {
				got := ogrCount(t, asker{t, admin.url, admin.sign}.exportTo(t.TempDir(), c.collection+"."+ending, c.query))
				delete(got, "track_points")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("features by layer (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// What is exported and imported again is the same ground.
func TestExportsAreImportedAgain(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	admin.importFile("kind=areas&datum=gcj02", realFile(t, "boundaries/zhengzhou_410100_gcj02.json"))
	shapes := func(a asker) map[any]json.RawMessage {
		byName := map[any]json.RawMessage{}
		for _, f := range a.list("/ogc/collections/areas/items").Features {
			byName[f.Properties["name"]] = f.Geometry
		}
		return byName
	}
	want := shapes(admin)
	for _, ending := range []string{"geojson", "kml", "csv"} {
		file := admin.get("/api/export/areas." + ending)
		other := startConsole(t, nil).admin(t)
		if got := other.importFile("kind=areas&datum=wgs84", file.body); got.State != "done" || got.Report.Created != 12 {
			t.Fatalf("%s: %+v", ending, got)
		}
		for name, shape := range shapes(other) {
			if !cmp.Equal(string(normal(t, shape)), string(normal(t, want[name]))) {
				t.Errorf("%s changes %v", ending, name)
			}
		}
	}
}

// normal writes a Polygon as the MultiPolygon of one that it is.
func normal(t *testing.T, shape json.RawMessage) []byte {
	t.Helper()
	var g struct {
		Type        string
		Coordinates any
	}
	if err := json.Unmarshal(shape, &g); err != nil {
		t.Fatal(err)
	}
	if g.Type == "Polygon" {
		g.Coordinates = []any{g.Coordinates}
	}
	out, err := json.Marshal(g.Coordinates)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A name that a spreadsheet would compute is a text in the table.
func TestExportsHoldNoFormulas(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	names := []string{`=HYPERLINK("http://x")`, "+1", "-1", "@SUM(A1)", "\t=1", "＝1", `"=1`, "平"}
	for i, name := range names {
		text, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		admin.create("checkpoints", fmt.Sprintf(`{"type":"Point","coordinates":[%d.5,-2]}`, -i), `{"name":`+string(text)+`,"radius_m":20}`)
	}
	got := admin.get("/api/export/checkpoints.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(got.body), "\xef\xbb\xbf"))).ReadAll()
	if err != nil || len(rows) != len(names)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		want := names[i]
		if i < 6 {
			want = "'" + want
		}
		if row[1] != want {
			t.Errorf("%q stands as %q", names[i], row[1])
		}
		for _, field := range row {
			if field != "" && strings.ContainsRune("=+@\t\r", rune(field[0])) {
				t.Errorf("the field %q is a formula", field)
			}
		}
	}
}

func TestExportRefusesRequests(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	admin.get("/api/export/areas.shp").wantProblem(t, http.StatusNotFound)
	admin.get("/api/export/dragons.csv").wantProblem(t, http.StatusNotFound)
	admin.get("/api/export/areas").wantProblem(t, http.StatusNotFound)
	admin.get("/api/export/areas.csv?limit=1").wantProblem(t, http.StatusBadRequest)
	admin.get("/api/export/fixes.csv").wantProblem(t, http.StatusBadRequest)
	s.nobody(t).get("/api/export/areas.csv").wantProblem(t, http.StatusUnauthorized)
}
