package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xunfang/patrol"
)

const people = "姓名,队伍,手机号\n王芳,花园片/一组,13812345678\n李强,花园片/一组,\n赵敏,花园片/二组,13900000000\n"

// workbook packs rows into a workbook such as offices' programs write, texts shared but
// for the last column, which holds numbers.
func workbook(t *testing.T, rows [][]string) string {
	t.Helper()
	var sheet, texts strings.Builder
	n := 0
	for i, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, i+3) // under an empty row and a title
		for j, cell := range row {
			place := fmt.Sprintf("%c%d", 'A'+j, i+3)
			switch {
			case cell == "":
			case i > 0 && j == len(row)-1:
				fmt.Fprintf(&sheet, `<c r="%s"><v>%s</v></c>`, place, cell)
			default:
				fmt.Fprintf(&sheet, `<c r="%s" t="s"><v>%d</v></c>`, place, n)
				fmt.Fprintf(&texts, `<si><r><t>%s</t></r></si>`, cell)
				n++
			}
		}
		sheet.WriteString(`</row>`)
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, content := range map[string]string{
		"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
			`<sheets><sheet name="名单" sheetId="1" r:id="rId7"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="styles.xml"/><Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst>` + texts.String() + `</sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheet.String() + `</sheetData></worksheet>`,
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
	return packed.String()
}

type enrolled struct {
	Kept      bool
	Teams     int `json:"teams_created"`
	Trackers  int `json:"trackers_created"`
	Changed   int `json:"trackers_changed"`
	Unchanged int
	Refused   []patrol.RowRefused
}

func TestARosterMakesTeamsAndTrackers(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"花园社区","kind":"community"}`)
	enrol := func(query, body string, status int) (e enrolled) {
		t.Helper()
		got := admin.ask(http.MethodPost, "/api/roster?area="+area+query, "text/csv", body)
		got.want(t, status)
		got.into(t, &e)
		return e
	}
	if e := enrol("&dry_run=1", people, http.StatusOK); e.Kept || e.Teams != 3 || e.Trackers != 3 {
		t.Errorf("asked what it would do: %+v", e)
	}
	if got := admin.list("/ogc/collections/teams/items"); got.NumberMatched != 0 {
		t.Errorf("asking made %d teams", got.NumberMatched)
	}
	if e := enrol("", "\ufeff"+people, http.StatusOK); !e.Kept || e.Teams != 3 || e.Trackers != 3 {
		t.Errorf("the first time: %+v", e)
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.ReplaceAll(people, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	if e := enrol("", gb, http.StatusOK); e.Teams+e.Trackers+e.Changed != 0 || e.Unchanged != 3 {
		t.Errorf("the same again, in GB18030: %+v", e)
	}
	book := workbook(t, [][]string{{"序号", "姓名", "队伍", "电话"}, {"1", "李强", "花园片/一组", "1.3700000001E10"}, {"2", "孙悦", "花园片", ""}})
	if e := enrol("", book, http.StatusOK); e.Changed != 1 || e.Trackers != 1 || e.Teams != 0 {
		t.Errorf("a workbook: %+v", e)
	}
	li := admin.list("/ogc/collections/trackers/items?name=" + "%E6%9D%8E%E5%BC%BA")
	if len(li.Features) != 1 || li.Features[0].Properties["phone"] != "13700000001" || li.Features[0].Properties["token"] != nil {
		t.Errorf("李强 is kept as %+v", li.Features)
	}

	bad := people + "钱多多,花园片/三组,1\n,花园片/三组,2\n王芳,花园片/一组,3\n周,,4\n"
	e := enrol("", bad, http.StatusUnprocessableEntity)
	var rows []int
	for _, r := range e.Refused {
		rows = append(rows, r.Row)
	}
	if e.Kept || fmt.Sprint(rows) != "[6 7 8]" {
		t.Errorf("a list with bad rows: %+v", e)
	}
	if e := enrol("&partial=1", bad, http.StatusOK); !e.Kept || e.Teams != 1 || e.Trackers != 1 {
		t.Errorf("what is good of it: %+v", e)
	}
	for name, body := range map[string]string{
		"nothing": "", "no header": "王芳,一组\n", "an image": "\x89PNG\r\n\x1a\n\xff\xff\xff", "a torn workbook": book[:len(book)/2],
		"too many people": "name,team\n" + strings.Repeat("x,y\n", patrol.MaxRoster+1),
	} {
		if got := admin.ask(http.MethodPost, "/api/roster", "text/csv", body); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered %d: %.200s", name, got.status, got.body)
		}
	}
}

func TestARosterStaysInItsArea(t *testing.T) {
	s := startConsole(t, nil)
	a, b, _ := neighbours(t, s.admin(t))
	planner := s.person(t, "王芳", patrol.Grant{Role: patrol.Planner, Area: uuid.MustParse(a.area)})
	const list = "name,team\n新人,新组\n"
	planner.ask(http.MethodPost, "/api/roster", "text/csv", list).wantProblem(t, http.StatusBadRequest)
	planner.ask(http.MethodPost, "/api/roster?area="+b.area, "text/csv", list).wantProblem(t, http.StatusNotFound)
	planner.ask(http.MethodPost, "/api/roster?area="+a.area, "text/csv", list).want(t, http.StatusOK)
	if got := planner.list("/ogc/collections/trackers/items?name=%E6%96%B0%E4%BA%BA"); got.NumberMatched != 1 {
		t.Errorf("the planner sees %d of who was enrolled", got.NumberMatched)
	}
}
