package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"xunfang/geo"
	"xunfang/geo/flight"
	"xunfang/patrol"
)

// runSurveyPlan lays a survey flight and writes it for a ground station. It asks no
// server: the area is a file.
func runSurveyPlan(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang survey plan", flag.ContinueOnError)
	area := flags.String("area", "", "GeoJSON `FILE` of the area")
	noFly := flags.String("no-fly", "", "GeoJSON `FILE` of zones that nothing is flown through")
	camera := flags.String("camera", "", "the drone's `MODEL`: "+strings.Join(geo.CameraModels(), ", "))
	hfov := flags.Float64("hfov-deg", 0, "an own camera's horizontal `ANGLE` of view, instead of --camera")
	vfov := flags.Float64("vfov-deg", 0, "an own camera's vertical `ANGLE` of view")
	sensor := flags.String("sensor-mm", "", "an own camera's sensor, `WIDTHxHEIGHT`, with --focal-mm")
	focal := flags.Float64("focal-mm", 0, "an own camera's focal `LENGTH`")
	widthPx := flags.Int("image-px", 0, "an own camera's `WIDTH` of an image, for --gsd-cm")
	// What is given of these is asked for, under the same names with underscores.
	numbers := map[string]*float64{
		"gsd-cm":      flags.Float64("gsd-cm", 0, "`CENTIMETRES` of ground that a pixel shows straight below; or --height-m"),
		"height-m":    flags.Float64("height-m", 0, "`METRES` above ground"),
		"front":       flags.Float64("front", 0.8, "`SHARE` of an image that the next one shows too"),
		"side":        flags.Float64("side", 0.7, "`SHARE` of an image that the next lane's show too"),
		"images":      flags.Float64("images", 1, "how many `TIMES` the pattern gap shows the area"),
		"margin-m":    flags.Float64("margin-m", 5, "`METRES` around the area that the pattern gap shows too"),
		"speed-mps":   flags.Float64("speed-mps", flight.DefaultSpeedMPS, "`METRES` a second"),
		"battery-min": flags.Float64("battery-min", 0, "`MINUTES` that one battery is flown, the reserve taken off; sorties are cut by it"),
	}
	pattern := flags.String("pattern", "lanes", "`lanes, orbit or gap`: over the area, once around it, or the shortest flight that shows all of it")
	takeoff := flags.String("takeoff", "", "`LON,LAT` where sorties begin and end")
	file := flags.String("out", "", "`FILE` to write: .plan (QGroundControl), .kmz (DJI), .gpx, .kml or .geojson; each further sortie of a .plan or .kmz goes to FILE-2 and so on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *area == "" || *file == "" || flags.NArg() > 0 {
		return errors.New("survey plan needs --area and --out, and takes nothing but flags")
	}
	format, err := flight.FormatOf(filepath.Ext(*file))
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	asked := map[string]any{"pattern": *pattern}
	flags.Visit(func(f *flag.Flag) {
		if v, ok := numbers[f.Name]; ok {
			asked[strings.ReplaceAll(f.Name, "-", "_")] = *v
		}
	})
	if asked["area"], err = readGeoJSON(*area); err != nil {
		return err
	}
	if *noFly != "" {
		if asked["no_fly"], err = readGeoJSON(*noFly); err != nil {
			return err
		}
	}
	if *takeoff != "" {
		if asked["takeoff"], err = readNumbers("--takeoff", *takeoff, ","); err != nil {
			return err
		}
	}
	switch {
	case *camera != "":
		asked["camera"] = *camera
	case *sensor != "":
		size, err := readNumbers("--sensor-mm", *sensor, "x")
		if err != nil {
			return err
		}
		asked["camera"] = map[string]any{"sensor_mm": size, "focal_mm": *focal, "image_width_px": *widthPx}
	case *hfov != 0:
		asked["camera"] = map[string]any{"hfov_deg": *hfov, "vfov_deg": *vfov, "image_width_px": *widthPx}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return fmt.Errorf("--area or --no-fly is no JSON: %w", err)
	}
	spec, err := patrol.ParseSurveyPlan(body, nil, nil)
	if err != nil {
		return err
	}
	plan, err := patrol.PlanSurvey(spec)
	if err != nil {
		return err
	}
	if err := writePlan(plan, format, *file); err != nil {
		return err
	}
	answer := json.NewEncoder(out)
	answer.SetIndent("", "  ")
	return answer.Encode(plan.Summary())
}

// runSurveyShow prints what another program's plan leads by, as GeoJSON.
func runSurveyShow(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: xunfang survey show FILE.plan|FILE.kmz")
	}
	file, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	route, err := flight.Read(file)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return json.NewEncoder(out).Encode(route.Collection())
}

func readGeoJSON(path string) (json.RawMessage, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("%s is not JSON", path)
	}
	return text, nil
}

// readNumbers reads two numbers with something between them.
func readNumbers(flag, text, between string) ([2]float64, error) {
	var v [2]float64
	first, second, ok := strings.Cut(text, between)
	for i, s := range [2]string{first, second} {
		n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || !ok {
			return v, fmt.Errorf("%s is %q, not two numbers with %q between them", flag, text, between)
		}
		v[i] = n
	}
	return v, nil
}

// writePlan writes a file, or one for each sortie: FILE.plan, FILE-2.plan and so on.
func writePlan(plan *flight.Plan, format flight.Format, file string) error {
	for i := range plan.Sorties {
		text, err := format.Write(plan, i, time.Now())
		if err != nil {
			return err
		}
		name := file
		if i > 0 {
			ending := filepath.Ext(file)
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(file, ending), i+1, ending)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
		if !format.PerSortie {
			return nil
		}
	}
	return nil
}
