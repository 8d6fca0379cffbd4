package ingest

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xunfang/patrol"
)

// dbfTable reads the rows of a dBASE table, as Shapefiles have them. The zero table has
// no columns and as many rows as are asked for.
type dbfTable struct {
	rows    *bufio.Reader
	columns []dbfColumn
	row     []byte
	text    func([]byte) string
}

type dbfColumn struct {
	name     string
	kind     byte // C text, N and F number, L logical, D date
	from, to int  // in the row
}

// openDBF reads the table's head.
func openDBF(r io.Reader, text func([]byte) string) (*dbfTable, error) {
	t := &dbfTable{rows: bufio.NewReaderSize(r, 64<<10), text: text}
	var head [32]byte
	if _, err := io.ReadFull(t.rows, head[:]); err != nil {
		return nil, patrol.Invalidf("", "The .dbf is too short")
	}
	headBytes, rowBytes := int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	if headBytes < 33 || rowBytes < 1 {
		return nil, patrol.Invalidf("", "The .dbf does not begin like a dBASE table")
	}
	rest := make([]byte, headBytes-len(head))
	if _, err := io.ReadFull(t.rows, rest); err != nil {
		return nil, patrol.Invalidf("", "The .dbf ends within its head")
	}
	t.row = make([]byte, rowBytes)
	at := 1 // after the mark of deleted rows
	for ; len(rest) >= 32 && rest[0] != '\r'; rest = rest[32:] {
		name, _, _ := strings.Cut(string(rest[:11]), "\x00")
		c := dbfColumn{name: t.text([]byte(name)), kind: rest[11], from: at, to: at + int(rest[16])}
		if at = c.to; at > rowBytes {
			return nil, patrol.Invalidf("", "The .dbf's columns are wider than its rows")
		}
		t.columns = append(t.columns, c)
	}
	return t, nil
}

// next returns the next row's values by column, those that are empty left out, and
// whether it is marked as deleted.
func (t *dbfTable) next() (values map[string]any, deleted bool, err error) {
	values = map[string]any{}
	if t.rows == nil {
		return values, false, nil
	}
	if _, err := io.ReadFull(t.rows, t.row); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, false, patrol.Invalidf("", "The .dbf has fewer rows than the .shp has shapes")
		}
		return nil, false, err
	}
	for _, c := range t.columns {
		if v := c.value(t.text(t.row[c.from:c.to])); v != nil {
			values[c.name] = v
		}
	}
	return values, t.row[0] == '*', nil
}

func (c dbfColumn) value(text string) any {
	text = strings.TrimSpace(strings.TrimRight(text, "\x00"))
	switch {
	case text == "":
		return nil
	case c.kind == 'N' || c.kind == 'F':
		if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
			return json.Number(strconv.FormatFloat(v, 'f', -1, 64))
		}
		return nil // asterisks stand for what did not fit
	case c.kind == 'L':
		return strings.ContainsAny(text, "TtYy")
	default:
		return text
	}
}

// charset returns how the texts of a .dbf are read by what its .cpg says; without one
// they are UTF-8 or, where they cannot be, GB 18030.
func charset(cpg *zip.File) func([]byte) string {
	if cpg == nil {
		return readText
	}
	r, err := unpack(cpg)
	if err != nil {
		return readText
	}
	defer r.Close()
	name := make([]byte, 40)
	n, _ := io.ReadFull(r, name)
	switch label := strings.ToUpper(strings.TrimSpace(string(name[:n]))); {
	case strings.Contains(label, "8859-1") || label == "1252":
		return func(b []byte) string {
			text, _ := charmap.Windows1252.NewDecoder().Bytes(b) // has a character for every byte
			return string(text)
		}
	case strings.Contains(label, "936") || strings.HasPrefix(label, "GB"):
		return func(b []byte) string {
			text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
			if err != nil || !utf8.Valid(text) {
				return readText(b)
			}
			return string(text)
		}
	default:
		return readText
	}
}
