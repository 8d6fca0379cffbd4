package ingest

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// exifColumns are the tags under which exiftool -csv writes what a photo has, lower
// case; the earlier of two that a file has is read first.
var exifColumns = map[string][]string{
	"time":       {"subsecdatetimeoriginal", "datetimeoriginal"},
	"lon":        {"gpslongitude", "gpslongtitude"}, // older DJI firmware misspells it
	"lonref":     {"gpslongituderef"},
	"lat":        {"gpslatitude"},
	"latref":     {"gpslatituderef"},
	"altitude":   {"absolutealtitude", "gpsaltitude"},
	"height":     {"relativealtitude"},
	"yaw":        {"gimbalyawdegree"},
	"pitch":      {"gimbalpitchdegree"},
	"roll":       {"gimbalrolldegree"},
	"flight yaw": {"flightyawdegree"},
}

// readExifCSV reads the table that exiftool -csv writes, with or without -n.
func readExifCSV(r *bufio.Reader, times PhotoTimes, take func(Photo) error) (Refused, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	row := exifRow{at: map[string]int{}}
	for i, name := range header {
		row.at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if !row.has("time") || !row.has("lon") || !row.has("lat") {
		return nil, errors.New("the header lacks DateTimeOriginal, GPSLongitude or GPSLatitude")
	}
	refused := Refused{}
	for {
		row.fields, err = rows.Read()
		if errors.Is(err, io.EOF) {
			return refused, nil
		}
		if err != nil {
			return refused, err
		}
		photo, err := row.photo(times.Zone)
		if err != nil {
			refused.add(err.Error(), 1)
			continue
		}
		if err := take(photo); err != nil {
			return refused, err
		}
	}
}

// exifRow reads one row after the other by the header's tags.
type exifRow struct {
	at     map[string]int
	fields []string
}

func (row exifRow) has(what string) bool {
	for _, name := range exifColumns[what] {
		if _, ok := row.at[name]; ok {
			return true
		}
	}
	return false
}

// text returns the first filled field for what, or "".
func (row exifRow) text(what string) string {
	for _, name := range exifColumns[what] {
		if i, ok := row.at[name]; ok && i < len(row.fields) {
			if text := strings.TrimSpace(row.fields[i]); text != "" {
				return text
			}
		}
	}
	return ""
}

// number reads an optional figure, with or without a unit; NaN when there is none.
func (row exifRow) number(what string) float64 {
	text, _, _ := strings.Cut(row.text(what), " ")
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

func (row exifRow) photo(zone *time.Location) (Photo, error) {
	lon, okLon := readCoordinate(row.text("lon"), row.text("lonref"))
	lat, okLat := readCoordinate(row.text("lat"), row.text("latref"))
	if !okLon || !okLat || math.Abs(lon) > 180 || math.Abs(lat) > 90 || lon == 0 && lat == 0 {
		return Photo{}, errNoPlace
	}
	t, err := readExifTime(row.text("time"), zone)
	if err != nil {
		return Photo{}, err
	}
	p := newPhoto(newFix(t, lon, lat))
	p.TakeoffM = row.number("height")
	p.Fix.AltitudeM = aboveSea(row.number("altitude"))
	p.turned(row.number("yaw"), row.number("pitch"), row.number("roll"), row.number("flight yaw"))
	return p, nil
}

// dms is how exiftool prints a coordinate without -n: 8 deg 27' 55.22" N.
var dms = regexp.MustCompile(`^([0-9.]+) deg ([0-9.]+)' ([0-9.]+)"(?: ([NSEW]))?$`)

// readCoordinate reads degrees, with exiftool's letter of the hemisphere in the text
// itself or, where that is only a size, in ref.
func readCoordinate(text, ref string) (deg float64, ok bool) {
	if m := dms.FindStringSubmatch(text); m != nil {
		for i, unit := range []float64{1, 60, 3600} {
			v, err := strconv.ParseFloat(m[i+1], 64)
			if err != nil {
				return 0, false
			}
			deg += v / unit
		}
		if m[4] != "" {
			ref = m[4]
		}
	} else {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) {
			return 0, false
		}
		deg = v
	}
	if deg > 0 && ref != "" && strings.ContainsAny(ref[:1], "SWsw") {
		deg = -deg
	}
	return deg, true
}

// readExifTime reads 2025:04:16 07:25:57, with or without a fraction and a zone.
func readExifTime(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006:01:02 15:04:05Z07:00", "2006:01:02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errNoTime
}
