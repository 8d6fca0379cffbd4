package ingest

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xunfang/patrol"
)

// readAll reads a whole file; every refusal counts.
func readAll(name, text string) (fixes []patrol.Fix, refused Refused, err error) {
	refused, err = ReadFile(name, strings.NewReader(text), func(f patrol.Fix) error {
		fixes = append(fixes, f)
		return nil
	})
	return fixes, refused, err
}

func fixOf(t string, lon, lat float64, change func(*patrol.Fix)) patrol.Fix {
	at, err := time.Parse(time.RFC3339, t)
	if err != nil {
		panic(err)
	}
	f := newFix(at, lon, lat)
	if change != nil {
		change(&f)
	}
	return f
}

func TestReadFile(t *testing.T) {
	const morning = "2026-11-22T08:00:00Z"
	for _, c := range []struct {
		name, file, text string
		want             []patrol.Fix
		refused          Refused
	}{
		{
			name: "GPX 1.1 with a vendor's extensions, and a point without time", file: "walk.gpx",
			text: "\xef\xbb\xbf" + `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
				<wpt lat="1" lon="2"><time>2026-11-22T08:00:00Z</time></wpt>
				<rte><rtept lat="1" lon="2"><time>2026-11-22T08:00:00Z</time></rtept></rte>
				<trk><name>楼栋</name><trkseg/><trkseg>
				<trkpt lat="34.75" lon="113.62"><ele>101.5</ele><time>2026-11-22T16:00:00.2509+08:00</time>
				  <link><time>1999-01-01T00:00:00Z</time></link>
				  <extensions><x:TPX xmlns:x="u"><x:speed>1.25</x:speed><x:course>365</x:course></x:TPX><accuracy>4</accuracy></extensions></trkpt>
				<trkpt lat="34.76" lon="113.62"><ele>101.5</ele></trkpt>
				</trkseg></trk></gpx>`,
			want: []patrol.Fix{fixOf("2026-11-22T08:00:00.250Z", 113.62, 34.75, func(f *patrol.Fix) {
				f.AltitudeM, f.SpeedMPS, f.HeadingDeg, f.AccuracyM = 101.5, 1.25, 5, 4
			})},
			refused: Refused{errNoTime.Error(): 1},
		}, {
			name: "GPX in ISO-8859-1, time without zone, place off the globe", file: "x",
			text: `<?xml version="1.0" encoding="ISO-8859-1"?><gpx><trk><name>` + "Stra\xdfe" + `</name><trkseg>
				<trkpt lat="34.75" lon="113.62"><time>2026-11-22T08:00:00</time></trkpt>
				<trkpt lat="NaN" lon="113.62"><time>2026-11-22T08:00:00</time></trkpt>
				<trkpt lat="91" lon="113.62"><time>2026-11-22T08:00:00</time></trkpt></trkseg></trk></gpx>`,
			want:    []patrol.Fix{fixOf(morning, 113.62, 34.75, nil)},
			refused: Refused{errNoPlace.Error(): 2},
		}, {
			name: "GeoLife, altitude in feet and unknown", file: "x.plt",
			text: "Geolife trajectory\r\nWGS 84\r\nAltitude is in Feet\r\nReserved 3\r\n0,2,255,My Track,0,0,2,8421376\r\n0\r\n" +
				"34.75,113.62,0,100,39746.19,2026-11-22,08:00:00\r\n34.75,113.62,0,-777,39746.19,2026-11-22,08:00:01\r\n34.75,113.62\r\n",
			want: []patrol.Fix{
				fixOf(morning, 113.62, 34.75, func(f *patrol.Fix) { f.AltitudeM = float32(100) * metresAFoot }),
				fixOf("2026-11-22T08:00:01Z", 113.62, 34.75, nil),
			},
			refused: Refused{errNoPlace.Error(): 1},
		}, {
			name: "GPSLogger's CSV", file: "20261122.csv",
			text: "time,lat,lon,elevation,accuracy,bearing,speed,satellites,provider,hdop,battery,annotation,timestamp_ms\n" +
				"2026-11-22T08:00:00.000Z,34.75,113.62,101.5,4.5,90,1.25,9,gps,0.9,80,\"to, you\",1795334400250\n" +
				"2026-11-22T08:00:00.000Z,34.75,113.62,,,,,,,,,,\n",
			want: []patrol.Fix{
				fixOf("2026-11-22T08:00:00.250Z", 113.62, 34.75, func(f *patrol.Fix) {
					f.AltitudeM, f.AccuracyM, f.HeadingDeg, f.SpeedMPS, f.Battery = 101.5, 4.5, 90, 1.25, 0.8
				}),
				fixOf(morning, 113.62, 34.75, nil),
			},
		}, {
			name: "CSV with semicolons, decimal commas and Unix seconds", file: "export",
			text:    "\ufeffLongitude;Latitude;T;Battery\n113,62;34,75;1795334400;0,5\n113,62;34,75;later;\n;;1795334400;\n",
			want:    []patrol.Fix{fixOf(morning, 113.62, 34.75, func(f *patrol.Fix) { f.Battery = 0.5 })},
			refused: Refused{errNoTime.Error(): 1, errNoPlace.Error(): 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, refused, err := readAll(c.file, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("fixes (-want +got):\n%s", diff)
			}
			if !maps.Equal(c.refused, refused) {
				t.Errorf("refused %v, want %v", refused, c.refused)
			}
		})
	}
}

func TestReadFileRefusesWholeFiles(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"empty", "a.gpx", "", "empty"},
		{"none that we know", "a.jpg", "\xff\xd8\xff", "neither GPX"},
		{"cut off", "a.gpx", "<gpx><trk>", "unexpected EOF"},
		{"another XML", "a.gpx", "<kml/>", "<kml>"},
		{"too deep", "a.gpx", "<gpx>" + strings.Repeat("<a>", 40), "deeper"},
		{"an encoding that is not read", "a.gpx", `<?xml version="1.0" encoding="shift_jis"?><gpx/>`, "shift_jis"},
		{"PLT of OziExplorer", "a.plt", "OziExplorer Track Point File Version 2.1\n", "first line"},
		{"CSV without a time", "a.csv", "lat,lon\n1,2\n", "no column for time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readAll(c.file, c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestReadFileStopsWhenTakeFails(t *testing.T) {
	full := errors.New("full")
	_, err := ReadFile("a.csv", strings.NewReader("t,lon,lat\n1,2,3\n1,2,3\n"), func(patrol.Fix) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v, want take's", err)
	}
}

// testData returns the folder of real recordings, or says plainly that it is not here.
func testData(t testing.TB) string {
	folder := os.Getenv("XUNFANG_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("NOT TESTED on real recordings: %v; set XUNFANG_TESTDATA", err)
	}
	return folder
}

// Counts and ends were read off the files with other tools.
func TestReadRealRecordings(t *testing.T) {
	folder := testData(t)
	for _, c := range []struct {
		file        string
		fixes       int
		refused     int
		first, last string
	}{
		{"street-coverage-hamburg/test.gpx", 427, 0, "2023-01-11T15:56:25.000Z", "2023-01-11T16:27:55.000Z"},
		{"gpx/cerknicko-jezero.gpx", 296, 0, "2010-08-05T14:23:59.000Z", "2010-08-05T16:23:49.000Z"},
		{"gpx/gpx1.0_with_all_fields.gpx", 1, 0, "2013-01-01T12:00:04.000Z", "2013-01-01T12:00:04.000Z"},
		{"gpx/track-with-empty-segment.gpx", 9, 0, "2013-07-06T17:26:26.000Z", "2013-07-06T17:27:42.000Z"},
		{"gpx/track_with_speed.gpx", 3, 0, "2009-03-02T14:05:52.000Z", "2009-03-02T14:06:05.000Z"},
		{"gpx/unicode.gpx", 0, 0, "", ""},
		{"gpx/unicode_with_bom.gpx", 0, 0, "", ""},
		{"geolife-beijing/plt/001/20081024234405.plt", 7075, 0, "2008-10-24T23:44:05.000Z", "2008-10-25T11:30:01.000Z"},
	} {
		t.Run(c.file, func(t *testing.T) {
			file, err := os.Open(filepath.Join(folder, c.file))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			var fixes []patrol.Fix
			refused, err := ReadFile(c.file, file, func(f patrol.Fix) error {
				fixes = append(fixes, f)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, count := range refused {
				n += count
			}
			var first, last string
			if len(fixes) > 0 {
				first, last = patrol.FormatMs(fixes[0].TMs), patrol.FormatMs(fixes[len(fixes)-1].TMs)
			}
			if len(fixes) != c.fixes || n != c.refused || first != c.first || last != c.last {
				t.Errorf("%d fixes from %s to %s, %d refused; want %d from %s to %s, %d refused",
					len(fixes), first, last, n, c.fixes, c.first, c.last, c.refused)
			}
		})
	}
}
