package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/client"
	"xunfang/geo/flight"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// gapGround is all that coverage says is not seen, as one MultiPolygon.
func gapGround(t *testing.T, c client.Coverage) (ground orb.MultiPolygon) {
	t.Helper()
	for _, gap := range c.Gaps.Features {
		g, err := patrol.ParseGeometry(gap.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		ground = append(ground, g.(orb.MultiPolygon)...)
	}
	return ground
}

// flown are the images of a plan that is flown as planned, from begin on.
func flown(p *flight.Plan, begin time.Time) (images []patrol.Image) {
	for _, s := range p.Sorties {
		for _, photo := range p.Photos(s) {
			images = append(images, patrol.Image{
				TMs: begin.UnixMilli() + int64(photo.AfterS*1000), At: photo.At, Look: photo.Look, Camera: p.Camera,
				HeightM: p.HeightM, HeightKind: patrol.AboveGround,
			})
		}
		begin = begin.Add(time.Duration(s.TimeS * float64(time.Second)))
	}
	return images
}

// A real survey that lacks a band leaves ground unseen; the flight that is planned over
// just that ground, once its images are there, brings the whole area back. PostGIS's
// union of the footprints says the same before and after. The unseen share hangs on how
// the lens lies: its 73.7° across the flight leave 11.2 %, along it 12.9 %.
func TestPlannedFlightClosesTheGap(t *testing.T) {
	folder := filepath.Join(testData(t), "drone-survey-freetown")
	area := polygonOf(t, filepath.Join(folder, "aoi.geojson"))
	cut := withoutBand(t, filepath.Join(folder, "image_metadata.csv"), area.Bound().Center().Lat(), -90, 150)
	for _, c := range []struct {
		name       string
		hfov, vfov string
		unseen     float64
	}{
		{"wide across the flight", "73.7", "58.7", 0.112},
		{"wide along the flight", "58.7", "73.7", 0.129},
	} {
		t.Run(c.name, func(t *testing.T) {
			database := storetest.URL(t)
			s := startConsole(t, func(cfg *Config) { cfg.DatabaseURL = database })
			door := clientOf(t, s)
			watch := droneWatch(t, door, area)
			survey := importSurvey(t, s, "--name", "Freetown", "--height-m", "110", "--height-kind", "ground",
				"--hfov-deg", c.hfov, "--vfov-deg", c.vfov, cut)
			covered := func(at time.Time) client.Coverage {
				t.Helper()
				coverage, err := door.Coverage(t.Context(), watch, at)
				if err != nil {
					t.Fatal(err)
				}
				union, n := unionShare(t, s, database, survey.Tracker, area, 32628)
				t.Logf("%d footprints: %.4f covered, PostGIS %.4f, in %d gaps", n, coverage.Share, union, len(coverage.Gaps.Features))
				if math.Abs(coverage.Share-union) > 0.002 {
					t.Errorf("%.4f covered, PostGIS says %.4f", coverage.Share, union)
				}
				return coverage
			}
			began := time.Date(2025, 4, 25, 14, 0, 0, 0, time.UTC)
			before := covered(began)
			if math.Abs(1-before.Share-c.unseen) > 0.002 {
				t.Errorf("%.4f unseen, want %.3f", 1-before.Share, c.unseen)
			}

			body, err := json.Marshal(map[string]any{
				"pattern": "gap", "height_m": 110, "camera": map[string]string{}, "takeoff": area.Bound().Center(),
				"area": map[string]any{"type": "MultiPolygon", "coordinates": gapGround(t, before)},
			})
			if err != nil {
				t.Fatal(err)
			}
			body = bytes.Replace(body, []byte(`"camera":{}`), fmt.Appendf(nil, `"camera":{"hfov_deg":%s,"vfov_deg":%s}`, c.hfov, c.vfov), 1)
			var told struct {
				Features []json.RawMessage
				Summary  flight.Summary
			}
			s.admin(t).post("/api/surveys/plan", string(body)).want(t, http.StatusOK).into(t, &told)
			spec, err := patrol.ParseSurveyPlan(body, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := patrol.PlanSurvey(spec)
			if err != nil {
				t.Fatal(err)
			}
			if len(told.Features) < told.Summary.Lanes || told.Summary.LengthM != plan.Summary().LengthM {
				t.Errorf("the console plans %+v, not %+v", told.Summary, plan.Summary())
			}
			t.Logf("%+v", told.Summary)

			var renewed struct{ Token string }
			s.admin(t).ask(http.MethodPost, "/api/trackers/"+survey.Tracker.String()+"/token", "", "").want(t, http.StatusCreated).into(t, &renewed)
			receipt, err := door.SendImages(t.Context(), renewed.Token, flown(plan, began.Add(time.Minute)))
			if err != nil || receipt.Stored != told.Summary.Photos {
				t.Fatalf("%+v (%v), want %d stored", receipt, err, told.Summary.Photos)
			}
			after := covered(began.Add(4 * time.Hour))
			if after.Share < 0.99999 || len(after.Gaps.Features) > 0 {
				t.Errorf("%.6f covered after the flight, %d gaps", after.Share, len(after.Gaps.Features))
			}
		})
	}
}

// A survey is planned over an area that the console holds, comes as a file for every
// ground station, and other programs' plans are shown; what is wrong is said.
func TestSurveysArePlannedOverHTTP(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"金水区","kind":"district"}`)
	ask := func(more string) string {
		return fmt.Sprintf(`{"area":"areas/%s","camera":"M3E","height_m":100%s}`, area, more)
	}
	var cameras struct{ Models []string }
	admin.get("/api/cameras").want(t, http.StatusOK).into(t, &cameras)
	if !slices.Contains(cameras.Models, "M3E") {
		t.Errorf("cameras %v", cameras.Models)
	}
	var plan struct {
		Type     string
		Features []feature
		Summary  flight.Summary
	}
	admin.post("/api/surveys/plan", ask(`,"battery_min":20`)).want(t, http.StatusOK).into(t, &plan)
	if plan.Type != "FeatureCollection" || plan.Summary.Sorties < 2 || plan.Summary.SeenShare < 0.9999 || plan.Features[0].Properties["kind"] != "takeoff" {
		t.Errorf("%+v", plan.Summary)
	}
	for _, format := range []string{"plan", "kmz", "gpx", "kml", "geojson"} {
		got := admin.post("/api/surveys/plan?format="+format, ask("")).want(t, http.StatusOK)
		if name := got.header.Get("Content-Disposition"); !strings.Contains(name, "survey-1."+format) {
			t.Errorf("%s is kept as %s", format, name)
		}
		if format == "plan" || format == "kmz" {
			shown := admin.ask(http.MethodPost, "/api/surveys/show", "application/octet-stream", string(got.body)).want(t, http.StatusOK)
			if !bytes.Contains(shown.body, []byte(`"kind":"route"`)) {
				t.Errorf("%s shows %.200s", format, shown.body)
			}
		}
	}
	admin.post("/api/surveys/plan?format=plan&sortie=2", ask(`,"battery_min":20`)).want(t, http.StatusOK)
	for _, c := range []struct {
		name, query, body string
		status            int
		says              string
	}{
		{"a sortie must be named", "?format=plan", ask(`,"battery_min":20`), 400, "sortie"},
		{"a sortie that there is not", "?format=plan&sortie=9", ask(""), 400, "sortie"},
		{"a format that there is not", "?format=shp", ask(""), 400, "format"},
		{"a drone that no kmz is for", "?format=kmz", ask(`,"camera":"P4P"`), 422, "twice"},
		{"an area that there is not", "", `{"area":"areas/` + uuid.NewString() + `","camera":"M3E","height_m":100}`, 422, "there is no areas/"},
		{"a battery that does not last", "", ask(`,"battery_min":1`), 422, "one battery"},
		{"a member too many", "", ask(`,"color":"red"`), 422, "color"},
		{"a camera that nobody has", "", `{"area":"areas/` + area + `","camera":"Leica","height_m":100}`, 422, "camera"},
		{"too low", "", `{"area":"areas/` + area + `","camera":"M3E","height_m":1}`, 422, "photos"},
		{"no area", "", `{"camera":"M3E","height_m":100}`, 422, "area"},
	} {
		if p := admin.post("/api/surveys/plan"+c.query, c.body).wantProblem(t, c.status); !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: %q, want %q", c.name, p.Detail, c.says)
		}
	}
	admin.ask(http.MethodPost, "/api/surveys/show", "application/octet-stream", `{"fileType":"Plan","version":7}`).wantProblem(t, 422)
	s.nobody(t).post("/api/surveys/plan", ask("")).wantProblem(t, http.StatusUnauthorized)

	// The flight over a recorded gap.
	watch := uuid.New()
	leases, err := s.store.Lease(t.Context(), "test", []uuid.UUID{watch})
	if err != nil {
		t.Fatal(err)
	}
	gap := patrol.Gap{ID: uuid.Must(uuid.NewV7()), Watch: watch, State: "open", OpenedMs: time.Now().UnixMilli(),
		Severity: patrol.Severity{Level: patrol.Low}, PureGap: patrol.PureGap{
			Kind: patrol.Ground, Shape: orb.MultiPolygon{{{{113.6, 34.7}, {113.603, 34.7}, {113.603, 34.7005}, {113.6, 34.7005}, {113.6, 34.7}}}},
			Label: orb.Point{113.601, 34.7002}, Why: patrol.Why{Cause: patrol.Never},
		}}
	if _, _, err := s.store.WriteGaps(t.Context(), leases[0], []patrol.GapChange{{Event: "opened", Gap: gap}}); err != nil {
		t.Fatal(err)
	}
	admin.post("/api/gaps/"+gap.ID.String()+"/plan", `{"camera":"M3E","height_m":100}`).want(t, http.StatusOK).into(t, &plan)
	if plan.Summary.Lanes != 1 || plan.Summary.SeenShare != 1 {
		t.Errorf("a gap of 55 m is closed by %+v", plan.Summary)
	}
	if p := admin.post("/api/gaps/"+gap.ID.String()+"/plan", ask("")).wantProblem(t, 422); p.Field != "area" {
		t.Errorf("%+v", p)
	}
	admin.post("/api/gaps/"+uuid.NewString()+"/plan", `{"camera":"M3E","height_m":100}`).wantProblem(t, http.StatusNotFound)
}
