package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/ingest"
	"xunfang/patrol"
)

// heights turns what files and flags say of a survey's heights into heights above ground,
// where the ground's elevation is known.
type heights struct {
	metres     float64           // 0: as the files say
	kind       patrol.HeightKind // of metres; without, "" or the kind of the files' to use
	elevations []geo.Elevation
	takeoff    *orb.Point // nil: where the first recording begins
}

// What is assumed of heights.
const (
	assumedLevel    = "the ground as high as at take-off"
	assumedMeasured = "the ground as high as the elevation raster says"
)

// Reasons for which an image is refused that nothing says the height of.
var (
	errNoHeight    = errors.New("no height that is known: give --height-m")
	errNoElevation = errors.New("outside the elevation raster, or where it has no data")
)

// readHeights reads --height-m, --height-kind and --takeoff.
func readHeights(metres float64, kind, takeoff string, rasters []string) (h heights, err error) {
	h.metres, h.kind = metres, patrol.HeightKind(kind)
	switch h.kind {
	case "", patrol.AboveGround, patrol.AboveTakeoff:
	case patrol.AboveSea:
		if len(rasters) == 0 {
			return h, errors.New("a height above sea level says nothing of the ground below: give the height above ground, or the ground's with --elevation")
		}
	default:
		return h, fmt.Errorf("--height-kind is %q, none of ground, takeoff and sea", kind)
	}
	if metres < 0 || math.IsNaN(metres) || metres != 0 && kind == "" {
		return h, errors.New("--height-m must be above 0 and needs --height-kind")
	}
	if metres == 0 && h.kind == patrol.AboveGround {
		return h, errors.New("--height-kind ground needs --height-m")
	}
	if takeoff != "" {
		lon, lat, _ := strings.Cut(takeoff, ",")
		x, errX := strconv.ParseFloat(lon, 64)
		y, errY := strconv.ParseFloat(lat, 64)
		if errX != nil || errY != nil || !(math.Abs(x) <= 180 && math.Abs(y) <= 90) {
			return h, fmt.Errorf("--takeoff is %q, not LON,LAT", takeoff)
		}
		h.takeoff = &orb.Point{x, y}
	}
	for _, path := range rasters {
		e, err := readElevation(path)
		if err != nil {
			return h, err
		}
		h.elevations = append(h.elevations, e)
	}
	return h, nil
}

func readElevation(path string) (geo.Elevation, error) {
	file, err := os.Open(path)
	if err != nil {
		return geo.Elevation{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return geo.Elevation{}, err
	}
	return ingest.ReadElevation(path, file, info.Size())
}

// startAt takes the beginning of the first recording for the take-off, unless one is given.
func (h *heights) startAt(photos []ingest.Photo) {
	for _, p := range photos {
		if h.takeoff == nil && p.Track {
			h.takeoff = &orb.Point{p.Fix.Lon, p.Fix.Lat}
		}
	}
}

// of returns a photo's height and what it is measured from, and what was assumed of it.
func (h *heights) of(p ingest.Photo) (m float64, kind patrol.HeightKind, assumed string, err error) {
	m, kind = h.metres, h.kind
	switch {
	case m != 0:
	case kind == patrol.AboveSea:
		if m = float64(p.Fix.AltitudeM); p.Fix.AltitudeM == patrol.Unknown {
			return 0, "", "", errNoHeight
		}
	case kind == "" && !math.IsNaN(p.GroundM):
		m, kind = p.GroundM, patrol.AboveGround
	default:
		m, kind = p.TakeoffM, patrol.AboveTakeoff
	}
	if math.IsNaN(m) {
		return 0, "", "", errNoHeight
	}
	below := 0.0 // what m is measured from, above sea level
	switch kind {
	case patrol.AboveGround:
		return m, kind, "", nil
	case patrol.AboveTakeoff:
		if len(h.elevations) == 0 || h.takeoff == nil {
			return m, kind, assumedLevel, nil
		}
		if below, err = h.ground(*h.takeoff); err != nil {
			return 0, "", "", err
		}
	}
	ground, err := h.ground(orb.Point{p.Fix.Lon, p.Fix.Lat})
	if err != nil {
		return 0, "", "", err
	}
	return below + m - ground, patrol.AboveGround, assumedMeasured, nil
}

// ground returns the ground's height above sea level by the first raster that knows it.
func (h *heights) ground(at orb.Point) (float64, error) {
	for _, e := range h.elevations {
		if m, ok := e.At(at); ok {
			return m, nil
		}
	}
	return 0, errNoElevation
}
