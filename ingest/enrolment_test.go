package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"testing"

	"xunfang/patrol"
)

// packed returns a workbook whose parts these are.
func packed(t testing.TB, sheet, texts string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet r:id="a"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       texts,
		"xl/worksheets/sheet1.xml":   sheet,
	} {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const header = `<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>队伍</t></is></c></row>`

func TestHostileWorkbooksAreRefused(t *testing.T) {
	for name, body := range map[string][]byte{
		"a sheet that unpacks without end": packed(t, `<sheetData>`+header+string(bytes.Repeat([]byte(" "), maxSheetBytes))+`</sheetData>`, `<sst/>`),
		"texts that unpack without end":    packed(t, `<sheetData>`+header+`</sheetData>`, `<sst>`+string(bytes.Repeat([]byte(" "), maxSheetBytes))+`</sst>`),
		"a row beyond all rows":            packed(t, `<sheetData>`+header+`<row r="999999999"/></sheetData>`, `<sst/>`),
		"rows that go back":                packed(t, `<sheetData>`+header+`<row r="1"/></sheetData>`, `<sst/>`),
		"XML that is not":                  packed(t, `<sheetData><row>`, `<sst/>`),
	} {
		invalid := (*patrol.Invalid)(nil)
		if rows, err := ReadRoster(body); !errors.As(err, &invalid) {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
	rows, err := ReadRoster(packed(t, `<sheetData>`+header+`<row><c t="s"><v>9</v></c><c r="ZZZZZZ2"><v>1</v></c></row></sheetData>`, `<sst/>`))
	if err != nil || len(rows) != 0 {
		t.Errorf("texts and columns that are not there: %v, %v", rows, err)
	}
}

func FuzzReadRoster(f *testing.F) {
	f.Add([]byte("姓名,队伍,手机\n王芳,一组,138\n"))
	f.Add([]byte("name;team\n\"a\nb\";c\n"))
	f.Add([]byte("\xd0\xd5\xc3\xfb\t\xb6\xd3\xce\xe9\n\xcd\xf5\xb7\xbc\t\xd2\xbb\xd7\xe9\n"))
	f.Add(packed(f, `<sheetData>`+header+`</sheetData>`, `<sst><si><t>x</t></si></sst>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, err := ReadRoster(body)
		invalid := (*patrol.Invalid)(nil)
		if err != nil && !errors.As(err, &invalid) {
			t.Fatalf("refused without a sentence: %v", err)
		}
		last := 0
		for _, r := range rows {
			if r.Row <= last || len(rows) > patrol.MaxRoster {
				t.Fatalf("row %d after %d, %d in all", r.Row, last, len(rows))
			}
			last = r.Row
		}
	})
}
