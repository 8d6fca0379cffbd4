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

// Photo is one image of a survey, as far as its file tells.
type Photo struct {
	Fix     patrol.Fix   // when and where; AltitudeM is above sea level
	HeightM float64      // above take-off; NaN = the file does not say
	Look    geo.Attitude // its Yaw is NaN where the file does not say
	Video   bool         // a frame of a film, which shows less of the height of a camera's view
	Assumed string       // what the file does not say and was assumed; "" = nothing
}

// What is assumed of a photo whose file does not say.
const (
	assumedDown  = "looking straight down"
	assumedAlong = "looking straight down, turned as the drone flew"
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

// ReadPhotos reads the images that a survey's file tells of, a table as exiftool -csv
// writes it or a DJI film's subtitles (SRT), and gives each to take in the file's order.
// The error is take's, the reader's, or says what is wrong with the file.
func ReadPhotos(name string, r io.Reader, times PhotoTimes, take func(Photo) error) (Refused, error) {
	text := bufio.NewReaderSize(&boundedReader{r: r, left: MaxFileBytes}, 64<<10)
	if bom, _ := text.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3) // what was peeked is there
	}
	if _, err := text.Peek(1); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty")
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if times.Zone == nil {
		times.Zone = time.UTC
	}
	var refused Refused
	var err error
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".srt":
		refused, err = readSRT(text, times, take)
	case ".csv":
		refused, err = readExifCSV(text, times, take)
	default:
		err = errors.New("neither a .csv of exiftool nor an .srt of DJI")
	}
	if err != nil {
		return refused, fmt.Errorf("read %s: %w", name, err)
	}
	return refused, nil
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
