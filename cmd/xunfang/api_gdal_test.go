package main

import (
	"os/exec"
	"strings"
	"testing"
)

// gdal runs one of GDAL's programs on the console's OGC API, and returns what it says.
func gdal(t *testing.T, s *server, program string, args ...string) string {
	t.Helper()
	at := "OAPIF:" + s.url + "/ogc"
	for i, arg := range args {
		if arg == "SOURCE" {
			args[i] = at
		}
	}
	// GDAL 3.6 carries user:password@ from one address to the next over HTTPS only.
	args = append(args, "-oo", "USERPWD=admin:"+adminPassword)
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// GDAL is a client that nobody here wrote: what it reads is what QGIS shows.
func TestGDALReadsTheCollections(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	rowOfGates(admin)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	admin.create("areas", kilometre, `{"name":"一小区","kind":"compound","parent":"`+area+`"}`)
	admin.create("watches", `null`, `{"name":"巡查","kind":"ground","subject":"areas/`+area+`","revisit_s":600}`)
	admin.create("trackers", `null`, `{"name":"巡查 01","kind":"person"}`)

	layers := gdal(t, s, "ogrinfo", "-ro", "SOURCE")
	for _, name := range []string{"areas", "checkpoints", "zones", "watches", "trackers", "streets", "gaps"} {
		if !strings.Contains(layers, name) {
			t.Errorf("GDAL sees no %s in\n%s", name, layers)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"all", []string{"checkpoints"}, 25},
		{"in pages of three", []string{"-oo", "PAGE_SIZE=3", "checkpoints"}, 25},
		{"by box", []string{"-spat", "113", "34", "113.045", "35", "checkpoints"}, 5},
		{"by name", []string{"-where", "name = '卡点 07'", "checkpoints"}, 1},
		{"by kind", []string{"-where", "kind = 'compound'", "areas"}, 1},
		{"where its subject is", []string{"-spat", "113.605", "34.705", "113.606", "34.706", "watches"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"-ro", "-q"}, c.args[:len(c.args)-1]...)
			out := gdal(t, s, "ogrinfo", append(args, "SOURCE", c.args[len(c.args)-1])...)
			if got := strings.Count(out, "OGRFeature("); got != c.want {
				t.Errorf("GDAL reads %d, want %d:\n%s", got, c.want, out)
			}
		})
	}
	if out := gdal(t, s, "ogrinfo", "-ro", "-so", "SOURCE", "checkpoints"); !strings.Contains(out, "Feature Count: 25") {
		t.Errorf("GDAL counts otherwise:\n%s", out)
	}
}
