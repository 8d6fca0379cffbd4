package ingest

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// parseWKT reads a POINT, LINESTRING, POLYGON or one of their MULTI kinds, in any case,
// with an SRID before it if that is 4326; Z and M are left out. What is wrong is a
// *patrol.Invalid.
func parseWKT(text string) (orb.Geometry, error) {
	if srid, rest, ok := strings.Cut(text, ";"); ok {
		if !strings.EqualFold(strings.ReplaceAll(srid, " ", ""), "SRID=4326") {
			return nil, patrol.Invalidf("geometry", "is on %.40q, not on SRID=4326", srid)
		}
		text = rest
	}
	kind, rest, found := strings.Cut(text, "(")
	if words := strings.Fields(strings.ToUpper(kind)); len(words) > 0 && found {
		kind = strings.TrimRight(words[0], "ZM")
	}
	s := &wktScanner{text: rest}
	var g orb.Geometry
	switch kind {
	case "POINT":
		if line := s.line(); len(line) == 1 {
			g = line[0]
		}
	case "LINESTRING":
		g = s.line()
	case "POLYGON":
		g = s.polygon()
	case "MULTILINESTRING":
		g = orb.MultiLineString(each(s.polygon(), func(r orb.Ring) orb.LineString { return orb.LineString(r) }))
	case "MULTIPOLYGON":
		var polygons orb.MultiPolygon
		s.list(func() {
			s.open()
			polygons = append(polygons, s.polygon())
		})
		g = polygons
	default:
		return nil, patrol.Invalidf("geometry", "%.40q is not the well-known text of a geometry that a collection holds", text)
	}
	switch {
	case s.vertices > geo.MaxVertices:
		return nil, patrol.Invalidf("geometry", "has more than %d vertices", geo.MaxVertices)
	case s.broken || g == nil || strings.TrimSpace(s.text) != "":
		return nil, patrol.Invalidf("geometry", "is no well-known text from %.40q on", s.text)
	}
	return g, nil
}

func each[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// wktScanner reads what stands in the brackets, the first of which is open already.
type wktScanner struct {
	text     string // what is left
	vertices int
	broken   bool
}

// list reads items parted by commas until the bracket closes.
func (s *wktScanner) list(item func()) {
	for {
		if item(); s.broken {
			return
		}
		s.text = strings.TrimLeft(s.text, " \t\r\n")
		if s.text == "" || s.text[0] != ',' && s.text[0] != ')' {
			s.broken = true
			return
		}
		closed := s.text[0] == ')'
		if s.text = s.text[1:]; closed {
			return
		}
	}
}

func (s *wktScanner) open() {
	rest, ok := strings.CutPrefix(strings.TrimLeft(s.text, " \t\r\n"), "(")
	s.text, s.broken = rest, s.broken || !ok
}

func (s *wktScanner) polygon() (p orb.Polygon) {
	s.list(func() {
		s.open()
		p = append(p, orb.Ring(s.line()))
	})
	return p
}

func (s *wktScanner) line() (line orb.LineString) {
	s.list(func() { line = append(line, s.position()) })
	return line
}

func (s *wktScanner) position() (p orb.Point) {
	end := strings.IndexAny(s.text, ",()")
	if s.vertices++; s.broken || end < 0 || s.vertices > geo.MaxVertices {
		s.broken = true
		return p
	}
	numbers := strings.Fields(s.text[:end])
	if len(numbers) < 2 || len(numbers) > 4 {
		s.broken = true
		return p
	}
	for i := range p {
		v, err := strconv.ParseFloat(numbers[i], 64)
		s.broken = s.broken || err != nil
		p[i] = v
	}
	if !s.broken {
		s.text = s.text[end:]
	}
	return p
}
