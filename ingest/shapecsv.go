package ingest

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// placeColumns are the headers, in lower case, under which tables have a place: well-known
// text, or longitude and latitude.
var placeColumns = map[string][]string{
	"wkt": {"wkt", "geom", "geometry", "the_geom"},
	"lon": {"lon", "lng", "longitude", "x", "经度"},
	"lat": {"lat", "latitude", "y", "纬度"},
}

// readShapeCSV reads a table with a header, one feature a row. Fields are parted by
// commas, semicolons or tabs; texts are UTF-8 or GB 18030.
func readShapeCSV(r io.Reader, take patrol.TakeGiven) error {
	ration := newRationed(withoutMark(r))
	text := bufio.NewReader(ration)
	start, _ := text.Peek(4 << 10)
	rows := csv.NewReader(text)
	rows.Comma = csvComma(start)
	rows.FieldsPerRecord = -1
	rows.LazyQuotes = true
	rows.TrimLeadingSpace = rows.Comma != '\t'
	header, err := rows.Read()
	if err != nil {
		return notCSV(err)
	}
	for i, name := range header {
		header[i] = strings.TrimSpace(readText([]byte(name)))
	}
	place := findPlace(header)
	if place == nil {
		return patrol.Invalidf("", "The file is neither GeoJSON nor KML nor an archive, and as a table it has no columns for a place: one of %s, or two such as lon and lat", strings.Join(placeColumns["wkt"], ", "))
	}
	for {
		ration.renew()
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return notCSV(err)
		}
		given, flaw := place.given(header, fields)
		if err := take(given, flaw); err != nil {
			return err
		}
	}
}

func notCSV(err error) error {
	if invalid, ok := flawOf(err); ok {
		return invalid
	}
	return patrol.Invalidf("", "The file cannot be read as a table: %v", err)
}

// placeInRow says in which columns a row has its place: wkt, or lon and lat; -1 is none.
type placeInRow struct{ wkt, lon, lat int }

func findPlace(header []string) *placeInRow {
	find := func(what string) int {
		for _, name := range placeColumns[what] {
			for i, h := range header {
				if strings.EqualFold(h, name) {
					return i
				}
			}
		}
		return -1
	}
	p := &placeInRow{find("wkt"), find("lon"), find("lat")}
	if p.wkt < 0 && (p.lon < 0 || p.lat < 0) {
		return nil
	}
	return p
}

func (p *placeInRow) given(header, fields []string) (patrol.Given, *patrol.Invalid) {
	texts := map[string]string{}
	for i, field := range fields {
		if i < len(header) && i != p.wkt && i != p.lon && i != p.lat && field != "" && len(texts) < maxFileMembers {
			texts[header[i]] = readText([]byte(field))
		}
	}
	properties, err := json.Marshal(texts)
	if err != nil {
		return patrol.Given{}, patrol.Invalidf("", "has texts that cannot be read: %v", err)
	}
	given := patrol.Given{Properties: properties}
	given.Geometry, err = p.geometry(func(column int) string {
		if column < 0 || column >= len(fields) {
			return ""
		}
		return strings.TrimSpace(fields[column])
	})
	flaw, _ := flawOf(err)
	return given, flaw
}

func (p *placeInRow) geometry(field func(int) string) (orb.Geometry, error) {
	if text := field(p.wkt); text != "" {
		return parseWKT(text)
	}
	lon, errLon := strconv.ParseFloat(field(p.lon), 64)
	lat, errLat := strconv.ParseFloat(field(p.lat), 64)
	if errLon != nil || errLat != nil {
		return nil, patrol.Invalidf("geometry", "is at %.40q, %.40q, which are not a longitude and a latitude in finite numbers", field(p.lon), field(p.lat))
	}
	return orb.Point{lon, lat}, nil
}
