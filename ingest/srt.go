package ingest

import (
	"bufio"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What the dialects of DJI's subtitles say, each in its own words:
//
//	[latitude: 41.42] [longitude: 2.23] [altitude: 117.0]         Air 2S, Mavic Air 2
//	[latitude : -20.25] [longtitude : 149.02]                     Mavic 2 (so misspelt)
//	[rel_alt: 1.3 abs_alt: 122.4] [gb_yaw: 9.1 gb_pitch: -90.0]   Mavic 3, Mini 4
//	GPS(-58.4563,-34.7383,19) BAROMETER:20.1                      Phantom 4: longitude first
//	GPS(36.6146,-6.1120,0.0M) BAROMETER:0.3M                      Matrice 300: latitude first
//	GPS (-58.85, -34.23, 15), … H 85.80m, … G.PRY (-24.4°, 0.0°, 110.4°)   Phantom 4 RTK
var (
	srtOffset  = regexp.MustCompile(`^(\d+):(\d\d):(\d\d),(\d{3}) -->`)
	srtTime    = regexp.MustCompile(`(\d{4})[.-](\d\d)[.-](\d\d) (\d\d:\d\d:\d\d)(?:[,.](\d{3}))?`)
	srtLat     = regexp.MustCompile(`\[latitude ?: ?(-?[0-9.]+)`)
	srtLon     = regexp.MustCompile(`\[longt?itude ?: ?(-?[0-9.]+)`)
	srtGPS     = regexp.MustCompile(`GPS ?\((-?[0-9.]+), ?(-?[0-9.]+), ?(-?[0-9.]+)(M?)\)`)
	srtSea     = regexp.MustCompile(`abs_alt: ?(-?[0-9.]+)`)
	srtTakeoff = regexp.MustCompile(`(?:rel_alt: ?|BAROMETER: ?|, H )(-?[0-9.]+)`)
	srtGimbal  = regexp.MustCompile(`G\.PRY \((-?[0-9.]+)°, (-?[0-9.]+)°, (-?[0-9.]+)°\)`)
	srtFlight  = regexp.MustCompile(`F\.PRY \((-?[0-9.]+)°, (-?[0-9.]+)°, (-?[0-9.]+)°\)`)
	srtYaw     = regexp.MustCompile(`gb_yaw: ?(-?[0-9.]+)`)
	srtPitch   = regexp.MustCompile(`gb_pitch: ?(-?[0-9.]+)`)
	srtRoll    = regexp.MustCompile(`gb_roll: ?(-?[0-9.]+)`)
)

// frameEvery thins a film: frames of one second show much the same.
const frameEvery = time.Second

// readSRT reads the subtitles that DJI's drones write beside a film, one frame a second.
func readSRT(r *bufio.Reader, times PhotoTimes, take func(Photo) error) (Refused, error) {
	refused := Refused{}
	var last time.Time
	frame := func(text string) error {
		photo, err := readFrame(text, times)
		if err != nil {
			refused.add(err.Error(), 1)
			return nil
		}
		t := time.UnixMilli(photo.Fix.TMs)
		if since := t.Sub(last); since >= 0 && since < frameEvery {
			return nil
		}
		last = t
		return take(photo)
	}
	lines := bufio.NewScanner(r)
	var text strings.Builder
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line != "" {
			text.WriteString(line + "\n")
			continue
		}
		if text.Len() > 0 {
			if err := frame(text.String()); err != nil {
				return refused, err
			}
			text.Reset()
		}
	}
	if err := lines.Err(); err != nil {
		return refused, err
	}
	if text.Len() > 0 {
		return refused, frame(text.String())
	}
	return refused, nil
}

// readFrame reads one subtitle, the number and the times of its frame above it.
func readFrame(text string, times PhotoTimes) (Photo, error) {
	lon, lat := figure(srtLon, text), figure(srtLat, text)
	if m := srtGPS.FindStringSubmatch(text); m != nil {
		lon, lat = number(m[1]), number(m[2])
		if m[4] == "M" {
			lon, lat = lat, lon
		}
	}
	if !(math.Abs(lon) <= 180) || !(math.Abs(lat) <= 90) || lon == 0 && lat == 0 {
		return Photo{}, errNoPlace
	}
	t, err := frameTime(text, times)
	if err != nil {
		return Photo{}, err
	}
	p := newPhoto(newFix(t, lon, lat))
	p.TakeoffM, p.Video = figure(srtTakeoff, text), true
	p.Fix.AltitudeM = aboveSea(figure(srtSea, text))
	flightYaw := math.NaN()
	if m := srtFlight.FindStringSubmatch(text); m != nil {
		flightYaw = number(m[3])
	}
	if m := srtGimbal.FindStringSubmatch(text); m != nil {
		p.turned(number(m[3]), number(m[1]), number(m[2]), flightYaw)
	} else {
		p.turned(figure(srtYaw, text), figure(srtPitch, text), figure(srtRoll, text), flightYaw)
	}
	return p, nil
}

// frameTime is the date in the text, else the film's beginning and the frame's offset.
func frameTime(text string, times PhotoTimes) (time.Time, error) {
	if m := srtTime.FindStringSubmatch(text); m != nil {
		written := m[1] + "-" + m[2] + "-" + m[3] + " " + m[4] + "." + m[5]
		t, err := time.ParseInLocation("2006-01-02 15:04:05", strings.TrimSuffix(written, "."), times.Zone)
		if err != nil {
			return time.Time{}, errNoTime
		}
		return t, nil
	}
	for line := range strings.Lines(text) {
		if m := srtOffset.FindStringSubmatch(line); m != nil && !times.Begin.IsZero() {
			seconds := number(m[1])*3600 + number(m[2])*60 + number(m[3]) + number(m[4])/1000
			return times.Begin.Add(time.Duration(seconds * float64(time.Second))), nil
		}
	}
	return time.Time{}, errNoTime
}

// figure reads the number that a pattern finds in text; NaN when there is none.
func figure(pattern *regexp.Regexp, text string) float64 {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return number(m[1])
	}
	return math.NaN()
}

func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
