package patrol

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// parseGeometry checks that g may stand in c, and returns it as it is kept: rings of
// polygons turned as RFC 7946 asks, nothing else changed.
func (c Collection) parseGeometry(g orb.Geometry) (orb.Geometry, error) {
	switch {
	case g == nil && len(c.Geometries) == 0:
		return nil, nil
	case g == nil:
		return nil, Invalidf("geometry", "must be a %s", strings.Join(c.Geometries, " or "))
	case len(c.Geometries) == 0:
		return nil, Invalidf("geometry", "must be null: %s are posted without a place", c.Name)
	case !slices.Contains(c.Geometries, g.GeoJSONType()):
		return nil, Invalidf("geometry", "is a %s, but must be a %s", g.GeoJSONType(), strings.Join(c.Geometries, " or "))
	}
	switch g := g.(type) {
	case orb.Point:
		return g, checkPoints([]orb.Point{g})
	case orb.LineString:
		return g, checkLines(orb.MultiLineString{g})
	case orb.MultiLineString:
		return g, checkLines(g)
	case orb.Polygon:
		shape, err := parseArea(g)
		if err != nil {
			return nil, err
		}
		return shape[0], nil
	case orb.MultiPolygon:
		return parseArea(g)
	default:
		return nil, fmt.Errorf("geometry of type %T stands in the table of collections without a check", g)
	}
}

// parseArea takes a Polygon or MultiPolygon that geo finds valid.
func parseArea(g orb.Geometry) (orb.MultiPolygon, error) {
	area, err := geo.ParseArea(g)
	if bad := (*geo.Invalid)(nil); errors.As(err, &bad) {
		return nil, &Invalid{Field: "geometry", Reason: bad.Reason, At: bad.At}
	}
	if err != nil {
		return nil, fmt.Errorf("check the geometry: %w", err)
	}
	return area.Shape(), nil
}

func checkLines(lines orb.MultiLineString) error {
	if len(lines) == 0 {
		return Invalidf("geometry", "has no line in it")
	}
	vertices := 0
	for _, line := range lines {
		vertices += len(line)
	}
	if vertices > geo.MaxVertices {
		return Invalidf("geometry", "has %d vertices, more than %d", vertices, geo.MaxVertices)
	}
	for _, line := range lines {
		if err := checkPoints(line); err != nil {
			return err
		}
		if len(line) < 2 || line.Bound().Min == line.Bound().Max {
			return &Invalid{Field: "geometry", Reason: "has a line without length", At: firstOf(line)}
		}
	}
	return nil
}

func firstOf(line orb.LineString) *orb.Point {
	if len(line) == 0 {
		return nil
	}
	return &line[0]
}

// checkPoints refuses coordinates that are not on the earth.
func checkPoints(points []orb.Point) error {
	for _, p := range points {
		if !(math.Abs(p.Lon()) <= 180 && math.Abs(p.Lat()) <= 90) { // catches NaN
			return Invalidf("geometry", "has the position %v, %v, which is not a longitude and latitude%s", p.Lon(), p.Lat(), geo.Swapped(p))
		}
	}
	return nil
}
