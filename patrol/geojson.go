package patrol

import (
	"encoding/json"
	"slices"

	"github.com/paulmach/orb"
)

// Given is a feature as somebody gave it: its form is judged, its sense is not.
type Given struct {
	ID         string          // the giver's own, "" for none
	Geometry   orb.Geometry    // lon/lat in any datum, heights left out; nil for null
	Properties json.RawMessage // a JSON object, or nothing or null
}

// ParseFeatureJSON reads one GeoJSON feature, of a body bounded in size and depth. It
// judges form, not sense; what is wrong is a *Invalid.
func ParseFeatureJSON(body []byte) (Given, error) {
	if !json.Valid(body) {
		return Given{}, Invalidf("", "The body is not JSON")
	}
	members, err := ParseObject("", body)
	if err != nil {
		return Given{}, err
	}
	if !isType(members["type"], "Feature") {
		return Given{}, Invalidf("type", "must be Feature: one feature is posted at a time")
	}
	for _, name := range []string{"coordinates", "geometries", "features"} {
		if _, ok := members[name]; ok {
			return Given{}, Invalidf(name, "does not belong in a Feature")
		}
	}
	if err := CheckCRS(members["crs"]); err != nil {
		return Given{}, err
	}
	if err := CheckBBox(members["bbox"]); err != nil {
		return Given{}, err
	}
	given := Given{Properties: members["properties"]}
	if given.ID, err = parseGivenID(members["id"]); err != nil {
		return Given{}, err
	}
	if raw, ok := members["geometry"]; ok {
		given.Geometry, err = ParseGeometry(raw)
	}
	return given, err
}

func isType(raw json.RawMessage, want string) bool {
	var s string
	return json.Unmarshal(raw, &s) == nil && s == want
}

// parseGivenID reads the id of a feature, a text or a number as it is written.
func parseGivenID(raw json.RawMessage) (string, error) {
	if raw == nil {
		return "", nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, nil
	}
	var number json.Number
	if json.Unmarshal(raw, &number) != nil {
		return "", Invalidf("id", "must be a text or a number")
	}
	return number.String(), nil
}

// CheckCRS refuses the crs member of old GeoJSON unless it says what RFC 7946 takes as
// given, longitude and latitude, on WGS 84 or what is the same. nil is none.
func CheckCRS(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var crs struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	_ = json.Unmarshal(raw, &crs) // what cannot be read has no name
	switch name := crs.Properties.Name; name {
	case "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "EPSG:4490", "urn:ogc:def:crs:EPSG::4490":
		return nil
	default:
		return Invalidf("crs", "is %.60q, but must be WGS 84 longitude and latitude; convert the coordinates first", name)
	}
}

// CheckBBox refuses what is no box of two or three dimensions. nil is none.
func CheckBBox(raw json.RawMessage) error {
	var v []*float64
	if raw == nil || json.Unmarshal(raw, &v) == nil && (len(v) == 4 || len(v) == 6) && !slices.Contains(v, nil) {
		return nil
	}
	return Invalidf("bbox", "must be four or six numbers")
}
