package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"

	"xunfang/patrol"
)

// Bounds of a workbook, whatever its packing says.
const (
	maxSheetBytes = 8 << 20 // unpacked, of one part
	maxSheetRows  = 100_000
	maxSheetCells = 256 // in a row
)

// The parts of a workbook (ISO/IEC 29500, SpreadsheetML) that say what its cells show.
type (
	xlsxBook struct {
		Sheets []struct {
			ID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	xlsxLinks struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	xlsxText struct {
		Plain string   `xml:"t"`
		Runs  []string `xml:"r>t"`
	}
	xlsxTexts struct {
		Texts []xlsxText `xml:"si"`
	}
	xlsxRow struct {
		Number int `xml:"r,attr"`
		Cells  []struct {
			Place  string   `xml:"r,attr"`
			Type   string   `xml:"t,attr"`
			Value  string   `xml:"v"`
			Inline xlsxText `xml:"is"`
		} `xml:"c"`
	}
)

func (t xlsxText) String() string { return t.Plain + strings.Join(t.Runs, "") }

// readXLSX returns the cells of a workbook's first sheet as texts, numbers as they are
// kept.
func readXLSX(body []byte) ([][]string, error) {
	unreadable := patrol.Invalidf("", "The workbook cannot be read; save it as .xlsx or as CSV again")
	book, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, unreadable
	}
	var sheets xlsxBook
	var links xlsxLinks
	var texts xlsxTexts
	if decodePart(book, "xl/workbook.xml", &sheets) != nil || len(sheets.Sheets) == 0 || decodePart(book, "xl/_rels/workbook.xml.rels", &links) != nil {
		return nil, unreadable
	}
	if _, err := book.Open("xl/sharedStrings.xml"); err == nil && decodePart(book, "xl/sharedStrings.xml", &texts) != nil {
		return nil, unreadable
	}
	for _, link := range links.Links {
		if link.ID == sheets.Sheets[0].ID {
			name := path.Join("xl", link.Target)
			if strings.HasPrefix(link.Target, "/") {
				name = strings.TrimPrefix(link.Target, "/")
			}
			table, err := readSheet(book, name, texts.Texts)
			if err != nil {
				return nil, unreadable
			}
			return table, nil
		}
	}
	return nil, unreadable
}

func openPart(book *zip.Reader, name string) (io.ReadCloser, *xml.Decoder, error) {
	part, err := book.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return part, xml.NewDecoder(io.LimitReader(part, maxSheetBytes)), nil
}

func decodePart(book *zip.Reader, name string, into any) error {
	part, d, err := openPart(book, name)
	if err != nil {
		return err
	}
	defer part.Close()
	return d.Decode(into)
}

// readSheet reads row by row, so that what is too much ends it early.
func readSheet(book *zip.Reader, name string, texts []xlsxText) (table [][]string, err error) {
	part, d, err := openPart(book, name)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	for {
		token, err := d.Token()
		if err == io.EOF {
			return table, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		var row xlsxRow
		if err := d.DecodeElement(&row, &start); err != nil {
			return nil, err
		}
		if row.Number == 0 {
			row.Number = len(table) + 1
		}
		if row.Number <= len(table) || row.Number > maxSheetRows {
			return nil, strconv.ErrRange
		}
		for len(table) < row.Number-1 {
			table = append(table, nil)
		}
		table = append(table, row.cells(texts))
	}
}

func (r xlsxRow) cells(texts []xlsxText) (cells []string) {
	for _, c := range r.Cells {
		column := len(cells)
		if c.Place != "" {
			column = xlsxColumn(c.Place)
		}
		if column < len(cells) || column >= maxSheetCells {
			continue
		}
		for len(cells) < column {
			cells = append(cells, "")
		}
		value := c.Value
		switch c.Type {
		case "s":
			value = ""
			if i, err := strconv.Atoi(c.Value); err == nil && i >= 0 && i < len(texts) {
				value = texts[i].String()
			}
		case "inlineStr":
			value = c.Inline.String()
		case "", "n":
			value = plainNumber(value)
		}
		cells = append(cells, value)
	}
	return cells
}

// xlsxColumn returns the column, from 0, of a cell's place such as AB12.
func xlsxColumn(place string) (column int) {
	for _, r := range place {
		if r < 'A' || r > 'Z' || column > maxSheetCells {
			break
		}
		column = 26*column + int(r-'A') + 1
	}
	return column - 1
}

// plainNumber writes a whole number without an exponent: a telephone number that was
// typed as a number is kept as 1.3812345678E10.
func plainNumber(s string) string {
	if v, err := strconv.ParseFloat(s, 64); err == nil && v == float64(int64(v)) && strings.ContainsAny(s, "eE.") {
		return strconv.FormatInt(int64(v), 10)
	}
	return s
}
