package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/client"
	"xunfang/geo"
	"xunfang/ingest"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// importSurvey runs survey import against s.
func importSurvey(t *testing.T, s *server, args ...string) (got imported) {
	t.Helper()
	signIn(t)
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"survey", "import", "--server", s.url}, args...), &out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// polygonOf reads the first polygon of a GeoJSON file.
func polygonOf(t *testing.T, path string) orb.Polygon {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Features []struct {
			Geometry struct{ Coordinates orb.Polygon }
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Features[0].Geometry.Coordinates
}

// droneWatch makes an area and a ground watch of it that drones' images satisfy.
func droneWatch(t *testing.T, c *client.Client, area orb.Polygon) uuid.UUID {
	t.Helper()
	id, _, err := c.CreateFeature(t.Context(), "areas", area, map[string]any{"name": "Freetown", "kind": "district"})
	if err != nil {
		t.Fatal(err)
	}
	watch, _, err := c.CreateFeature(t.Context(), "watches", nil, map[string]any{
		"name": "航拍", "kind": "ground", "subject": "areas/" + id.String(), "sources": []string{"drone"}, "revisit_s": 10 * 86400,
	})
	if err != nil {
		t.Fatal(err)
	}
	return watch
}

// withoutBand copies a survey's table without the photos between two distances north of
// a latitude.
func withoutBand(t *testing.T, path string, lat, fromM, toM float64) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	kept, row := rows[:1:1], 0
	refused, err := ingest.ReadPhotos(path, file, ingest.PhotoTimes{}, func(p ingest.Photo) error {
		row++
		if north := (p.Fix.Lat - lat) * 110_600; north < fromM || north > toM {
			kept = append(kept, rows[row])
		}
		return nil
	})
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	out := filepath.Join(t.TempDir(), "cut.csv")
	cut, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer cut.Close()
	if err := csv.NewWriter(cut).WriteAll(kept); err != nil {
		t.Fatal(err)
	}
	return out
}

// unionShare is what share of an area PostGIS finds under the footprints that the server
// serves, in the area's UTM zone.
func unionShare(t *testing.T, s *server, database string, tracker uuid.UUID, area orb.Polygon, utm int) (share float64, footprints int) {
	t.Helper()
	items, err := clientOf(t, s).Items(t.Context(), "footprints", url.Values{
		"tracker": {tracker.String()}, "datetime": {"2025-04-10T00:00:00Z/2025-04-30T00:00:00Z"}, "limit": {"1000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var rings orb.Collection
	for _, item := range items {
		var g struct{ Coordinates orb.Polygon }
		if err := json.Unmarshal(item.Geometry, &g); err != nil {
			t.Fatal(err)
		}
		rings = append(rings, g.Coordinates)
	}
	err = newOracle(t, database).conn.QueryRow(t.Context(), `
WITH area AS (SELECT ST_Transform(ST_GeomFromText($1, 4326), $3::int) AS g),
     seen AS (SELECT ST_UnaryUnion(ST_Transform(ST_GeomFromText($2, 4326), $3::int)) AS g)
SELECT ST_Area(ST_Transform(ST_Intersection(area.g, seen.g), 4326)::geography) / ST_Area(ST_Transform(area.g, 4326)::geography)
  FROM area, seen`, pgx.QueryExecModeSimpleProtocol, wkt.MarshalString(area), wkt.MarshalString(rings), utm).Scan(&share)
	if err != nil {
		t.Fatal(err)
	}
	return share, len(items)
}

// A real survey of 1,452 photos, 110 m above ground, covers its area whole; without a
// band of it 11.2 % stay uncovered, as brute-force ray casting over the same photos found.
// PostGIS's union of the footprints says the same.
func TestSurveyCoversItsArea(t *testing.T) {
	folder := filepath.Join(testData(t), "drone-survey-freetown")
	photos := filepath.Join(folder, "image_metadata.csv")
	area := polygonOf(t, filepath.Join(folder, "aoi.geojson"))
	for _, c := range []struct {
		name  string
		file  string
		share float64
	}{
		{"whole", photos, 1},
		{"without a band", withoutBand(t, photos, area.Bound().Center().Lat(), -90, 150), 0.888},
	} {
		t.Run(c.name, func(t *testing.T) {
			database := storetest.URL(t)
			s := startConsole(t, func(cfg *Config) { cfg.DatabaseURL = database })
			door := clientOf(t, s)
			watch := droneWatch(t, door, area)
			got := importSurvey(t, s, "--name", "Freetown", "--height-m", "110", "--height-kind", "ground",
				"--hfov-deg", "73.7", "--vfov-deg", "58.7", c.file)
			if len(got.Refused) > 0 || len(got.Footprints.Rejected) > 0 || got.Fixes.Stored != got.Footprints.Stored {
				t.Errorf("%+v", got)
			}
			at := time.Date(2025, 4, 25, 14, 0, 0, 0, time.UTC)
			coverage, err := door.Coverage(t.Context(), watch, at)
			if err != nil {
				t.Fatal(err)
			}
			share, n := unionShare(t, s, database, got.Tracker, area, 32628)
			t.Logf("%d footprints: %.4f covered, PostGIS %.4f, in %d gaps", n, coverage.Share, share, len(coverage.Gaps.Features))
			if n != got.Footprints.Stored || math.Abs(coverage.Share-share) > 0.002 || math.Abs(share-c.share) > 0.005 {
				t.Errorf("%d footprints served of %d; share %.4f, PostGIS %.4f, want %.3f", n, got.Footprints.Stored, coverage.Share, share, c.share)
			}
		})
	}
}

// What drones' images show shows at once, in the live raster as in the store's.
func TestImagesPaintLive(t *testing.T) {
	s := startConsole(t, nil)
	c := clientOf(t, s)
	area := orb.Polygon{{{113.62, 34.75}, {113.6201, 34.75}, {113.6201, 34.7501}, {113.62, 34.7501}, {113.62, 34.75}}}
	watch := droneWatch(t, c, area)
	id, token, err := c.CreateTracker(t.Context(), map[string]any{"name": "无人机 1", "kind": "drone"})
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.Coverage(t.Context(), watch, time.Time{})
	if err != nil || before.Share != 0 {
		t.Fatalf("share %v (%v) before any image", before.Share, err)
	}
	camera, _ := geo.CameraOf("M3E")
	image := patrol.Image{
		TMs: time.Now().Add(-2 * time.Second).UnixMilli(), At: area.Bound().Center(), HeightM: 60, HeightKind: patrol.AboveGround,
		Look: geo.Attitude{Pitch: -math.Pi / 2}, Camera: camera,
	}
	up, sea := image, image
	up.Look.Pitch, sea.HeightKind = math.Pi/4, patrol.AboveSea
	receipt, err := c.SendImages(t.Context(), token, []patrol.Image{image, up, image, sea})
	if err != nil || receipt.Stored != 1 || receipt.Duplicate != 1 || len(receipt.Rejected) != 2 {
		t.Fatalf("%+v (%v), want one stored, one duplicate, two rejected", receipt, err)
	}
	live, err := c.Coverage(t.Context(), watch, time.Time{})
	if err != nil || live.Share < 0.9999 {
		t.Fatalf("share %v (%v), want all", live.Share, err)
	}
	stored, err := c.Coverage(t.Context(), watch, live.At)
	if err != nil || stored.RasterSHA256 != live.RasterSHA256 || stored.Seq != live.Seq {
		t.Errorf("live %v %s, stored %v %s (%v)", live.Seq, live.RasterSHA256, stored.Seq, stored.RasterSHA256, err)
	}
	item, err := c.Item(t.Context(), "footprints", fmt.Sprintf("%v_%d", id, image.TMs))
	if err != nil || item.Properties["height_kind"] != "ground" || item.Properties["height_m"] != 60.0 {
		t.Errorf("%+v (%v)", item, err)
	}
	_, walker := newTracker(t, c, "巡查 1")
	var refused *client.Error
	if _, err := c.SendImages(t.Context(), walker, []patrol.Image{image}); !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Errorf("images of a person: %v", err)
	}
}

// What a real upload's defects come to.
func TestSurveyRefusesDefects(t *testing.T) {
	file := filepath.Join(testData(t), "drone-survey-agung1-defects", "image_metadata.csv")
	s := startConsole(t, nil)
	got := importSurvey(t, s, "--name", "Agung", "--height-m", "110", "--height-kind", "ground", "--camera", "M3E", "--time-zone", "Asia/Makassar", file)
	want := ingest.Refused{
		"no place that can be read": 2, "of the moment of another image": 8,
		"in another hemisphere than the rest": 1, "more than 50 km from the rest": 1,
	}
	if diff := cmp.Diff(want, got.Refused); diff != "" || got.Footprints.Stored != 37 || got.Fixes.Stored != 37 {
		t.Errorf("%+v: %s", got, diff)
	}
}

// jpegHead is the headers of a photo of a DJI drone, 100 m up, its place in its XMP.
func jpegHead(taken time.Time, lon, lat float64) []byte {
	xmp := fmt.Sprintf("http://ns.adobe.com/xap/1.0/\x00"+`<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:d="http://www.dji.com/drone-dji/1.0/" `+
		`d:UTCAtExposure="%s" d:GpsLatitude="%+.7f" d:GpsLongitude="%+.7f" d:RelativeAltitude="+100.00" `+
		`d:GimbalYawDegree="+90.0" d:GimbalPitchDegree="-90.0" d:GimbalRollDegree="+0.0" d:CalibratedFocalLength="3725.15"/>`,
		taken.Format("2006:01:02 15:04:05.000"), lat, lon)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte((len(xmp) + 2) >> 8), byte(len(xmp) + 2)}, xmp...)
	return append(head, 0xff, 0xc0, 0, 11, 8, 0x0f, 0x74, 0x14, 0xa0, 1, 1, 0x11, 0, 0xff, 0xda)
}

// A folder of photos, as it lies on a card: twice imported it is there once, and what
// cannot be read costs only itself.
func TestSurveyOfAFolder(t *testing.T) {
	s := startConsole(t, nil)
	folder := t.TempDir()
	begin := time.Now().Add(-time.Hour)
	write := func(name string, content []byte) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		write(fmt.Sprintf("100MEDIA/DJI_%04d.JPG", i), jpegHead(begin.Add(time.Duration(3*i)*time.Second), 113.62, 34.75+0.0001*float64(i)))
	}
	write("100MEDIA/DJI_0005.JPG", jpegHead(begin.Add(15*time.Second), 113.62, -34.7505)) // the other hemisphere
	write("100MEDIA/DJI_0006.JPG", []byte("\xff\xd8\xff"))
	write("readme.txt", []byte("not of the survey"))
	first := importSurvey(t, s, "--name", "测绘", folder)
	if first.Footprints.Stored != 5 || first.Fixes.Stored != 5 || first.HeightKind != "takeoff" ||
		cmp.Diff(ingest.Refused{"in another hemisphere than the rest": 1, "the file cannot be read": 1}, first.Refused) != "" {
		t.Fatalf("%+v", first)
	}
	again := importSurvey(t, s, "--name", "测绘", folder)
	if again.Tracker != first.Tracker || again.Footprints.Stored != 0 || again.Footprints.Duplicate != 5 || again.Fixes.Duplicate != 5 {
		t.Errorf("%+v", again)
	}
	log := importSurvey(t, s, "--name", "飞行记录", filepath.Join(testData(t), "drone-logs", "log171.bin"))
	if log.Fixes.Stored+log.Fixes.Duplicate == 0 || log.Footprints.Stored != 0 || log.Tracker == first.Tracker {
		t.Errorf("%+v", log)
	}
}
