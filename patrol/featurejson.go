package patrol

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"
)

// geoFeature is a GeoJSON feature on its way out.
type geoFeature struct {
	Type       string    `json:"type"`
	ID         any       `json:"id,omitempty"` // a uuid.UUID or a string; nil for none
	Geometry   *geoShape `json:"geometry"`
	Properties any       `json:"properties"`
}

// geoShape is a GeoJSON geometry: orb's own types encode as its coordinates.
type geoShape struct {
	Type        string       `json:"type"`
	Coordinates orb.Geometry `json:"coordinates"`
}

func newGeoFeature(id any, g orb.Geometry, props any) geoFeature {
	f := geoFeature{Type: "Feature", ID: id, Properties: props}
	if g != nil {
		f.Geometry = &geoShape{Type: g.GeoJSONType(), Coordinates: g}
	}
	return f
}

// FeatureJSON writes f as the GeoJSON feature that /ogc serves and /live announces:
// the stored properties, and those that ServedProperties adds as of now.
func FeatureJSON(f Feature, now time.Time) (json.RawMessage, error) {
	props, err := ServedProperties(f, now)
	if err != nil {
		return nil, err
	}
	return json.Marshal(newGeoFeature(f.ID, f.Geometry, props))
}

// GeometryJSON writes g as GeoJSON.
func GeometryJSON(g orb.Geometry) (json.RawMessage, error) {
	return json.Marshal(newGeoFeature(nil, g, nil).Geometry)
}

// FormatMs writes Unix milliseconds as RFC 3339 UTC with milliseconds, the one form
// of a time on every wire.
func FormatMs(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}
