package api

import (
	"encoding/json"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

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
	g, err := patrol.ParseGeometry(raw)
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
