package flight

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

func marshalXML(v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write XML: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

// waypoints are the places by which a sortie's legs lead, each once.
func (s Sortie) waypoints() (line orb.LineString) {
	for _, leg := range s.Legs {
		for _, at := range leg.Line {
			if len(line) == 0 || line[len(line)-1] != at {
				line = append(line, at)
			}
		}
	}
	return line
}

type gpxFile struct {
	XMLName xml.Name   `xml:"gpx"`
	Version string     `xml:"version,attr"`
	Creator string     `xml:"creator,attr"`
	NS      string     `xml:"xmlns,attr"`
	Time    string     `xml:"metadata>time"`
	Routes  []gpxRoute `xml:"rte"`
}

type gpxRoute struct {
	Name   string     `xml:"name"`
	Desc   string     `xml:"desc"`
	Points []gpxPoint `xml:"rtept"`
}

type gpxPoint struct {
	Lat string `xml:"lat,attr"`
	Lon string `xml:"lon,attr"`
}

// writeGPX writes GPX 1.1, a route for each sortie. The height, which is above ground,
// stands in the description: GPX has elevations above sea level only.
func writeGPX(p *Plan, _ int, made time.Time) ([]byte, error) {
	file := gpxFile{Version: "1.1", Creator: "Xunfang", NS: "http://www.topografix.com/GPX/1/1", Time: made.UTC().Format(time.RFC3339)}
	for i, s := range p.Sorties {
		route := gpxRoute{Name: fmt.Sprintf("sortie %d", i+1), Desc: fmt.Sprintf("%g m above ground, %d photos", p.HeightM, s.Photos)}
		for _, at := range s.waypoints() {
			route.Points = append(route.Points, gpxPoint{degrees(at[1]), degrees(at[0])})
		}
		file.Routes = append(file.Routes, route)
	}
	return marshalXML(file)
}

// degrees writes to 1e-8°, a millimetre.
func degrees(deg float64) string { return fmt.Sprintf("%.8f", deg) }

type kmlFile struct {
	XMLName xml.Name    `xml:"http://www.opengis.net/kml/2.2 kml"`
	Name    string      `xml:"Document>name"`
	Folders []kmlFolder `xml:"Document>Folder"`
}

type kmlFolder struct {
	Name       string         `xml:"name"`
	Placemarks []kmlPlacemark `xml:"Placemark"`
}

type kmlPlacemark struct {
	Name  string    `xml:"name"`
	Point *kmlPoint `xml:"Point,omitempty"`
	Line  *kmlLine  `xml:"LineString,omitempty"`
}

type kmlPoint struct {
	Coordinates string `xml:"coordinates"`
}

type kmlLine struct {
	AltitudeMode string `xml:"altitudeMode"`
	Coordinates  string `xml:"coordinates"`
}

// writeKML writes KML 2.2, a folder for each sortie, lines above ground.
func writeKML(p *Plan, _ int, _ time.Time) ([]byte, error) {
	file := kmlFile{Name: "Xunfang"}
	for i, s := range p.Sorties {
		folder := kmlFolder{Name: fmt.Sprintf("sortie %d", i+1), Placemarks: []kmlPlacemark{
			{Name: "takeoff", Point: &kmlPoint{degrees(s.Takeoff[0]) + "," + degrees(s.Takeoff[1])}},
		}}
		for _, leg := range s.Legs {
			mark := kmlPlacemark{Name: "transit", Line: &kmlLine{AltitudeMode: "relativeToGround"}}
			if leg.Photos > 0 {
				mark.Name = "lane"
			}
			var places []string
			for _, at := range leg.Line {
				places = append(places, fmt.Sprintf("%s,%s,%g", degrees(at[0]), degrees(at[1]), p.HeightM))
			}
			mark.Line.Coordinates = strings.Join(places, " ")
			folder.Placemarks = append(folder.Placemarks, mark)
		}
		file.Folders = append(file.Folders, folder)
	}
	return marshalXML(file)
}
