package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"time"

	"xunfang/geo"
	"xunfang/patrol"
)

// Photo is one moment of a survey's flight, as far as its file tells.
type Photo struct {
	Fix      patrol.Fix   // when and where; AltitudeM is above sea level
	GroundM  float64      // above the ground below; NaN = the file does not say
	TakeoffM float64      // above take-off; NaN = the file does not say
	Look     geo.Attitude // its Yaw is NaN where the file does not say
	Camera   geo.Camera   // zero = the file does not say
	Video    bool         // a frame of a film, which shows less of the height of a camera's view
	Track    bool         // only where the drone was: no image was taken
	Assumed  string       // what the file does not say and was assumed; "" = nothing
}

// newPhoto returns a photo of which nothing but time and place is known.
func newPhoto(fix patrol.Fix) Photo {
	p := Photo{Fix: fix, GroundM: math.NaN(), TakeoffM: math.NaN()}
	p.Look.Yaw = math.NaN()
	return p
}

// newFlown returns a moment of the flight at which no image was taken.
func newFlown(fix patrol.Fix) Photo {
	p := newPhoto(fix)
	p.Track = true
	return p
}

// What is assumed of a photo whose file does not say.
const (
	assumedDown    = "looking straight down"
	assumedAlong   = "looking straight down, turned as the drone flew"
	assumedTrigger = "taken when triggered: the camera did not confirm it"
)

// Reasons for which photos are refused, beside those of fixes.
const (
	wrongHemisphere = "in another hemisphere than the rest"
	farFromRest     = "more than 50 km from the rest"
	tooFast         = "further from the image before and after than a drone can fly"
	sameMoment      = "of the moment of another image"
)

// PhotoTimes is how a survey's files mean their times.
type PhotoTimes struct {
	Zone  *time.Location // of times without a zone; nil = UTC
	Begin time.Time      // when films began whose subtitles carry no date; zero = unknown
}

// ReadPhotos reads what a survey's file tells of, by content first and name second: a
// photo's JPEG headers, a table as exiftool -csv writes it, a DJI film's subtitles (SRT),
// an ArduPilot dataflash log (.bin, .log), a MAVLink recording (.tlog), a PX4 log (.ulg)
// or a GPX track. It gives each moment to take in the file's order. Of a JPEG only the
// headers are read. The error is take's, the reader's, or says what is wrong with the
// file; what came before it has been taken.
func ReadPhotos(name string, r io.Reader, times PhotoTimes, take func(Photo) error) (Refused, error) {
	text := bufio.NewReaderSize(&boundedReader{r: r, left: MaxFileBytes}, 64<<10)
	if bom, _ := text.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3) // what was peeked is there
	}
	start, err := text.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(start) == 0 {
		return nil, fmt.Errorf("read %s: the file is empty", name)
	}
	if times.Zone == nil {
		times.Zone = time.UTC
	}
	read, err := photoReaderFor(name, start)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	refused, err := read(text, times, take)
	if err != nil {
		return refused, fmt.Errorf("read %s: %w", name, err)
	}
	return refused, nil
}

type photoReader func(r *bufio.Reader, times PhotoTimes, take func(Photo) error) (Refused, error)

func photoReaderFor(name string, start []byte) (photoReader, error) {
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case bytes.HasPrefix(start, []byte{0xff, jpegStart}):
		return readJPEG, nil
	case bytes.HasPrefix(start, []byte(ulogHead)):
		return readULog, nil
	case bytes.HasPrefix(start, []byte{dataflashHead1, dataflashHead2}):
		return readDataflash, nil
	case bytes.HasPrefix(start, []byte("FMT,")):
		return readDataflashText, nil
	case looksLikeTlog(start):
		return readTlog, nil
	case bytes.Contains(start, []byte("<gpx")):
		return readFlownGPX, nil
	case ext == ".srt":
		return readSRT, nil
	case ext == ".csv":
		return readExifCSV, nil
	default:
		return nil, errors.New("neither a JPEG, a .csv of exiftool, an .srt of DJI, a dataflash log, a .tlog, a .ulg nor a GPX")
	}
}

// readFlownGPX reads a GPX track as a flight on which no image was taken.
func readFlownGPX(r *bufio.Reader, _ PhotoTimes, take func(Photo) error) (Refused, error) {
	return ReadGPX(r, func(fix patrol.Fix) error { return take(newFlown(fix)) })
}

// aboveSea is an altitude as fixes carry it; what no drone reaches is unknown.
func aboveSea(m float64) float32 {
	if !(math.Abs(m) <= 1e5) {
		return patrol.Unknown
	}
	return float32(m)
}

// turned sets which way a photo looks from its gimbal's angles and the drone's yaw,
// degrees, NaN where they are unknown. Three gimbal angles of exactly 0 are what some
// firmware writes when it does not know them.
func (p *Photo) turned(yaw, pitch, roll, flightYaw float64) {
	if yaw == 0 && pitch == 0 && roll == 0 {
		yaw, pitch, roll = math.NaN(), math.NaN(), math.NaN()
	}
	if math.IsNaN(yaw) {
		yaw = flightYaw
	}
	if math.IsNaN(pitch) {
		pitch, roll, p.Assumed = -90, 0, assumedDown
	}
	if math.IsNaN(roll) {
		roll = 0
	}
	p.Look = geo.Attitude{Yaw: radians(yaw), Pitch: radians(pitch), Roll: radians(roll)}
}
