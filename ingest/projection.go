package ingest

import (
	"archive/zip"
	"io"
	"strings"

	"xunfang/patrol"
)

// checkProjection refuses a .prj (WKT, version 1 or 2) that is not longitude and latitude
// on WGS 84 or CGCS2000. GCJ-02 and BD-09 have no name in it: who exports them writes
// one of these, and declares the datum on import.
func checkProjection(prj *zip.File) error {
	r, err := unpack(prj)
	if err != nil {
		return err
	}
	defer r.Close()
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(r, head)
	if n == 0 && err != nil {
		return nil // an empty one says nothing
	}
	text := strings.TrimSpace(readText(head[:n]))
	kind, rest, _ := strings.Cut(text, "[")
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(rest), `"`), `"`)
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case "GEOGCS", "GEOGCRS", "GEODCRS", "GEODETICCRS", "GEOGRAPHICCRS":
	default:
		return patrol.Invalidf("", "The Shapefile's coordinates are %.100q, not longitude and latitude; convert it first: ogr2ogr -t_srs EPSG:4326 OUT.shp IN.shp", name)
	}
	upper := strings.ToUpper(text)
	for _, same := range []string{"WGS_1984", "WGS 84", "WGS84", "WGS_84", "WORLD GEODETIC SYSTEM 1984", "CHINA_2000", "CHINA 2000", "CGCS_2000", "CGCS2000", "CHINA GEODETIC COORDINATE SYSTEM 2000"} {
		if strings.Contains(upper, same) {
			return nil
		}
	}
	return patrol.Invalidf("", "The Shapefile's coordinates are on %.100q, which lies tens of metres and more off WGS 84; convert it first: ogr2ogr -t_srs EPSG:4326 OUT.shp IN.shp", name)
}
