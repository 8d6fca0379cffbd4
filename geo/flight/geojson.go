package flight

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"
)

// FeatureCollection is GeoJSON (RFC 7946).
type FeatureCollection struct {
	Type     string    `json:"type"`
	Features []Feature `json:"features"`
}

// Feature is one of a FeatureCollection.
type Feature struct {
	Type       string         `json:"type"`
	Geometry   Geometry       `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

// Geometry is a Feature's.
type Geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"` // orb's types are written as they should be
}

func newFeature(g orb.Geometry, properties map[string]any) Feature {
	return Feature{"Feature", Geometry{g.GeoJSONType(), g}, properties}
}

// Collection returns the plan as GeoJSON: where each sortie takes off, then its legs in
// order, lanes and transits. Heights are properties, for they are above ground, and a
// position's third number is above the ellipsoid.
func (p *Plan) Collection() FeatureCollection {
	fc := FeatureCollection{Type: "FeatureCollection"}
	for i, s := range p.Sorties {
		fc.Features = append(fc.Features, newFeature(s.Takeoff, map[string]any{
			"kind": "takeoff", "sortie": i + 1,
			"length_m": tenths(s.LengthM), "time_s": tenths(s.TimeS), "photos": s.Photos,
		}))
		for _, leg := range s.Legs {
			properties := map[string]any{"kind": "transit", "sortie": i + 1, "height_m": p.HeightM}
			if leg.Photos > 0 {
				properties["kind"], properties["photos"] = "lane", leg.Photos
				properties["photo_spacing_m"] = tenths(leg.PhotoM)
			}
			fc.Features = append(fc.Features, newFeature(leg.Line, properties))
		}
	}
	return fc
}

func writeGeoJSON(p *Plan, _ int, _ time.Time) ([]byte, error) { return json.Marshal(p.Collection()) }
