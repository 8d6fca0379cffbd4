package api

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// kmlExport writes KML 2.2: a Placemark a feature, its properties as ExtendedData.
type kmlExport struct{ columns []string }

func (e *kmlExport) begin(w io.Writer, c patrol.Collection) error {
	for _, p := range c.Properties {
		e.columns = append(e.columns, p.Name)
	}
	_, err := fmt.Fprintf(w, "%s<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>%s</name>\n", xml.Header, escaped(c.TitleZH+" "+c.Title))
	return err
}

func (e *kmlExport) write(w io.Writer, f exported) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<Placemark id=\"%s\">", escaped(f.ID))
	if name := f.text("name"); name != "" {
		fmt.Fprintf(&b, "<name>%s</name>", escaped(name))
	}
	b.WriteString("<ExtendedData>")
	for _, name := range e.columns {
		if value := f.text(name); value != "" && name != "name" {
			fmt.Fprintf(&b, "<Data name=\"%s\"><value>%s</value></Data>", escaped(name), escaped(value))
		}
	}
	b.WriteString("</ExtendedData>")
	writeKMLGeometry(&b, f.Geometry)
	b.WriteString("</Placemark>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (e *kmlExport) end(w io.Writer) error {
	_, err := io.WriteString(w, "</Document></kml>\n")
	return err
}

func writeKMLGeometry(b *bytes.Buffer, g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		writeKMLLine(b, "Point", []orb.Point{g})
	case orb.LineString:
		writeKMLLine(b, "LineString", g)
	case orb.Polygon:
		b.WriteString("<Polygon>")
		for i, ring := range g {
			boundary := "innerBoundaryIs"
			if i == 0 {
				boundary = "outerBoundaryIs"
			}
			b.WriteString("<" + boundary + ">")
			writeKMLLine(b, "LinearRing", ring)
			b.WriteString("</" + boundary + ">")
		}
		b.WriteString("</Polygon>")
	case orb.MultiLineString:
		b.WriteString("<MultiGeometry>")
		for _, line := range g {
			writeKMLGeometry(b, line)
		}
		b.WriteString("</MultiGeometry>")
	case orb.MultiPolygon:
		b.WriteString("<MultiGeometry>")
		for _, polygon := range g {
			writeKMLGeometry(b, polygon)
		}
		b.WriteString("</MultiGeometry>")
	}
}

func writeKMLLine(b *bytes.Buffer, element string, line []orb.Point) {
	b.WriteString("<" + element + "><coordinates>")
	for i, p := range line {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(degrees(p[0]) + "," + degrees(p[1]))
	}
	b.WriteString("</coordinates></" + element + ">")
}

// degrees writes a coordinate in full, without an exponent.
func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// escaped returns text as it stands in XML.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a Buffer takes all
	return b.String()
}
