package store

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
)

const wgs84 = 4326

// encodeGeometry writes g as EWKB; nil stays nil, which is NULL.
func encodeGeometry(g orb.Geometry) ([]byte, error) {
	if g == nil {
		return nil, nil
	}
	b, err := ewkb.Marshal(g, wgs84)
	if err != nil {
		return nil, fmt.Errorf("encode a geometry: %w", err)
	}
	return b, nil
}

// decodeGeometry reads EWKB; NULL becomes nil.
func decodeGeometry(b []byte) (orb.Geometry, error) {
	if b == nil {
		return nil, nil
	}
	g, _, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("decode a geometry: %w", err)
	}
	return g, nil
}

// encodeBox writes a lon/lat box as EWKB, nil for nil. A box whose west is east of
// its east goes across ±180 and becomes two. One without width or height is a line or a
// point: of a polygon without area PostGIS finds nothing.
func encodeBox(b *orb.Bound) ([]byte, error) {
	switch {
	case b == nil:
		return nil, nil
	case b.Min == b.Max:
		return encodeGeometry(b.Min)
	case b.Min.Lon() == b.Max.Lon(), b.Min.Lon() < b.Max.Lon() && b.Min.Lat() == b.Max.Lat():
		return encodeGeometry(orb.LineString{b.Min, b.Max})
	case b.Min.Lon() <= b.Max.Lon():
		return encodeGeometry(b.ToPolygon())
	}
	west := orb.Bound{Min: b.Min, Max: orb.Point{180, b.Max.Lat()}}
	east := orb.Bound{Min: orb.Point{-180, b.Min.Lat()}, Max: b.Max}
	return encodeGeometry(orb.MultiPolygon{west.ToPolygon(), east.ToPolygon()})
}

// decodeAs reads EWKB that is known to hold a G.
func decodeAs[G orb.Geometry](b []byte) (G, error) {
	g, err := decodeGeometry(b)
	if err != nil {
		var none G
		return none, err
	}
	as, ok := g.(G)
	if !ok {
		return as, fmt.Errorf("decode a geometry: it is a %T", g)
	}
	return as, nil
}
