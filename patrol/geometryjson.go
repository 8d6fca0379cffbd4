package patrol

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// maxArrays is how many arrays the largest shape that may be posted holds: one for
// each vertex, ring and polygon, and the outermost.
const maxArrays = geo.MaxVertices + 2*geo.MaxRings + 1

// ParseGeometry reads the GeoJSON geometries that a collection can hold. Heights are left
// out: nothing here is measured by them. It judges form, not sense; what is wrong is a
// *Invalid.
func ParseGeometry(raw json.RawMessage) (orb.Geometry, error) {
	if bytes.Count(raw, []byte("[")) > maxArrays {
		return nil, Invalidf("geometry", "has more than %d vertices or more than %d rings", geo.MaxVertices, geo.MaxRings)
	}
	members, err := ParseObject("geometry", raw)
	if err != nil {
		return nil, err
	}
	var kind string
	if json.Unmarshal(members["type"], &kind) != nil {
		return nil, Invalidf("geometry", "has no type")
	}
	for _, name := range []string{"geometry", "properties", "features"} {
		if _, ok := members[name]; ok {
			return nil, Invalidf(name, "does not belong in a geometry")
		}
	}
	if err := CheckBBox(members["bbox"]); err != nil {
		return nil, err
	}
	coordinates := members["coordinates"]
	switch kind {
	case "Point":
		var p position
		err := parseCoordinates(coordinates, &p)
		return p.at, err
	case "LineString":
		var line positions
		err := parseCoordinates(coordinates, &line)
		return lineString(line), err
	case "MultiLineString":
		var lines []positions
		err := parseCoordinates(coordinates, &lines)
		return orb.MultiLineString(each(lines, lineString)), err
	case "Polygon":
		var rings []positions
		err := parseCoordinates(coordinates, &rings)
		return polygon(rings), err
	case "MultiPolygon":
		var polygons [][]positions
		err := parseCoordinates(coordinates, &polygons)
		return orb.MultiPolygon(each(polygons, polygon)), err
	default:
		return nil, Invalidf("geometry", "is a %.40q, which no collection holds", kind)
	}
}

const maxPosition = 200 // bytes of one position, spaces included

// position is a longitude and latitude, with or without a height.
type position struct {
	at   orb.Point
	high bool
}

// UnmarshalJSON takes two numbers, or three.
func (p *position) UnmarshalJSON(data []byte) error {
	var v []*float64 // null would pass for 0 as a plain number
	if len(data) > maxPosition || json.Unmarshal(data, &v) != nil || len(v) < 2 || len(v) > 3 || slices.Contains(v, nil) {
		return Invalidf("geometry", "has the position %.60s, which is not a longitude and a latitude in finite numbers", data)
	}
	*p = position{orb.Point{*v[0], *v[1]}, len(v) == 3}
	return nil
}

// positions is a line or ring: all of its positions have a height, or none has.
type positions []position

// UnmarshalJSON takes an array of positions.
func (l *positions) UnmarshalJSON(data []byte) error {
	var all []position
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	for _, p := range all {
		if p.high != all[0].high {
			return &Invalid{Field: "geometry", Reason: "has positions with a height and without one in the same line", At: &p.at}
		}
	}
	*l = all
	return nil
}

func parseCoordinates(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		if invalid := (*Invalid)(nil); errors.As(err, &invalid) {
			return invalid
		}
		return Invalidf("geometry", "has coordinates that do not fit its type")
	}
	return nil
}

func lineString(line positions) orb.LineString {
	return each(line, func(p position) orb.Point { return p.at })
}

func polygon(rings []positions) orb.Polygon {
	return each(rings, func(ring positions) orb.Ring { return orb.Ring(lineString(ring)) })
}

func each[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
