package api

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// gpxExport writes GPX 1.1, for hand-held receivers: points are waypoints, with a time
// where they are fixes; lines are tracks; GPX knows no areas, so that of a polygon each
// ring is a segment of a track. All waypoints come before all tracks, as the schema asks:
// of a collection that has both the tracks are held back until the end.
type gpxExport struct {
	columns []string
	mixed   bool
	tracks  bytes.Buffer
}

func (e *gpxExport) begin(w io.Writer, c patrol.Collection) error {
	for _, p := range c.Properties {
		e.columns = append(e.columns, p.Name)
	}
	e.mixed = len(c.Geometries) == 0 || slices.Contains(c.Geometries, "Point")
	_, err := fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Xunfang\" xmlns=\"http://www.topografix.com/GPX/1/1\"><metadata><name>%s</name></metadata>\n", escaped(c.TitleZH+" "+c.Title))
	return err
}

func (e *gpxExport) write(w io.Writer, f exported) error {
	switch g := f.Geometry.(type) {
	case orb.Point:
		var b bytes.Buffer
		fmt.Fprintf(&b, "<wpt lat=\"%s\" lon=\"%s\">", degrees(g[1]), degrees(g[0]))
		if altitude := f.text("altitude_m"); altitude != "" {
			fmt.Fprintf(&b, "<ele>%s</ele>", altitude)
		}
		if t := f.text("t"); t != "" {
			fmt.Fprintf(&b, "<time>%s</time>", escaped(t))
		}
		e.describe(&b, f)
		b.WriteString("</wpt>\n")
		_, err := w.Write(b.Bytes())
		return err
	case orb.LineString:
		e.track(f, []orb.LineString{g})
	case orb.MultiLineString:
		e.track(f, g)
	case orb.Polygon:
		e.track(f, ringsOf(orb.MultiPolygon{g}))
	case orb.MultiPolygon:
		e.track(f, ringsOf(g))
	}
	if e.mixed {
		return nil
	}
	return e.flush(w)
}

func (e *gpxExport) track(f exported, segments []orb.LineString) {
	e.tracks.WriteString("<trk>")
	e.describe(&e.tracks, f)
	for _, segment := range segments {
		e.tracks.WriteString("<trkseg>")
		for _, p := range segment {
			fmt.Fprintf(&e.tracks, "<trkpt lat=\"%s\" lon=\"%s\"/>", degrees(p[1]), degrees(p[0]))
		}
		e.tracks.WriteString("</trkseg>")
	}
	e.tracks.WriteString("</trk>\n")
}

// describe names a feature, and gives its other properties as its description.
func (e *gpxExport) describe(b *bytes.Buffer, f exported) {
	name := f.text("name")
	if name == "" {
		name = f.ID
	}
	var rest []string
	for _, column := range e.columns {
		if value := f.text(column); value != "" && column != "name" {
			rest = append(rest, column+": "+value)
		}
	}
	fmt.Fprintf(b, "<name>%s</name><desc>%s</desc>", escaped(name), escaped(strings.Join(rest, "; ")))
}

func (e *gpxExport) end(w io.Writer) error {
	if err := e.flush(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "</gpx>\n")
	return err
}

// flush writes the tracks that were held back.
func (e *gpxExport) flush(w io.Writer) error {
	_, err := e.tracks.WriteTo(w)
	return err
}

func ringsOf(mp orb.MultiPolygon) (rings []orb.LineString) {
	for _, polygon := range mp {
		for _, ring := range polygon {
			rings = append(rings, orb.LineString(ring))
		}
	}
	return rings
}
