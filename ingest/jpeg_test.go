package ingest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// entry is one entry of an Exif directory: numbers as rationals of thousandths, or text.
type entry struct {
	tag     uint16
	text    string
	numbers []float64
}

// exifOf writes a TIFF structure of a main, an Exif and a GPS directory.
func exifOf(order binary.AppendByteOrder, main, exif, gps []entry) []byte {
	out := []byte("MM")
	if order.String() == "LittleEndian" {
		out = []byte("II")
	}
	out = order.AppendUint32(order.AppendUint16(out, 42), 8)
	directory := func(entries []entry, links ...uint32) {
		n := len(entries) + len(links)/2
		heap := len(out) + 2 + 12*n + 4
		var data []byte
		out = order.AppendUint16(out, uint16(n))
		for i := 0; i < len(links); i += 2 {
			out = order.AppendUint16(order.AppendUint16(out, uint16(links[i])), typeLong)
			out = order.AppendUint32(order.AppendUint32(out, 1), links[i+1])
		}
		for _, e := range entries {
			out = order.AppendUint16(out, e.tag)
			var raw []byte
			if e.text != "" {
				raw = append([]byte(e.text), 0)
				out = order.AppendUint32(order.AppendUint16(out, typeASCII), uint32(len(raw)))
			} else {
				for _, v := range e.numbers {
					raw = order.AppendUint32(order.AppendUint32(raw, uint32(math.Round(v*1000))), 1000)
				}
				out = order.AppendUint32(order.AppendUint16(out, typeRational), uint32(len(e.numbers)))
			}
			if len(raw) <= 4 {
				out = append(out, append(raw, 0, 0, 0, 0)[:4]...)
				continue
			}
			out = order.AppendUint32(out, uint32(heap+len(data)))
			data = append(data, raw...)
		}
		out = append(order.AppendUint32(out, 0), data...)
	}
	size := func(entries []entry) uint32 {
		n := 2 + 12*len(entries) + 4
		for _, e := range entries {
			if raw := len(e.text) + 1; e.text != "" && raw > 4 {
				n += raw
			}
			n += 8 * len(e.numbers)
		}
		return uint32(n)
	}
	exifAt := 8 + size(main) + 24
	directory(main, tagExifDir, exifAt, tagGPSDir, exifAt+size(exif))
	directory(exif)
	directory(gps)
	return out
}

// jpegOf writes a JPEG's headers up to the beginning of its image.
func jpegOf(width, height int, segments ...[]byte) []byte {
	out := []byte{0xff, jpegStart, 0xff, 0xe0, 0, 4, 'J', 'F'}
	for _, s := range segments {
		out = append(binary.BigEndian.AppendUint16(append(out, 0xff, jpegApp1), uint16(len(s)+2)), s...)
	}
	frame := []byte{0xff, 0xc0, 0, 11, 8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 1, 1, 0x11, 0}
	return append(append(out, frame...), 0xff, jpegScan, 0, 2)
}

// djiXMP is a packet as DJI's cameras write it.
func djiXMP(attributes string) []byte {
	return []byte(string(xmpHead) + `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" ` + attributes + `/></rdf:RDF></x:xmpmeta>`)
}

// surveyPhoto is the i-th photo of a made-up survey, 3 s and 20 m apart.
func surveyPhoto(i int) []byte {
	taken := time.Date(2026, 4, 16, 7, 0, 0, 0, time.UTC).Add(time.Duration(3*i) * time.Second)
	exif := exifOf(binary.LittleEndian, []entry{{tag: tagModel, text: "M3E"}},
		[]entry{{tag: tagTaken, text: taken.Format("2006:01:02 15:04:05")}},
		[]entry{
			{tag: 1, text: "N"}, {tag: 2, numbers: []float64{34, 45, 0.65 * float64(i%200)}},
			{tag: 3, text: "E"}, {tag: 4, numbers: []float64{113, 37, 0.65 * float64(i/200)}},
			{tag: 6, numbers: []float64{210}},
		})
	xmp := djiXMP(`drone-dji:RelativeAltitude="+100.02" drone-dji:GimbalYawDegree="+10.00" drone-dji:GimbalPitchDegree="-90.00" drone-dji:GimbalRollDegree="+0.00"`)
	return jpegOf(5280, 3956, append(bytes.Clone(exifHead), exif...), xmp)
}

func TestJPEG(t *testing.T) {
	main := []entry{{tag: tagModel, text: "FC9999"}}
	exif := []entry{{tag: tagTaken, text: "2025:04:16 07:25:57"}, {tag: tagTakenZone, text: "+08:00"}, {tag: tagTakenSubsec, text: "25"}}
	gps := []entry{
		{tag: 1, text: "S"}, {tag: 2, numbers: []float64{8, 17, 42.56}},
		{tag: 3, text: "W"}, {tag: 4, numbers: []float64{115, 29, 14.67}},
	}
	with := func(order binary.AppendByteOrder, main, exif, gps []entry) []byte {
		return append(bytes.Clone(exifHead), exifOf(order, main, exif, gps)...)
	}
	const here = " -115.487408 -8.295156 hNaN"
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"Exif, little-endian", jpegOf(4000, 3000, with(binary.LittleEndian, main, exif, gps)), "2025-04-15T23:25:57.250" + here + " yNaN p-90.0 r0.0 looking straight down"},
		{"Exif, big-endian", jpegOf(4000, 3000, with(binary.BigEndian, main, exif, gps)), "2025-04-15T23:25:57.250" + here + " yNaN p-90.0 r0.0 looking straight down"},
		{"a time without a zone", jpegOf(4000, 3000, with(binary.BigEndian, main, exif[:1], gps)), "2025-04-16T07:25:57.000" + here + " yNaN p-90.0 r0.0 looking straight down"},
		{"only the position's time", jpegOf(4000, 3000, with(binary.BigEndian, main, nil, append(gps[:4:4], entry{tag: 7, numbers: []float64{23, 25, 57.5}}, entry{tag: 0x1d, text: "2025:04:15"}))), "2025-04-15T23:25:57.500" + here + " yNaN p-90.0 r0.0 looking straight down"},
		{"DJI's gimbal, straight down the other way", jpegOf(4000, 3000, with(binary.LittleEndian, main, exif, gps), djiXMP(`drone-dji:RelativeAltitude="+110.50" drone-dji:GimbalYawDegree="+180.00" drone-dji:GimbalPitchDegree="-90.00" drone-dji:GimbalRollDegree="+180.00"`)), "2025-04-15T23:25:57.250 -115.487408 -8.295156 h110.5 y180.0 p-90.0 r180.0 "},
		{"a gimbal that is all 0 is unknown", jpegOf(4000, 3000, with(binary.LittleEndian, main, exif, gps), djiXMP(`drone-dji:GimbalYawDegree="0.00" drone-dji:GimbalPitchDegree="0.00" drone-dji:GimbalRollDegree="0.00" drone-dji:FlightYawDegree="+45.00"`)), "2025-04-15T23:25:57.250" + here + " y45.0 p-90.0 r0.0 looking straight down"},
		{"DJI's own position, misspelt, has a sign", jpegOf(4000, 3000, with(binary.LittleEndian, main, exif, nil), djiXMP(`drone-dji:GpsLatitude="-8.5" drone-dji:GpsLongtitude="+115.25"`)), "2025-04-15T23:25:57.250 115.250000 -8.500000 hNaN yNaN p-90.0 r0.0 looking straight down"},
		{"no position", jpegOf(4000, 3000, with(binary.LittleEndian, main, exif, nil)), "no place that can be read"},
		{"no Exif", jpegOf(4000, 3000), "no place that can be read"},
		{"no time", jpegOf(4000, 3000, with(binary.LittleEndian, main, nil, gps)), "no time that can be read"},
		{"50,000 × 50,000", jpegOf(50_000, 50_000, with(binary.LittleEndian, main, exif, gps)), "claims to be 50000 × 50000 pixels"},
		{"no frame", []byte{0xff, jpegStart, 0xff, jpegScan, 0, 2}, "without a header that gives its size"},
		{"cut off", jpegOf(4000, 3000, with(binary.LittleEndian, main, exif, gps))[:100], "ends early"},
		{"headers without end", append([]byte{0xff, jpegStart}, bytes.Repeat([]byte{0xff, 0xe2, 0, 2}, 2000)...), "more than 1000 headers"},
	} {
		var photos []Photo
		refused, err := ReadPhotos("DJI_0001.JPG", bytes.NewReader(c.file), PhotoTimes{}, func(p Photo) error {
			photos = append(photos, p)
			return nil
		})
		got := fmt.Sprint(err)
		for reason := range refused {
			got = reason
		}
		if len(photos) == 1 {
			got = line(photos[0])
		}
		if len(photos) > 1 || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Directories that name themselves or each other end nowhere but here.
func TestExifInCircles(t *testing.T) {
	loop := exifOf(binary.LittleEndian, nil, nil, nil)
	for at := 10; at+12 <= 34; at += 12 {
		binary.LittleEndian.PutUint32(loop[at+8:], 8) // Exif and GPS are the main directory
	}
	if tags := readExif(loop); len(tags) > 4 {
		t.Errorf("%d tags", len(tags))
	}
}

// A photo's lens: from its calibration, its model, or the film that it is compared with.
func TestJPEGCamera(t *testing.T) {
	deg := func(rad float64) float64 { return math.Round(rad*180/math.Pi*10) / 10 }
	with := func(main, exif []entry, xmp string, w, h int) string {
		tags, err := readJPEGTags(reader(jpegOf(w, h, append(bytes.Clone(exifHead), exifOf(binary.LittleEndian, main, exif, nil)...), djiXMP(xmp))))
		if err != nil {
			t.Fatal(err)
		}
		c := tags.camera()
		return fmt.Sprintf("%.1f×%.1f %d px", deg(c.HFov), deg(c.VFov), c.WidthPx)
	}
	model, film := []entry{{tag: tagModel, text: "M3E"}}, []entry{{tag: tagFocal35, numbers: []float64{24}}}
	for _, c := range []struct{ name, got, want string }{
		{"calibrated", with(model, film, `drone-dji:CalibratedFocalLength="3725.151611"`, 5280, 3956), "70.7×55.9 5280 px"},
		{"by model", with(model, film, "", 5280, 3956), "70.3×55.7 5280 px"},
		{"by model, but of another shape", with(model, film, "", 5280, 2970), "76.3×47.7 5280 px"},
		{"by film", with(nil, film, "", 4000, 3000), "71.6×56.8 4000 px"},
		{"not at all", with(nil, nil, "", 4000, 3000), "0.0×0.0 0 px"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

// BenchmarkJPEGHeaders reads the headers of 10,000 photos, each followed by as much image
// as fills what a reader would buffer.
func BenchmarkJPEGHeaders(b *testing.B) {
	rest := make([]byte, 256<<10)
	photos := make([][]byte, 10_000)
	for i := range photos {
		photos[i] = surveyPhoto(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, head := range photos {
			_, err := ReadPhotos("a.jpg", chained(head, rest), PhotoTimes{}, func(Photo) error { n++; return nil })
			if err != nil {
				b.Fatal(err)
			}
		}
		if n != len(photos) {
			b.Fatal(n)
		}
	}
}
