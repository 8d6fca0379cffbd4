package flight

import (
	"fmt"
	"strings"
	"time"
)

// Format is a kind of file that a plan is written to.
type Format struct {
	Name      string // as in a file's name, without the dot
	MediaType string
	// PerSortie: a file holds one sortie; otherwise all of them.
	PerSortie bool
	write     func(p *Plan, sortie int, made time.Time) ([]byte, error)
}

var formats = []Format{
	{"plan", "application/json", true, writeQGC},
	{"kmz", "application/vnd.google-earth.kmz", true, writeWPML},
	{"gpx", "application/gpx+xml", false, writeGPX},
	{"kml", "application/vnd.google-earth.kml+xml", false, writeKML},
	{"geojson", "application/geo+json", false, writeGeoJSON},
}

// FormatOf returns the format that a file's name ends in, dot or not, in any case.
func FormatOf(name string) (Format, error) {
	var known []string
	for _, f := range formats {
		if strings.EqualFold(strings.TrimPrefix(name, "."), f.Name) {
			return f, nil
		}
		known = append(known, f.Name)
	}
	return Format{}, fmt.Errorf("a plan is written as %s, not as %q", strings.Join(known, ", "), name)
}

// Write returns the file of a sortie, counted from 0, or of all when the format holds
// them all. made is when it is written, for formats that say so.
func (f Format) Write(p *Plan, sortie int, made time.Time) ([]byte, error) {
	if sortie < 0 || sortie >= len(p.Sorties) {
		return nil, fmt.Errorf("there is no sortie %d of %d", sortie+1, len(p.Sorties))
	}
	return f.write(p, sortie, made)
}
