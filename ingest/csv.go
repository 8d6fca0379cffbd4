package ingest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"xunfang/patrol"
)

// csvColumns are the headers, in lower case, under which programs write what a fix
// has. The earlier of two that a file has is read first.
var csvColumns = map[string][]string{
	"time":     {"timestamp_ms", "time", "t", "timestamp", "datetime", "utc"},
	"lon":      {"lon", "longitude", "lng"},
	"lat":      {"lat", "latitude"},
	"accuracy": {"accuracy_m", "accuracy", "horizontal_accuracy"},
	"altitude": {"altitude_m", "altitude", "elevation", "ele", "alt"},
	"speed":    {"speed_mps", "speed"},
	"heading":  {"heading_deg", "heading", "bearing", "course"},
	"battery":  {"battery", "batt"},
}

// ReadCSV reads a table with a header, GPSLogger's or any that uses the names in
// csvColumns, in any order, among others. Speeds are m/s; battery is a share from 0 to
// 1 or, above 1, per cent. Fields are parted by commas, semicolons (then numbers may
// have decimal commas) or tabs.
func ReadCSV(r io.Reader, take func(patrol.Fix) error) (Refused, error) {
	text := bufio.NewReader(r)
	start, err := text.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	rows := csv.NewReader(text)
	rows.Comma = csvComma(start)
	rows.FieldsPerRecord = -1
	rows.LazyQuotes = true
	rows.ReuseRecord = true
	rows.TrimLeadingSpace = rows.Comma != '\t'

	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	columns := newCSVRow(header, rows.Comma == ';')
	for _, needed := range []string{"time", "lon", "lat"} {
		if len(columns.at[needed]) == 0 {
			return nil, fmt.Errorf("the header has no column for %s: none of %s", needed, strings.Join(csvColumns[needed], ", "))
		}
	}
	refused := Refused{}
	for {
		columns.fields, err = rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			return refused, nil
		case err != nil:
			return refused, err
		}
		fix, err := columns.fix()
		if err != nil {
			refused[err.Error()]++
			continue
		}
		if err := take(fix); err != nil {
			return refused, err
		}
	}
}

// csvRow reads one row after the other by the header's columns.
type csvRow struct {
	at           map[string][]int // columns of what a fix has, the preferred first
	decimalComma bool
	fields       []string
}

func newCSVRow(header []string, decimalComma bool) *csvRow {
	row := &csvRow{at: make(map[string][]int), decimalComma: decimalComma}
	place := make(map[string]int, len(header))
	for i, name := range header {
		place[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for what, names := range csvColumns {
		for _, name := range names {
			if i, ok := place[name]; ok {
				row.at[what] = append(row.at[what], i)
			}
		}
	}
	return row
}

// text returns the first filled field for what, or "".
func (row *csvRow) text(what string) string {
	for _, i := range row.at[what] {
		if i < len(row.fields) && strings.TrimSpace(row.fields[i]) != "" {
			return row.fields[i]
		}
	}
	return ""
}

// number is text with a decimal point.
func (row *csvRow) number(what string) string {
	text := row.text(what)
	if row.decimalComma {
		return strings.Replace(text, ",", ".", 1)
	}
	return text
}

func (row *csvRow) fix() (patrol.Fix, error) {
	lon, lat, err := readPlace(row.number("lon"), row.number("lat"))
	if err != nil {
		return patrol.Fix{}, err
	}
	t, err := readTime(row.text("time"))
	if err != nil {
		return patrol.Fix{}, err
	}
	fix := newFix(t, lon, lat)
	fix.AccuracyM = readAccuracy(row.number("accuracy"))
	fix.AltitudeM = readFigure(row.number("altitude"))
	fix.SpeedMPS = readFigure(row.number("speed"))
	fix.HeadingDeg = readHeading(row.number("heading"))
	if fix.Battery = readFigure(row.number("battery")); fix.Battery > 1 {
		fix.Battery /= 100
	}
	return fix, nil
}

// csvComma guesses what parts the fields from what the header has most of.
func csvComma(start []byte) rune {
	header, _, _ := bytes.Cut(start, []byte("\n"))
	comma, most := ',', bytes.Count(header, []byte(","))
	for _, c := range ";\t" {
		if n := bytes.Count(header, []byte(string(c))); n > most {
			comma, most = c, n
		}
	}
	return comma
}

// looksLikeCSV reports whether a first line has columns for place and time.
func looksLikeCSV(start []byte) bool {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	header := strings.Split(strings.TrimSpace(string(line)), string(csvComma(start)))
	row := newCSVRow(header, false)
	return len(row.at["time"]) > 0 && len(row.at["lon"]) > 0 && len(row.at["lat"]) > 0
}
