package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/client"
	"xunfang/geo"
	"xunfang/ingest"
	"xunfang/patrol"
)

const surveyBatch = 1000 // fixes or images a request

// survey sends what a drone's camera took through the public ingest API: a tracker, its
// track and its images.
type survey struct {
	server  *client.Client
	name    string
	heights heights
	camera  geo.Camera // zero: as the files say
	times   ingest.PhotoTimes
	notes   io.Writer // progress
}

// imported is what became of a survey, with everything that was assumed.
type imported struct {
	Tracker    uuid.UUID      `json:"tracker"`
	Fixes      patrol.Receipt `json:"fixes"`
	Footprints patrol.Receipt `json:"footprints"`
	Refused    ingest.Refused `json:"refused"`     // images of the files that cannot be used, by reason
	Assumed    map[string]int `json:"assumed"`     // images of which the files do not say enough
	HeightKind string         `json:"height_kind"` // takeoff when any image's was; "" without images
}

func runSurvey(ctx context.Context, args []string, out io.Writer) error {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "import":
		return runSurveyImport(ctx, args[1:], out)
	case "plan":
		return runSurveyPlan(args[1:], out)
	case "show":
		return runSurveyShow(args[1:], out)
	}
	return errors.New("usage: xunfang survey import|plan [flags] …, xunfang survey show FILE; xunfang survey plan -h tells more")
}

func runSurveyImport(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang survey import", flag.ContinueOnError)
	server := serverFlag(flags)
	s := &survey{notes: os.Stderr}
	flags.StringVar(&s.name, "name", "", "`NAME` of the drone's tracker; a second import of that name adds to the first")
	metres := flags.Float64("height-m", 0, "`METRES` that the camera was above what --height-kind says (default as the files say)")
	kind := flags.String("height-kind", "", "`ground`, takeoff (without --elevation the ground is taken to be level) or sea (needs --elevation)")
	var rasters []string
	flags.Func("elevation", "`FILE` of the ground's elevation, SRTM .hgt or GeoTIFF in WGS84 degrees; may be given again", func(file string) error {
		rasters = append(rasters, file)
		return nil
	})
	takeoff := flags.String("takeoff", "", "`LON,LAT` of the take-off, for --elevation (default where a recording begins)")
	model := flags.String("camera", "", "the drone's `MODEL` (default as the files say): "+strings.Join(geo.CameraModels(), ", "))
	hfov := flags.Float64("hfov-deg", 0, "the camera's horizontal `ANGLE` of view, instead of --camera")
	vfov := flags.Float64("vfov-deg", 0, "the camera's vertical `ANGLE` of view")
	zone := flags.String("time-zone", "UTC", "`ZONE` of times that carry none, such as Asia/Shanghai")
	begin := flags.String("begin", "", "`TIME` (RFC 3339) at which a film began whose subtitles carry no date")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if s.name == "" || flags.NArg() == 0 {
		return errors.New("survey import needs --name and at least one file or folder")
	}
	var err error
	if s.heights, err = readHeights(*metres, *kind, *takeoff, rasters); err != nil {
		return err
	}
	if s.camera, err = readCamera(*model, *hfov, *vfov); err != nil {
		return err
	}
	if s.times.Zone, err = time.LoadLocation(*zone); err != nil {
		return fmt.Errorf("--time-zone: %w", err)
	}
	if *begin != "" {
		if s.times.Begin, err = time.Parse(time.RFC3339, *begin); err != nil {
			return fmt.Errorf("--begin is %q, not an RFC 3339 time", *begin)
		}
	}
	s.server = connect(*server)
	defer s.server.Close()
	result, err := s.send(ctx, flags.Args())
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// readCamera reads which camera took the images; zero when the files are to say.
func readCamera(model string, hfovDeg, vfovDeg float64) (geo.Camera, error) {
	if model != "" {
		c, ok := geo.CameraOf(model)
		if !ok || hfovDeg != 0 || vfovDeg != 0 {
			return c, fmt.Errorf("--camera is one of %s, or give --hfov-deg and --vfov-deg instead", strings.Join(geo.CameraModels(), ", "))
		}
		return c, nil
	}
	c := geo.Camera{HFov: hfovDeg * math.Pi / 180, VFov: vfovDeg * math.Pi / 180}
	if c == (geo.Camera{}) {
		return c, nil
	}
	if err := geo.CheckCamera(c); err != nil {
		return c, fmt.Errorf("--hfov-deg and --vfov-deg: %w", err)
	}
	return c, nil
}

// send reads the files as one survey and sends it. A survey of which nothing can be used
// leaves no tracker behind.
func (s *survey) send(ctx context.Context, paths []string) (imported, error) {
	result := imported{Refused: ingest.Refused{}, Assumed: map[string]int{}}
	files := reading{times: s.times, notes: s.notes, refused: result.Refused}
	if err := files.readAll(paths); err != nil {
		return result, err
	}
	var fixes []patrol.Fix
	var images []patrol.Image
	taken := 0
	moments := ingest.Sift(files.photos, result.Refused)
	s.heights.startAt(moments)
	for _, p := range moments {
		fixes = append(fixes, p.Fix)
		if p.Track {
			continue
		}
		taken++
		image, assumed, err := s.image(p)
		if err != nil {
			result.Refused[err.Error()]++
			continue
		}
		images = append(images, image)
		if result.HeightKind != string(patrol.AboveTakeoff) { // the weaker of two
			result.HeightKind = string(image.HeightKind)
		}
		for _, what := range [2]string{p.Assumed, assumed} {
			if what != "" {
				result.Assumed[what]++
			}
		}
	}
	if len(images) == 0 && (len(fixes) == 0 || taken > 0) {
		return result, fmt.Errorf("none of the images can be used: %v", result.Refused)
	}
	var token string
	var err error
	if result.Tracker, token, err = s.introduce(ctx); err != nil {
		return result, err
	}
	if result.Fixes, err = inBatches(fixes, func(b []patrol.Fix) (patrol.Receipt, error) { return s.server.SendFixes(ctx, token, b) }); err != nil {
		return result, err
	}
	sent := 0
	result.Footprints, err = inBatches(images, func(b []patrol.Image) (patrol.Receipt, error) {
		sent += len(b)
		fmt.Fprintf(s.notes, "sending %d of %d images\n", sent, len(images))
		return s.server.SendImages(ctx, token, b)
	})
	return result, err
}

// introduce returns the tracker that an earlier import of this name made, with a new
// token, or makes it. What was sent before is answered as duplicate.
func (s *survey) introduce(ctx context.Context) (id uuid.UUID, token string, err error) {
	known, err := s.server.Items(ctx, patrol.Trackers, url.Values{"name": {s.name}, "kind": {string(patrol.Drone)}})
	if err != nil {
		return id, "", err
	}
	for _, tracker := range known {
		if tracker.Properties["import"] != true {
			continue // one that flies: its token is in use
		}
		if id, err = uuid.Parse(tracker.ID); err != nil {
			return id, "", fmt.Errorf("the tracker's id: %w", err)
		}
		token, err = s.server.NewToken(ctx, id)
		return id, token, err
	}
	return s.server.CreateTracker(ctx, map[string]any{"name": s.name, "kind": patrol.Drone, "import": true})
}

// errNoCamera is why an image is refused of which nothing says what it takes in.
var errNoCamera = errors.New("no angle of view that is known: give --camera, or --hfov-deg and --vfov-deg")

// image is a photo with the survey's camera and height, where these are given, else with
// its own; assumed is what was assumed of its height.
func (s *survey) image(p ingest.Photo) (im patrol.Image, assumed string, err error) {
	im = patrol.Image{TMs: p.Fix.TMs, At: orb.Point{p.Fix.Lon, p.Fix.Lat}, Look: p.Look, Camera: s.camera}
	if im.HeightM, im.HeightKind, assumed, err = s.heights.of(p); err != nil {
		return im, "", err
	}
	if im.Camera == (geo.Camera{}) {
		im.Camera = p.Camera
	}
	if im.Camera == (geo.Camera{}) {
		return im, "", errNoCamera
	}
	if p.Video {
		im.Camera = im.Camera.Film()
	}
	return im, assumed, nil
}

// inBatches sends all and adds the receipts up; a rejection's index counts from the first.
func inBatches[T any](all []T, send func([]T) (patrol.Receipt, error)) (patrol.Receipt, error) {
	total := patrol.Receipt{Rejected: []patrol.Rejection{}}
	for first := 0; first < len(all); first += surveyBatch {
		r, err := send(all[first:min(len(all), first+surveyBatch)])
		if err != nil {
			return total, err
		}
		total.Stored += r.Stored
		total.Duplicate += r.Duplicate
		for _, rejection := range r.Rejected {
			rejection.Index += first
			total.Rejected = append(total.Rejected, rejection)
		}
	}
	return total, nil
}
