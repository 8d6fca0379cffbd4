package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// maxArrays is how many arrays the largest shape that may be posted holds: one for
// each vertex, ring and polygon, and the outermost.
const maxArrays = geo.MaxVertices + 2*geo.MaxRings + 1

// parseFeature reads one GeoJSON feature: its geometry, nil for null, and its
// properties. It judges form, not sense; what is wrong is a *patrol.Invalid.
func parseFeature(body []byte) (orb.Geometry, json.RawMessage, error) {
	if !json.Valid(body) {
		return nil, nil, patrol.Invalidf("", "The body is not JSON")
	}
	members, err := patrol.ParseObject("", body)
	if err != nil {
		return nil, nil, err
	}
	if !isType(members["type"], "Feature") {
		return nil, nil, patrol.Invalidf("type", "must be Feature: one feature is posted at a time")
	}
	for _, name := range []string{"coordinates", "geometries", "features"} {
		if _, ok := members[name]; ok {
			return nil, nil, patrol.Invalidf(name, "does not belong in a Feature")
		}
	}
	if crs, ok := members["crs"]; ok && !isWGS84(crs) {
		return nil, nil, patrol.Invalidf("crs", "must be WGS 84 longitude and latitude; convert the coordinates first")
	}
	raw, ok := members["geometry"]
	if !ok {
		return nil, members["properties"], nil
	}
	g, err := parseGeometry(raw)
	return g, members["properties"], err
}

func isType(raw json.RawMessage, want string) bool {
	var s string
	return json.Unmarshal(raw, &s) == nil && s == want
}

// isWGS84 reports whether a crs member of old GeoJSON says what RFC 7946 takes as given.
func isWGS84(raw json.RawMessage) bool {
	var crs struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &crs) != nil {
		return false
	}
	switch crs.Properties.Name {
	case "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326":
		return true
	}
	return false
}

// parseGeometry reads the geometries that a collection can hold. Heights are left
// out: nothing here is measured by them.
func parseGeometry(raw json.RawMessage) (orb.Geometry, error) {
	if bytes.Count(raw, []byte("[")) > maxArrays {
		return nil, patrol.Invalidf("geometry", "has more than %d vertices or more than %d rings", geo.MaxVertices, geo.MaxRings)
	}
	members, err := patrol.ParseObject("geometry", raw)
	if err != nil {
		return nil, err
	}
	var kind string
	if json.Unmarshal(members["type"], &kind) != nil {
		return nil, patrol.Invalidf("geometry", "has no type")
	}
	coordinates := members["coordinates"]
	switch kind {
	case "Point":
		var p position
		err := parseCoordinates(coordinates, &p)
		return orb.Point(p), err
	case "LineString":
		var line []position
		err := parseCoordinates(coordinates, &line)
		return lineString(line), err
	case "MultiLineString":
		var lines [][]position
		err := parseCoordinates(coordinates, &lines)
		return orb.MultiLineString(each(lines, lineString)), err
	case "Polygon":
		var rings [][]position
		err := parseCoordinates(coordinates, &rings)
		return polygon(rings), err
	case "MultiPolygon":
		var polygons [][][]position
		err := parseCoordinates(coordinates, &polygons)
		return orb.MultiPolygon(each(polygons, polygon)), err
	default:
		return nil, patrol.Invalidf("geometry", "is a %.40q, which no collection holds", kind)
	}
}

const maxPosition = 200 // bytes of one position, spaces included

// position is a longitude and latitude.
type position orb.Point

// UnmarshalJSON takes two numbers, or three.
func (p *position) UnmarshalJSON(data []byte) error {
	var v []*float64 // null would pass for 0 as a plain number
	if len(data) > maxPosition || json.Unmarshal(data, &v) != nil || len(v) < 2 || len(v) > 3 || slices.Contains(v, nil) {
		return patrol.Invalidf("geometry", "has the position %.60s, which is not a longitude and a latitude in finite numbers", data)
	}
	*p = position{*v[0], *v[1]}
	return nil
}

func parseCoordinates(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		if invalid := (*patrol.Invalid)(nil); errors.As(err, &invalid) {
			return invalid
		}
		return patrol.Invalidf("geometry", "has coordinates that do not fit its type")
	}
	return nil
}

func lineString(line []position) orb.LineString {
	return each(line, func(p position) orb.Point { return orb.Point(p) })
}

func polygon(rings [][]position) orb.Polygon {
	return each(rings, func(ring []position) orb.Ring { return orb.Ring(lineString(ring)) })
}

func each[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
