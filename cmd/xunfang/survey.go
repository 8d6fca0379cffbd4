package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
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
	server     *client.Client
	name       string
	heightM    float64 // 0: as the files say
	heightKind patrol.HeightKind
	camera     geo.Camera
	times      ingest.PhotoTimes
}

// imported is what became of a survey, with everything that was assumed.
type imported struct {
	Tracker    uuid.UUID      `json:"tracker"`
	Fixes      patrol.Receipt `json:"fixes"`
	Footprints patrol.Receipt `json:"footprints"`
	Refused    ingest.Refused `json:"refused"` // images of the files that cannot be used, by reason
	Assumed    map[string]int `json:"assumed"` // images of which the files do not say enough
	HeightKind string         `json:"height_kind"`
}

func runSurvey(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "import" {
		return errors.New("usage: xunfang survey import [flags] FILE…; xunfang survey import -h tells more")
	}
	flags := flag.NewFlagSet("xunfang survey import", flag.ContinueOnError)
	server := serverFlag(flags)
	s := &survey{}
	flags.StringVar(&s.name, "name", "", "`NAME` of the drone's tracker")
	flags.Float64Var(&s.heightM, "height-m", 0, "`METRES` that the camera was above what --height-kind says (default as the files say, above take-off)")
	kind := flags.String("height-kind", "", "`ground or takeoff` (then the ground is taken to be level); sea says nothing of the ground and is refused")
	model := flags.String("camera", "", "the drone's `MODEL`: "+strings.Join(geo.CameraModels(), ", "))
	hfov := flags.Float64("hfov-deg", 0, "the camera's horizontal `ANGLE` of view, instead of --camera")
	vfov := flags.Float64("vfov-deg", 0, "the camera's vertical `ANGLE` of view")
	zone := flags.String("time-zone", "UTC", "`ZONE` of times that carry none, such as Asia/Shanghai")
	begin := flags.String("begin", "", "`TIME` (RFC 3339) at which a film began whose subtitles carry no date")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if s.name == "" || flags.NArg() == 0 {
		return errors.New("survey import needs --name and at least one file")
	}
	var err error
	if s.heightKind, err = readHeight(s.heightM, *kind); err != nil {
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

func readHeight(heightM float64, kind string) (patrol.HeightKind, error) {
	switch k := patrol.HeightKind(kind); {
	case k == patrol.AboveSea:
		return "", errors.New("a height above sea level says nothing of the ground below: give the height above ground")
	case heightM == 0 && (kind == "" || k == patrol.AboveTakeoff):
		return patrol.AboveTakeoff, nil
	case !(heightM > 0):
		return "", errors.New("--height-m must be above 0")
	case k != patrol.AboveGround && k != patrol.AboveTakeoff:
		return "", errors.New("--height-m needs --height-kind ground or takeoff")
	default:
		return k, nil
	}
}

func readCamera(model string, hfovDeg, vfovDeg float64) (geo.Camera, error) {
	if model != "" {
		c, ok := geo.CameraOf(model)
		if !ok || hfovDeg != 0 || vfovDeg != 0 {
			return c, fmt.Errorf("--camera is one of %s, or give --hfov-deg and --vfov-deg instead", strings.Join(geo.CameraModels(), ", "))
		}
		return c, nil
	}
	c := geo.Camera{HFov: hfovDeg * math.Pi / 180, VFov: vfovDeg * math.Pi / 180}
	if err := geo.CheckCamera(c); err != nil {
		return c, fmt.Errorf("survey import needs --camera, or --hfov-deg and --vfov-deg: %w", err)
	}
	return c, nil
}

// send reads the files as one survey and sends it. A survey without one usable image
// leaves no tracker behind.
func (s *survey) send(ctx context.Context, files []string) (imported, error) {
	result := imported{Refused: ingest.Refused{}, Assumed: map[string]int{}, HeightKind: string(s.heightKind)}
	var photos []ingest.Photo
	for _, file := range files {
		refused, err := readPhotos(file, s.times, func(p ingest.Photo) error {
			photos = append(photos, p)
			return nil
		})
		if err != nil {
			return result, err
		}
		for reason, n := range refused {
			result.Refused[reason] += n
		}
	}
	photos = ingest.Sift(photos, result.Refused)
	var fixes []patrol.Fix
	var images []patrol.Image
	for _, p := range photos {
		fixes = append(fixes, p.Fix)
		image, ok := s.image(p)
		if !ok {
			result.Refused["no height above take-off: give --height-m"]++
			continue
		}
		images = append(images, image)
		if p.Assumed != "" {
			result.Assumed[p.Assumed]++
		}
	}
	if len(images) == 0 {
		return result, fmt.Errorf("none of the images can be used: %v", result.Refused)
	}
	var token string
	var err error
	result.Tracker, token, err = s.server.CreateTracker(ctx, map[string]any{"name": s.name, "kind": patrol.Drone, "import": true})
	if err != nil {
		return result, err
	}
	if result.Fixes, err = inBatches(fixes, func(b []patrol.Fix) (patrol.Receipt, error) { return s.server.SendFixes(ctx, token, b) }); err != nil {
		return result, err
	}
	result.Footprints, err = inBatches(images, func(b []patrol.Image) (patrol.Receipt, error) { return s.server.SendImages(ctx, token, b) })
	return result, err
}

func readPhotos(path string, times ingest.PhotoTimes, take func(ingest.Photo) error) (ingest.Refused, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return ingest.ReadPhotos(path, file, times, take)
}

// image is a photo with the survey's camera and height; false when no height is known.
func (s *survey) image(p ingest.Photo) (patrol.Image, bool) {
	im := patrol.Image{
		TMs: p.Fix.TMs, At: orb.Point{p.Fix.Lon, p.Fix.Lat},
		HeightM: s.heightM, HeightKind: s.heightKind, Look: p.Look, Camera: s.camera,
	}
	if s.heightM == 0 {
		im.HeightM = p.HeightM
	}
	if p.Video {
		im.Camera = im.Camera.Film()
	}
	return im, !math.IsNaN(im.HeightM)
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
