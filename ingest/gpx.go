package ingest

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xunfang/patrol"
)

// ReadGPX reads the track points of GPX 1.0 or 1.1, with or without its version and
// namespace. Waypoints and routes are no evidence of presence and are passed over;
// points without a time are refused. Speed (m/s), course and accuracy are read where
// GPX 1.0 or a vendor's extensions have them; hdop is no accuracy.
func ReadGPX(r io.Reader, take func(patrol.Fix) error) (Refused, error) {
	d := xml.NewDecoder(r)
	d.CharsetReader = readCharset
	refused := Refused{}
	var (
		path  []string // local names of the open elements
		point trackPoint
		text  strings.Builder
	)
	inPoint := func() bool { return len(path) >= 4 && path[3] == "trkpt" }
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if len(path) == 0 {
				return refused, nil
			}
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return refused, fmt.Errorf("not well-formed XML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if path = append(path, token.Name.Local); len(path) > maxDepth {
				return refused, fmt.Errorf("nests deeper than %d elements", maxDepth)
			}
			if len(path) == 1 && path[0] != "gpx" {
				return refused, fmt.Errorf("the root element is <%s>, not <gpx>", path[0])
			}
			if len(path) == 4 && inPoint() {
				point = newTrackPoint(token)
			}
			text.Reset()
		case xml.CharData:
			if inPoint() && text.Len() < 100 {
				text.Write(token)
			}
		case xml.EndElement:
			if inPoint() && len(path) > 4 {
				point.set(token.Name.Local, text.String(), len(path) == 5)
			}
			if inPoint() && len(path) == 4 {
				fix, err := point.fix()
				if err != nil {
					refused[err.Error()]++
				} else if err := take(fix); err != nil {
					return refused, err
				}
			}
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

// trackPoint gathers the texts of one trkpt.
type trackPoint struct {
	lon, lat, time                       string
	elevation, speed, heading, accuracyM string
}

func newTrackPoint(e xml.StartElement) trackPoint {
	var p trackPoint
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "lon":
			p.lon = a.Value
		case "lat":
			p.lat = a.Value
		}
	}
	return p
}

// set takes the text of an element within the point: a child of it, or one deeper
// down in its extensions.
func (p *trackPoint) set(name, text string, child bool) {
	switch {
	case name == "time" && child:
		p.time = text
	case name == "ele" && child:
		p.elevation = text
	case name == "speed":
		p.speed = text
	case name == "course", name == "heading", name == "bearing":
		p.heading = text
	case name == "accuracy":
		p.accuracyM = text
	}
}

func (p trackPoint) fix() (patrol.Fix, error) {
	lon, lat, err := readPlace(p.lon, p.lat)
	if err != nil {
		return patrol.Fix{}, err
	}
	t, err := readTime(p.time)
	if err != nil {
		return patrol.Fix{}, err
	}
	fix := newFix(t, lon, lat)
	fix.AltitudeM = readFigure(p.elevation)
	fix.SpeedMPS = readFigure(p.speed)
	fix.HeadingDeg = readHeading(p.heading)
	fix.AccuracyM = readAccuracy(p.accuracyM)
	return fix, nil
}

// readCharset reads the one-byte encodings of which old devices' files speak, in which
// names may come out wrong, and the Chinese ones.
func readCharset(label string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252":
		return &latin1Reader{r: bufio.NewReader(r)}, nil
	case "gb2312", "gbk", "gb18030":
		return simplifiedchinese.GB18030.NewDecoder().Reader(r), nil
	default:
		return nil, fmt.Errorf("the encoding %q is not one we read", label)
	}
}

// latin1Reader turns ISO-8859-1 into UTF-8.
type latin1Reader struct {
	r    *bufio.Reader
	rest []byte // of a character that did not fit
}

func (l *latin1Reader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(l.rest) == 0 {
			b, err := l.r.ReadByte()
			if err != nil {
				if n > 0 {
					return n, nil
				}
				return 0, err
			}
			l.rest = []byte(string(rune(b)))
		}
		k := copy(p[n:], l.rest)
		l.rest = l.rest[k:]
		n += k
	}
	return n, nil
}
