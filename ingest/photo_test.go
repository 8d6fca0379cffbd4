package ingest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func photosOf(t *testing.T, name, text string, times PhotoTimes) ([]Photo, Refused) {
	t.Helper()
	var photos []Photo
	refused, err := ReadPhotos(name, strings.NewReader(text), times, func(p Photo) error {
		photos = append(photos, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return photos, refused
}

// line writes what matters of a photo.
func line(p Photo) string {
	deg := func(rad float64) float64 { return math.Round(rad*180/math.Pi*10) / 10 }
	return fmt.Sprintf("%s %.6f %.6f h%.1f y%.1f p%.1f r%.1f %s", time.UnixMilli(p.Fix.TMs).UTC().Format("2006-01-02T15:04:05.000"),
		p.Fix.Lon, p.Fix.Lat, p.TakeoffM, deg(p.Look.Yaw), deg(p.Look.Pitch), deg(p.Look.Roll), p.Assumed)
}

// The first frame of each dialect of DJI's subtitles.
func TestSRTDialects(t *testing.T) {
	folder := filepath.Join(testData(t), "dji-srt")
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ file, first string }{
		{"air2s.srt", "2022-08-07T13:40:40.774 2.234156 41.424724 hNaN yNaN p-90.0 r0.0 looking straight down"},
		{"mavic_air2.srt", "2022-05-01T15:01:58.531 2.162162 41.420684 hNaN yNaN p-90.0 r0.0 looking straight down"},
		{"mavic_2_style.SRT", "2017-08-05T14:11:51.393 149.025100 -20.253300 hNaN yNaN p-90.0 r0.0 looking straight down"},
		{"matrice_300.srt", "2022-06-21T16:06:17.000 -6.112000 36.614600 h0.3 yNaN p-90.0 r0.0 looking straight down"},
		{"p4_rtk.SRT", "2026-01-01T00:00:00.000 -58.851745 -34.237922 h85.8 y110.4 p-24.4 r0.0 "},
		{"broken_incomplete.SRT", "2017-07-03T10:15:03.000 -58.456300 -34.738300 h20.1 yNaN p-90.0 r0.0 looking straight down"},
	} {
		raw, err := os.ReadFile(filepath.Join(folder, c.file))
		if err != nil {
			t.Fatal(err)
		}
		photos, refused := photosOf(t, c.file, string(raw), PhotoTimes{Begin: begin})
		if len(photos) == 0 {
			t.Fatalf("%s: no photos; refused %v", c.file, refused)
		}
		if got := line(photos[0]); got != c.first {
			t.Errorf("%s: %s\nwant %s", c.file, got, c.first)
		}
		for i := 1; i < len(photos); i++ {
			if apart := photos[i].Fix.TMs - photos[i-1].Fix.TMs; apart < 1000 {
				t.Errorf("%s: frames %d ms apart", c.file, apart)
			}
		}
		t.Logf("%s: %d photos, refused %v", c.file, len(photos), refused)
	}
}

func TestExifTable(t *testing.T) {
	const head = "SourceFile,DateTimeOriginal,GPSLatitude,GPSLongitude,GPSLatitudeRef,GimbalYawDegree,GimbalPitchDegree,GimbalRollDegree,FlightYawDegree,RelativeAltitude\n"
	for _, c := range []struct{ name, row, want string }{
		{"as printed", `a,2025:04:16 07:25:57,"8 deg 27' 55.20"" N","13 deg 12' 0.00"" W",,+10.0,-80.00,0.00,-89.60,+110.5`, "2025-04-15T23:25:57.000 -13.200000 8.465333 h110.5 y10.0 p-80.0 r0.0 "},
		{"numbers", "a,2025:04:16 07:25:57.25+08:00,8.5,13.2,S,,-80,,90,", "2025-04-15T23:25:57.250 13.200000 -8.500000 hNaN y90.0 p-80.0 r0.0 "},
		{"a gimbal that is all 0 is unknown", "a,2025:04:16 07:25:57,8.5,13.2,,0.00,0.00,0.00,45,90", "2025-04-15T23:25:57.000 13.200000 8.500000 h90.0 y45.0 p-90.0 r0.0 looking straight down"},
		{"straight down the other way", "a,2025:04:16 07:25:57,8.5,13.2,,180,-90,180,45,90", "2025-04-15T23:25:57.000 13.200000 8.500000 h90.0 y180.0 p-90.0 r180.0 "},
		{"no place", "a,2025:04:16 07:25:57,,,,,,,,", "no place that can be read"},
		{"off the globe", `a,2025:04:16 07:25:57,"250 deg 0' 0.00"" N","325 deg 0' 0.00"" W",,,,,,`, "no place that can be read"},
		{"no fix yet", "a,2025:04:16 07:25:57,0,0,,,,,,", "no place that can be read"},
		{"no time", "a,0000:00:00 00:00:00,8.5,13.2,,,,,,", "no time that can be read"},
	} {
		photos, refused := photosOf(t, "x.csv", head+c.row+"\n", PhotoTimes{Zone: time.FixedZone("", 8*3600)})
		got := ""
		for reason := range refused {
			got = reason
		}
		if len(photos) == 1 {
			got = line(photos[0])
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestSift(t *testing.T) {
	photo := func(s int64, lon, lat float64) Photo {
		p := newPhoto(newFix(time.Unix(s, 0), lon, lat))
		p.turned(math.NaN(), math.NaN(), math.NaN(), math.NaN())
		return p
	}
	refused := Refused{}
	got := Sift([]Photo{
		photo(10, 115.5, -8.300), photo(0, 115.5, -8.301), photo(4, 115.5, -8.3006), photo(8, 115.5001, -8.3002),
		photo(4, 115.5, -8.3007),   // of the moment of another
		photo(6, 115.5, 8.3),       // mirrored
		photo(6, -115.5, -8.3),     // mirrored
		photo(6, 2.35, 48.85),      // Paris
		photo(9, 115.5, -8.32),     // 2 km away for a second
		photo(12, 115.5003, -8.30), // eastward, and the last
	}, refused)
	for reason, n := range map[string]int{wrongHemisphere: 2, farFromRest: 1, sameMoment: 1, tooFast: 1} {
		if refused[reason] != n {
			t.Errorf("%d are %s, want %d", refused[reason], reason, n)
		}
	}
	var times []int64
	for _, p := range got {
		times = append(times, p.Fix.TMs/1000)
	}
	if fmt.Sprint(times) != "[0 4 8 10 12]" {
		t.Fatalf("kept %v", times)
	}
	for i, yawDeg := range []float64{0, 14, -26, 90, 90} {
		if deg := got[i].Look.Yaw * 180 / math.Pi; math.Abs(deg-yawDeg) > 1 || got[i].Assumed != assumedAlong {
			t.Errorf("photo %d faces %.1f°, want %v° (%q)", i, deg, yawDeg, got[i].Assumed)
		}
	}
	if Sift(nil, refused) == nil {
		t.Error("no photos should be an empty survey")
	}
}

func FuzzReadPhotos(f *testing.F) {
	f.Add("a.srt", "1\n00:00:00,000 --> 00:00:01,000\nGPS(1,2,3M) 2022.06.21 16:06:17\n")
	f.Add("a.csv", "DateTimeOriginal,GPSLatitude,GPSLongitude,GPSLatitudeRef\n2025:04:16 07:25:57,\"8 deg 1' 1\"\" N\",1,S\n")
	f.Add("a.jpg", string(surveyPhoto(1)))
	f.Add("a.log", "FMT, 1, 50, CAM, QBHIHLLeeeccC, "+camColumns+"\nCAM, 0, 0, 1, 100000, 2400, 34.75, 113.62, 210.00, 100.50\n")
	f.Add("a.bin", "\xa3\x95\x80\x01\x0bGPS\x00LL"+strings.Repeat("\x00", 14)+"Lat,Lng"+strings.Repeat("\x00", 57)+"\xa3\x95\x01\x00\x00\x00\x01\x00\x00\x00\x02")
	f.Add("a.tlog", tlogOf(time.Unix(1767484800, 0), mavWire(2, 1, mavGlobalPosition, at(113.62, 34.75, nil)), mavWire(1, 1, mavCameraFeedback, mav{"lat": int32(1), "alt_rel": float32(9)})))
	f.Add("a.ulg", ulogHead+"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00Fcamera_capture:double lat;a[2] b;\x11\x00A\x00\x01\x00camera_capture\x0c\x00D\x01\x000123456789")
	f.Fuzz(func(t *testing.T, name, text string) {
		var photos []Photo
		refused, err := ReadPhotos(name, strings.NewReader(text), PhotoTimes{}, func(p Photo) error {
			photos = append(photos, p)
			return nil
		})
		if err != nil {
			return
		}
		for _, p := range Sift(photos, refused) {
			checkReadable(t, p.Fix)
			if math.IsNaN(p.Look.Yaw + p.Look.Pitch + p.Look.Roll) {
				t.Errorf("%+v", p)
			}
		}
	})
}
