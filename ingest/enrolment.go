package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xunfang/patrol"
)

// rosterColumns are the headers, in lower case, under which offices list people.
var rosterColumns = map[string][]string{
	"name":  {"name", "person", "姓名", "人员", "人员姓名", "名字"},
	"team":  {"team", "group", "队伍", "小组", "班组", "组别", "分组", "部门"},
	"phone": {"phone", "mobile", "tel", "telephone", "手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式"},
}

// ReadRoster reads a list of people: an .xlsx workbook's first sheet, or a table of text
// in UTF-8 or GB18030 with commas, semicolons or tabs. Its first row that is not empty
// names the columns, 姓名 or name and 队伍 or team among them. A *patrol.Invalid says
// what is wrong with the whole of it; rows are judged later.
func ReadRoster(body []byte) ([]patrol.RosterRow, error) {
	var table [][]string
	var err error
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		table, err = readXLSX(body)
	} else {
		table, err = readTable(body)
	}
	if err != nil {
		return nil, err
	}
	columns := map[string]int{}
	var rows []patrol.RosterRow
	for i, cells := range table {
		at := func(column string) string {
			if c, ok := columns[column]; ok && c < len(cells) {
				return strings.TrimSpace(cells[c])
			}
			return ""
		}
		switch {
		case !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }):
		case len(columns) == 0:
			if columns, err = rosterHeader(cells); err != nil {
				return nil, err
			}
		case len(rows) == patrol.MaxRoster:
			return nil, patrol.Invalidf("", "The list has more than %d people", patrol.MaxRoster)
		default:
			rows = append(rows, patrol.RosterRow{Row: i + 1, Name: at("name"), Team: at("team"), Phone: at("phone")})
		}
	}
	if len(columns) == 0 {
		return nil, patrol.Invalidf("", "The list is empty")
	}
	return rows, nil
}

// rosterHeader returns at which place each column stands.
func rosterHeader(cells []string) (map[string]int, error) {
	columns := map[string]int{}
	for i, cell := range cells {
		for column, names := range rosterColumns {
			if _, taken := columns[column]; !taken && slices.Contains(names, strings.ToLower(strings.TrimSpace(cell))) {
				columns[column] = i
			}
		}
	}
	for _, needed := range []string{"name", "team"} {
		if _, ok := columns[needed]; !ok {
			return nil, patrol.Invalidf("", "The first row names no column for the %s: none of %s", needed, strings.Join(rosterColumns[needed], ", "))
		}
	}
	return columns, nil
}

// readTable reads parted text. What is not UTF-8 is taken for GB18030, in which Chinese
// offices' programs save it.
func readTable(body []byte) (table [][]string, err error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !utf8.Valid(body) {
		if body, err = simplifiedchinese.GB18030.NewDecoder().Bytes(body); err != nil || bytes.ContainsRune(body, utf8.RuneError) {
			return nil, patrol.Invalidf("", "The list is neither UTF-8 nor GB18030 text, nor an .xlsx workbook")
		}
	}
	rows := csv.NewReader(bytes.NewReader(body))
	rows.Comma = csvComma(body[:min(len(body), 4<<10)])
	rows.FieldsPerRecord = -1
	rows.LazyQuotes = true
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if err != nil {
			return nil, patrol.Invalidf("", "The list cannot be read: %v", err)
		}
		line, _ := rows.FieldPos(0)
		if line > maxSheetRows {
			return nil, patrol.Invalidf("", "The list has more than %d rows", maxSheetRows)
		}
		for len(table) < line-1 { // empty lines are left out by the reader
			table = append(table, nil)
		}
		table = append(table, cells)
	}
}
