package ingest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// readKML reads the Placemarks of KML 2.x: their name, the texts of their ExtendedData,
// and their points, lines and polygons. Heights are left out; what is not a Placemark,
// and what links elsewhere, is passed over.
func readKML(r io.Reader, take patrol.TakeGiven) error {
	ration := newRationed(withoutMark(r))
	d := xml.NewDecoder(ration)
	d.CharsetReader = readCharset
	var (
		path []string // local names of the open elements
		mark *placemark
		text strings.Builder
	)
	for {
		if mark == nil {
			ration.renew()
		}
		token, err := d.Token()
		if err != nil {
			if errors.Is(err, io.EOF) && len(path) == 0 {
				return nil
			}
			return notXML(d, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if path = append(path, token.Name.Local); len(path) > maxDepth {
				return patrol.Invalidf("", "The file nests deeper than %d elements", maxDepth)
			}
			if len(path) == 1 && path[0] != "kml" && path[0] != "Document" && path[0] != "Placemark" && path[0] != "Folder" {
				return patrol.Invalidf("", "The file is XML, but its root is <%.40s>, not <kml>", path[0])
			}
			if token.Name.Local == "Placemark" && mark == nil {
				mark = newPlacemark(token)
			}
			if mark != nil {
				mark.open(token)
			}
			text.Reset()
		case xml.CharData:
			if mark != nil {
				text.Write(token)
			}
		case xml.EndElement:
			if mark != nil {
				mark.close(path, text.String())
				if token.Name.Local == "Placemark" {
					if err := take(mark.given()); err != nil {
						return err
					}
					mark = nil
				}
			}
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

func notXML(d *xml.Decoder, err error) error {
	var invalid *patrol.Invalid
	if errors.As(err, &invalid) {
		return invalid
	}
	return patrol.Invalidf("", "The file is not well-formed XML near byte %d: %v", d.InputOffset(), err)
}

// placemark gathers what stands in one Placemark.
type placemark struct {
	id, datum string // datum: the name of the open Data or SimpleData
	texts     map[string]string
	points    []orb.Point
	lines     orb.MultiLineString
	polygons  orb.MultiPolygon
	rings     orb.Polygon // of the open Polygon, the outer one first
	vertices  int
	flaw      *patrol.Invalid // the first
}

func newPlacemark(e xml.StartElement) *placemark {
	return &placemark{id: attribute(e, "id"), texts: map[string]string{}}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (m *placemark) open(e xml.StartElement) {
	switch e.Name.Local {
	case "Data", "SimpleData":
		m.datum = attribute(e, "name")
	case "Polygon":
		m.rings = nil
	}
}

// close takes the text of the innermost of the open elements, which ends.
func (m *placemark) close(path []string, text string) {
	above := func(n int) string {
		if n >= len(path) {
			return ""
		}
		return path[len(path)-1-n]
	}
	switch name := above(0); {
	case name == "name" && above(1) == "Placemark":
		m.texts["name"] = strings.TrimSpace(text)
	case name == "SimpleData", name == "value" && above(1) == "Data":
		if len(m.texts) < maxFileMembers && m.datum != "" {
			m.texts[m.datum] = strings.TrimSpace(text)
		}
	case name == "coordinates":
		m.coordinates(above(1), above(2), text)
	case name == "Polygon":
		m.polygons = append(m.polygons, m.rings)
	}
}

func (m *placemark) coordinates(of, within, text string) {
	line, err := parseKMLCoordinates(text, geo.MaxVertices-m.vertices)
	if flaw, ok := flawOf(err); ok && m.flaw == nil {
		m.flaw = flaw
	}
	m.vertices += len(line)
	switch {
	case of == "Point" && len(line) > 0:
		m.points = append(m.points, line[0])
	case of == "LineString":
		m.lines = append(m.lines, line)
	case of == "LinearRing" && within == "outerBoundaryIs":
		m.rings = append(orb.Polygon{orb.Ring(line)}, m.rings...)
	case of == "LinearRing" && within == "innerBoundaryIs":
		m.rings = append(m.rings, orb.Ring(line))
	}
}

// parseKMLCoordinates reads tuples of longitude, latitude and, perhaps, height, parted by
// white space, most at most.
func parseKMLCoordinates(text string, most int) (orb.LineString, error) {
	var line orb.LineString
	for tuple := range strings.FieldsSeq(text) {
		if len(line) >= most {
			return line, patrol.Invalidf("geometry", "has more than %d vertices", geo.MaxVertices)
		}
		lon, rest, _ := strings.Cut(tuple, ",")
		lat, _, _ := strings.Cut(rest, ",")
		x, errX := strconv.ParseFloat(lon, 64)
		y, errY := strconv.ParseFloat(lat, 64)
		if errX != nil || errY != nil {
			return line, patrol.Invalidf("geometry", "has the coordinates %.60q, which are not a longitude and a latitude in finite numbers", tuple)
		}
		line = append(line, orb.Point{x, y})
	}
	return line, nil
}

// given is what the Placemark is as a feature, or what is wrong with it.
func (m *placemark) given() (patrol.Given, *patrol.Invalid) {
	given := patrol.Given{ID: m.id}
	var err error
	if given.Properties, err = json.Marshal(m.texts); err != nil {
		return given, patrol.Invalidf("", "has texts that cannot be read: %v", err)
	}
	if m.flaw != nil {
		return given, m.flaw
	}
	given.Geometry, err = oneGeometry(m.points, m.lines, m.polygons)
	flaw, _ := flawOf(err)
	return given, flaw
}

// oneGeometry puts parts of one sort together; nil for none.
func oneGeometry(points []orb.Point, lines orb.MultiLineString, polygons orb.MultiPolygon) (orb.Geometry, error) {
	sorts := 0
	for _, n := range []int{len(points), len(lines), len(polygons)} {
		if n > 0 {
			sorts++
		}
	}
	switch {
	case sorts > 1:
		return nil, patrol.Invalidf("geometry", "is of points, lines and polygons together: give each its own feature")
	case len(points) > 1:
		return nil, patrol.Invalidf("geometry", "is %d points: give each its own feature", len(points))
	case len(points) == 1:
		return points[0], nil
	case len(lines) == 1:
		return lines[0], nil
	case len(lines) > 1:
		return lines, nil
	case len(polygons) == 1:
		return polygons[0], nil
	case len(polygons) > 1:
		return polygons, nil
	}
	return nil, nil
}
