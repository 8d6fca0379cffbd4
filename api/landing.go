package api

import "net/http"

// conformance lists the classes of OGC API Features that hold here: Part 1, and Part 4
// (its draft of 2024) but for locking by ETags, where If-Match is not required here.
var conformance = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
}

func (s *server) serveLanding(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, http.StatusOK, typeJSON, struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Links       []link `json:"links"`
	}{
		Title:       s.Deployment.Name,
		Description: "Xunfang (巡防): areas, checkpoints, zones, watches, trackers, and where coverage is missing.",
		Links: []link{
			{s.href(r, "/ogc"), "self", typeJSON, "This document"},
			{s.href(r, "/ogc/api"), "service-desc", typeOpenAPI, "The API, as OpenAPI 3.0"},
			{s.href(r, "/ogc/conformance"), "conformance", typeJSON, "Conformance classes"},
			{s.href(r, "/ogc/collections"), "data", typeJSON, "The collections"},
		},
	})
}

func (s *server) serveConformance(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, typeJSON, map[string][]string{"conformsTo": conformance})
}
