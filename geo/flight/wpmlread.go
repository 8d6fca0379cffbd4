package flight

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

const (
	maxWPMLBytes = 32 << 20 // of one file, unpacked
	maxWPMLFiles = 1000     // in the archive
)

// wpmlRead is what is read of either file: names without their prefix, so that every
// version's namespace will do.
type wpmlRead struct {
	Folders []struct {
		ExecuteMode  string `xml:"executeHeightMode"`
		TemplateMode string `xml:"waylineCoordinateSysParam>heightMode"`
		GlobalM      string `xml:"globalHeight"`
		Placemarks   []struct {
			Coordinates string `xml:"Point>coordinates"`
			ExecuteM    string `xml:"executeHeight"`
			HeightM     string `xml:"height"`
			UseGlobal   string `xml:"useGlobalHeight"`
			Polygon     string `xml:"Polygon>outerBoundaryIs>LinearRing>coordinates"`
		} `xml:"Placemark"`
	} `xml:"Document>Folder"`
}

// readWPML reads what the drone flies, waylines.wpml, or where there is none what the
// pilot edits, template.kml.
func readWPML(file []byte) (*Route, error) {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, fmt.Errorf("the .kmz is no archive: %w", err)
	}
	if len(archive.File) > maxWPMLFiles {
		return nil, fmt.Errorf("the .kmz holds more than %d files", maxWPMLFiles)
	}
	for _, name := range [2]string{wpmlWaylines, wpmlTemplate} {
		for _, f := range archive.File {
			if strings.EqualFold(f.Name, name) {
				return readWPMLFile(f)
			}
		}
	}
	return nil, fmt.Errorf("the .kmz holds neither %s nor %s", wpmlWaylines, wpmlTemplate)
}

func readWPMLFile(f *zip.File) (*Route, error) {
	body, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxWPMLBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	if len(text) > maxWPMLBytes {
		return nil, fmt.Errorf("%s is larger than %d MiB", f.Name, maxWPMLBytes>>20)
	}
	var read wpmlRead
	if err := xml.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	r := &Route{Program: "DJI"}
	for _, folder := range read.Folders {
		kind := "takeoff"
		switch folder.ExecuteMode + folder.TemplateMode {
		case "WGS84", "EGM96":
			kind = "sea"
		case "realTimeFollowSurface", "aboveGroundLevel":
			kind = "ground"
		}
		for _, mark := range folder.Placemarks {
			if mark.Polygon != "" {
				ring, err := places(strings.Fields(mark.Polygon))
				if err != nil {
					return nil, err
				}
				r.Areas = append(r.Areas, ring)
				continue
			}
			at, err := places(strings.Fields(mark.Coordinates))
			if err != nil || len(at) != 1 {
				return nil, errors.Join(fmt.Errorf("waypoint %d has no place", len(r.Waypoints)+1), err)
			}
			height := mark.ExecuteM
			if height == "" && mark.UseGlobal == "1" {
				height = folder.GlobalM
			} else if height == "" {
				height = mark.HeightM
			}
			heightM, err := strconv.ParseFloat(strings.TrimSpace(height), 64)
			if err != nil {
				return nil, fmt.Errorf("the height of waypoint %d is %q, not a number", len(r.Waypoints)+1, height)
			}
			if err := r.add(Waypoint{at[0], heightM, kind}); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// places reads KML's coordinates: lon,lat or lon,lat,height each.
func places(texts []string) (out orb.Ring, err error) {
	for _, text := range texts {
		numbers := strings.Split(text, ",")
		if len(numbers) < 2 {
			return nil, fmt.Errorf("%q is not longitude,latitude", text)
		}
		var at orb.Point
		for i := range at {
			if at[i], err = strconv.ParseFloat(numbers[i], 64); err != nil {
				return nil, fmt.Errorf("%q is not longitude,latitude", text)
			}
		}
		if !onEarth(at) {
			return nil, fmt.Errorf("%q is not on the earth", text)
		}
		out = append(out, at)
	}
	return out, nil
}
