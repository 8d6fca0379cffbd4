package api

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

const (
	exportPage = 2000             // features read at a time
	exportTime = 30 * time.Minute // in which an export must be taken
)

// exported is a feature as /ogc serves it, taken apart.
type exported struct {
	ID         string
	Geometry   orb.Geometry // nil for null
	Properties map[string]json.RawMessage
	raw        json.RawMessage
}

// exporter writes features in one format.
type exporter interface {
	// begin and end write what stands around the features.
	begin(w io.Writer, c patrol.Collection) error
	write(w io.Writer, f exported) error
	end(w io.Writer) error
}

// exportFormats are the endings of a file that is asked for.
var exportFormats = map[string]struct {
	mediaType string
	new       func() exporter
}{
	"geojson": {typeGeoJSON, func() exporter { return &geojsonExport{} }},
	"kml":     {"application/vnd.google-earth.kml+xml", func() exporter { return &kmlExport{} }},
	"gpx":     {"application/gpx+xml", func() exporter { return &gpxExport{} }},
	"csv":     {"text/csv; charset=utf-8", func() exporter { return &csvExport{} }},
}

// serveExport streams every item that the collection's filters select, as a file. What
// fails after the first page breaks the connection: half a file never looks whole.
func (s *server) serveExport(w http.ResponseWriter, r *http.Request) error {
	name, ending, _ := strings.Cut(r.PathValue("file"), ".")
	c, err := patrol.CollectionNamed(name)
	if err != nil {
		return err
	}
	format, ok := exportFormats[ending]
	if !ok {
		return statusError{http.StatusNotFound, "Exports end in .geojson, .gpx, .kml or .csv"}
	}
	names := slices.DeleteFunc(itemsParameters(c), func(n string) bool { return n == "limit" || n == "cursor" })
	query, err := parameters(r, names...)
	if err != nil {
		return err
	}
	q, err := parseItemsQuery(c, query)
	if err != nil {
		return err
	}
	q.limit, q.scope = exportPage, patrol.ScopeFrom(r.Context())
	first, err := s.pageOf(r, c, q)
	if err != nil {
		return err
	}
	if err := http.NewResponseController(w).SetWriteDeadline(s.Now().Add(exportTime)); err != nil {
		return fmt.Errorf("export %s: %w", c.Name, err)
	}
	h := w.Header()
	h.Set("Content-Type", format.mediaType)
	h.Set("Content-Disposition", `attachment; filename="`+c.Name+"."+ending+`"`)
	h.Set("Cache-Control", "private, no-store")
	out := bufio.NewWriterSize(w, 64<<10)
	if err := s.export(r, c, q, first, out, format.new()); err != nil {
		if r.Context().Err() == nil {
			s.Log.ErrorContext(r.Context(), "an export failed", "collection", c.Name, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// export writes the first page and those that follow.
func (s *server) export(r *http.Request, c patrol.Collection, q itemsQuery, p page, out *bufio.Writer, to exporter) error {
	if err := to.begin(out, c); err != nil {
		return err
	}
	for {
		for _, raw := range p.features {
			f, err := takeApart(raw)
			if err != nil {
				return err
			}
			if err := to.write(out, f); err != nil {
				return err
			}
		}
		if p.next == "" {
			return errors.Join(to.end(out), out.Flush())
		}
		var err error
		q.cursor = p.next
		if p, err = s.pageOf(r, c, q); err != nil {
			return err
		}
	}
}

func takeApart(raw json.RawMessage) (exported, error) {
	var f struct {
		ID       string
		Geometry *struct {
			Type        string
			Coordinates json.RawMessage
		}
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return exported{}, fmt.Errorf("take a feature apart: %w", err)
	}
	e := exported{ID: f.ID, Properties: f.Properties, raw: raw}
	if f.Geometry == nil {
		return e, nil
	}
	var err error
	if e.Geometry, err = coordinatesOf(f.Geometry.Type, f.Geometry.Coordinates); err != nil {
		return e, fmt.Errorf("take %s apart: %w", f.ID, err)
	}
	return e, nil
}

// coordinatesOf reads the coordinates of a geometry that this server wrote, of any size.
func coordinatesOf(kind string, raw json.RawMessage) (orb.Geometry, error) {
	switch kind {
	case "Point":
		return decodeCoordinates[orb.Point](raw)
	case "LineString":
		return decodeCoordinates[orb.LineString](raw)
	case "MultiLineString":
		return decodeCoordinates[orb.MultiLineString](raw)
	case "Polygon":
		return decodeCoordinates[orb.Polygon](raw)
	case "MultiPolygon":
		return decodeCoordinates[orb.MultiPolygon](raw)
	default:
		return nil, fmt.Errorf("no format is known for a %s", kind)
	}
}

func decodeCoordinates[G orb.Geometry](raw json.RawMessage) (orb.Geometry, error) {
	var g G
	err := json.Unmarshal(raw, &g)
	return g, err
}

// text returns a property's value as people write it: a text without its quotes, all else
// as JSON; "" for none.
func (f exported) text(name string) string {
	raw := f.Properties[name]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// isTyped reports whether a property is a text or a list: what somebody may have typed.
func (f exported) isTyped(name string) bool {
	raw := f.Properties[name]
	return len(raw) > 0 && (raw[0] == '"' || raw[0] == '[' || raw[0] == '{')
}

// geojsonExport writes a FeatureCollection.
type geojsonExport struct{ some bool }

func (e *geojsonExport) begin(w io.Writer, _ patrol.Collection) error {
	_, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`)
	return err
}

func (e *geojsonExport) write(w io.Writer, f exported) error {
	separator := "\n"
	if e.some {
		separator = ",\n"
	}
	e.some = true
	_, err := io.WriteString(w, separator+string(f.raw))
	return err
}

func (e *geojsonExport) end(w io.Writer) error {
	_, err := io.WriteString(w, "\n]}\n")
	return err
}
