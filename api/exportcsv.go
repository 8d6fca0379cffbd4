package api

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/paulmach/orb/encoding/wkt"

	"xunfang/patrol"
)

// csvExport writes a table in UTF-8 with the mark by which office programs know it: the
// id, every property of the collection, and the place as well-known text, which GDAL reads
// as geometry.
type csvExport struct {
	columns []string // properties
	rows    *csv.Writer
}

func (e *csvExport) begin(w io.Writer, c patrol.Collection) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil {
		return err
	}
	for _, p := range c.Properties {
		e.columns = append(e.columns, p.Name)
	}
	e.rows = csv.NewWriter(w)
	header := append(append([]string{"id"}, e.columns...), "WKT")
	return e.rows.Write(header)
}

func (e *csvExport) write(_ io.Writer, f exported) error {
	row := []string{f.ID}
	for _, name := range e.columns {
		value := f.text(name)
		if f.isTyped(name) {
			value = unformulated(value)
		}
		row = append(row, value)
	}
	place := ""
	if f.Geometry != nil {
		place = wkt.MarshalString(f.Geometry)
	}
	return e.rows.Write(append(row, place))
}

func (e *csvExport) end(io.Writer) error {
	e.rows.Flush()
	return e.rows.Error()
}

// unformulated returns a text that no spreadsheet takes for a formula: with an apostrophe
// before it, where it begins like one.
func unformulated(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
