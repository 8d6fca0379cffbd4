package patrol

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// area is all that is given, as one.
func (r *planReader) area(over orb.Geometry) geo.Area {
	raw, ok := r.take("area")
	var shapes []orb.Geometry
	switch {
	case ok && over != nil:
		r.fail(Invalidf("area", "does not belong in the plan of a gap"))
	case ok:
		shapes = r.shapes("area", raw)
	case over != nil:
		shapes = []orb.Geometry{over}
	default:
		r.fail(Invalidf("area", "must be given"))
	}
	if r.err != nil {
		return geo.Area{}
	}
	var all orb.MultiPolygon
	for _, g := range shapes {
		switch g := g.(type) {
		case orb.Polygon:
			all = append(all, g)
		case orb.MultiPolygon:
			all = append(all, g...)
		default:
			r.fail(Invalidf("area", "is a %s, not a Polygon or MultiPolygon", g.GeoJSONType()))
		}
	}
	return r.valid("area", all)
}

// noFly is each shape that is given; they may lie over each other.
func (r *planReader) noFly() (zones []geo.Area) {
	raw, ok := r.take("no_fly")
	if !ok {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	for _, raw := range list {
		for _, g := range r.shapes("no_fly", raw) {
			zones = append(zones, r.valid("no_fly", g))
		}
	}
	return zones
}

func (r *planReader) valid(field string, g orb.Geometry) geo.Area {
	area, err := geo.ParseArea(g)
	if bad := (*geo.Invalid)(nil); errors.As(err, &bad) {
		r.fail(&Invalid{Field: field, Reason: bad.Reason, At: bad.At})
	} else if err != nil {
		r.fail(err)
	}
	return area
}

// shapes reads a reference, a geometry, a Feature or a FeatureCollection.
func (r *planReader) shapes(field string, raw json.RawMessage) []orb.Geometry {
	var reference string
	if json.Unmarshal(raw, &reference) == nil {
		collection, id, _ := strings.Cut(reference, "/")
		parsed, err := ParseID(field, id)
		if err != nil || !slices.Contains([]string{Areas, Zones}, collection) || r.shapeOf == nil {
			r.fail(Invalidf(field, "is %.60q, neither GeoJSON nor areas/ID or zones/ID", reference))
			return nil
		}
		g, err := r.shapeOf(collection, parsed)
		if errors.Is(err, ErrNotFound) {
			err = Invalidf(field, "there is no %s", reference)
		}
		if err != nil {
			r.fail(err)
			return nil
		}
		return []orb.Geometry{g}
	}
	var object struct {
		Type     string            `json:"type"`
		Geometry json.RawMessage   `json:"geometry"`
		Features []json.RawMessage `json:"features"`
	}
	if json.Unmarshal(raw, &object) != nil {
		r.fail(Invalidf(field, "must be GeoJSON"))
		return nil
	}
	switch object.Type {
	case "FeatureCollection":
		if len(object.Features) == 0 || len(object.Features) > geo.MaxRings {
			r.fail(Invalidf(field, "has %d features, not from 1 to %d", len(object.Features), geo.MaxRings))
			return nil
		}
		var all []orb.Geometry
		for _, f := range object.Features {
			all = append(all, r.shapes(field, f)...)
		}
		return all
	case "Feature":
		return r.shapes(field, object.Geometry)
	}
	g, err := ParseGeometry(raw)
	if bad := (*Invalid)(nil); errors.As(err, &bad) {
		err = &Invalid{Field: field, Reason: bad.Reason, At: bad.At}
	}
	if err != nil {
		r.fail(err)
		return nil
	}
	return []orb.Geometry{g}
}
