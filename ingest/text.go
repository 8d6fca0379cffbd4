package ingest

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"xunfang/patrol"
)

// Reasons for which a point of a file is refused.
var (
	errNoTime  = errors.New("no time that can be read")
	errNoPlace = errors.New("no place that can be read")
)

// timeLayouts are how files write times; without a zone they mean UTC. Fractions of a
// second are read wherever a layout has seconds.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
}

// readTime reads an ISO 8601 time or Unix seconds or milliseconds.
func readTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	// Seconds stay below 1e11 until the year 5138; milliseconds have been above
	// it since 1973.
	unix, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(unix) || math.Abs(unix) > 1e14:
		return time.Time{}, errNoTime
	case math.Abs(unix) < 1e11:
		return time.UnixMilli(int64(math.Floor(unix * 1000))), nil
	default:
		return time.UnixMilli(int64(math.Floor(unix))), nil
	}
}

// readPlace reads coordinates in degrees.
func readPlace(lon, lat string) (x, y float64, err error) {
	x, errX := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if errX != nil || errY != nil || !(math.Abs(x) <= 180) || !(math.Abs(y) <= 90) {
		return 0, 0, errNoPlace
	}
	return x, y, nil
}

// readFigure reads an optional figure; what cannot be one is patrol.Unknown.
func readFigure(text string) float32 {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 32)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return patrol.Unknown
	}
	return float32(v)
}

// readAccuracy is readFigure, where unknown is 0.
func readAccuracy(text string) float32 { return max(0, readFigure(text)) }

// readHeading is readFigure for degrees from north; some devices write 360 and more.
func readHeading(text string) float32 {
	deg := readFigure(text)
	if deg < 0 {
		return patrol.Unknown
	}
	return float32(math.Mod(float64(deg), 360))
}
