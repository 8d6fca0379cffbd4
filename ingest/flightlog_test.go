package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func reader(b []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(b)) }

func chained(a, b []byte) io.Reader { return io.MultiReader(bytes.NewReader(a), bytes.NewReader(b)) }

func logOf(t *testing.T, file string) ([]Photo, Refused) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(testData(t), "drone-logs", file))
	if err != nil {
		t.Fatal(err)
	}
	return photosOf(t, file, string(raw), PhotoTimes{})
}

// A real ArduCopter log: of its 1,199 GPS records, 1,038 have a fix in three dimensions.
func TestDataflashOfACopter(t *testing.T) {
	moments, refused := logOf(t, "log171.bin")
	if len(moments) != 1038 || len(refused) > 0 {
		t.Errorf("%d moments, refused %v", len(moments), refused)
	}
	if got, want := line(moments[0]), "2015-11-21T23:44:25.400 149.165853 -35.362371 hNaN yNaN p0.0 r0.0 "; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for i, p := range moments {
		if !p.Track || i > 0 && p.Fix.TMs < moments[i-1].Fix.TMs {
			t.Fatalf("moment %d: %+v", i, p)
		}
	}
}

// A real PX4 log of six seconds at Trondheim.
func TestULogOfAPlane(t *testing.T) {
	moments, refused := logOf(t, "px4_sample_log_small.ulg")
	if len(moments) != 32 || len(refused) > 0 {
		t.Errorf("%d moments, refused %v", len(moments), refused)
	}
	first := moments[0].Fix
	if math.Abs(first.Lon-10.4) > 0.2 || math.Abs(first.Lat-63.4) > 0.2 || !(first.AccuracyM > 0) {
		t.Errorf("%+v", first)
	}
}

// dataflash writes records in the binary form.
type dataflash struct{ bytes.Buffer }

func (d *dataflash) format(kind byte, name, letters, columns string) {
	size := 3
	for _, l := range []byte(letters) {
		size += dataflashSizes[l]
	}
	record := make([]byte, 89)
	copy(record, []byte{dataflashHead1, dataflashHead2, dataflashFMT, kind, byte(size)})
	copy(record[5:], name)
	copy(record[9:], letters)
	copy(record[25:], columns)
	d.Write(record)
}

func (d *dataflash) record(kind byte, fields ...any) {
	d.Write([]byte{dataflashHead1, dataflashHead2, kind})
	for _, f := range fields {
		_ = binary.Write(d, binary.LittleEndian, f) // into memory
	}
}

const camColumns = "TimeUS,I,Img,GPSTime,GPSWeek,Lat,Lng,Alt,RelAlt,GPSAlt,R,P,Y"

// What CAM, TRIG and MNT make of images, binary and as text.
func TestDataflashImages(t *testing.T) {
	binaryLog := func(kinds ...byte) string {
		var d dataflash
		d.format(1, "CAM", "QBHIHLLeeeccC", camColumns)
		d.format(2, "TRIG", "QBHIHLLeeeccC", camColumns)
		d.format(3, "MNT", "QBfffffffff", "TimeUS,I,DesRoll,Roll,DesPitch,Pitch,DesYawB,YawB,DesYawE,YawE,Dist")
		for i, kind := range kinds {
			us := uint64(i) * 3_000_000
			if kind == 3 {
				us += 3_000_000 - 100_000 // shortly before the next
				d.record(3, us, byte(0), [9]float32{0, 1, 0, -80, 0, 0, 0, 30, 0})
				continue
			}
			if kind == 'x' {
				d.WriteString("this is no record")
				continue
			}
			d.record(kind, us, byte(0), uint16(i), uint32(100_000+3000*i), uint16(2400), int32(347_500_000), int32(1_136_200_000), int32(21_000), int32(10_050), int32(21_100), int16(120), int16(-340), uint16(9000))
		}
		return d.String()
	}
	const at = "2026-01-04T00:01:%s 113.620000 34.750000 h100.5 %s"
	down := "y90.0 p-90.0 r0.0 looking straight down"
	for _, c := range []struct {
		name, file string
		want       []string
		refused    int
	}{
		{"confirmed", binaryLog(1, 1), []string{fmt.Sprintf(at, "22.000", down), fmt.Sprintf(at, "25.000", down)}, 0},
		{"triggered and confirmed", binaryLog(2, 1), []string{fmt.Sprintf(at, "25.000", down)}, 0},
		{"triggered only", binaryLog(2), []string{fmt.Sprintf(at, "22.000", "y90.0 p-90.0 r0.0 "+assumedTrigger)}, 0},
		{"with a mount", binaryLog(3, 1), []string{fmt.Sprintf(at, "25.000", "y30.0 p-80.0 r1.0 ")}, 0},
		{"with rubbish between", binaryLog(1, 'x', 1), []string{fmt.Sprintf(at, "22.000", down), fmt.Sprintf(at, "28.000", down)}, 1},
		{"cut off", binaryLog(1, 1)[:89*3+50+40], []string{fmt.Sprintf(at, "22.000", down)}, 1},
		{"text", "FMT, 1, 50, CAM, QBHIHLLeeeccC, " + camColumns + "\nCAM, 0, 0, 1, 100000, 2400, 34.75, 113.62, 210.00, 100.50, 211.00, 1.20, -3.40, 90.00\n", []string{fmt.Sprintf(at, "22.000", down)}, 0},
		{"text without a place", "FMT, 1, 50, CAM, QBHIHLLeeeccC, " + camColumns + "\nCAM, 0, 0, 1, 100000, 2400, 0, 0, 210.00, 100.50\n", nil, 1},
		{"before there was a time", "FMT, 1, 50, CAM, QBHIHLLeeeccC, " + camColumns + "\nCAM, 0, 0, 1, 0, 0, 34.75, 113.62, 210.00\n", nil, 1},
	} {
		photos, refused := photosOf(t, "a.log", c.file, PhotoTimes{})
		var got []string
		for _, p := range photos {
			got = append(got, line(p))
		}
		n := 0
		for _, k := range refused {
			n += k
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") || n != c.refused {
			t.Errorf("%s: refused %v\n%s\nwant\n%s", c.name, refused, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// The camera of a PX4 log: newer position fields, capture by quaternion, and a log that
// breaks off.
func TestULogImages(t *testing.T) {
	var log bytes.Buffer
	message := func(kind byte, parts ...any) {
		var b bytes.Buffer
		for _, p := range parts {
			if text, ok := p.(string); ok {
				b.WriteString(text)
				continue
			}
			_ = binary.Write(&b, binary.LittleEndian, p) // into memory
		}
		_ = binary.Write(&log, binary.LittleEndian, uint16(b.Len()))
		log.WriteByte(kind)
		log.Write(b.Bytes())
	}
	log.WriteString(ulogHead + "\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	message('F', "vehicle_gps_position:uint64_t timestamp;uint64_t time_utc_usec;double latitude_deg;double longitude_deg;double altitude_msl_m;uint8_t fix_type;")
	message('F', "camera_capture:uint64_t timestamp;uint64_t timestamp_utc;double lat;double lon;uint32_t seq;float alt;float ground_distance;float[4] q;int8_t result;")
	message('A', byte(0), uint16(1), "vehicle_gps_position")
	message('A', byte(0), uint16(2), "camera_capture")
	const utc = 1_767_484_800_000_000 // 2026-01-04
	message('D', uint16(1), uint64(1e6), uint64(utc+1e6), 34.75, 113.62, 110.0, byte(3))
	s := float32(math.Sqrt(0.5))
	message('D', uint16(2), uint64(2e6), uint64(0), 34.7501, 113.62, uint32(1), float32(210.5), float32(98), [4]float32{s, 0, -s, 0}, int8(1))
	message('D', uint16(9), "of a stream that was never named")
	log.WriteString("\x40\x00Dbroken off")
	photos, refused := photosOf(t, "a.ulg", log.String(), PhotoTimes{})
	if len(photos) != 2 || !photos[0].Track || photos[1].Track || refused[errBroken.Error()] != 1 {
		t.Fatalf("%+v %v", photos, refused)
	}
	if got, want := line(photos[1]), "2026-01-04T00:00:02.000 113.620000 34.750100 h100.5 y0.0 p-90.0 r0.0 "; got != want || photos[1].GroundM != 98 {
		t.Errorf("%s\nwant %s, 98 m above ground", got, want)
	}
}

// Formats that hold themselves, or more than any log has, end the reading of one stream.
func TestULogNestedWithoutEnd(t *testing.T) {
	log := ulog{formats: map[string][]ulogField{
		"a": parseULogFields("a x;uint8_t y;"), "b": parseULogFields("c[60000] x;"), "c": parseULogFields("d[60000] x;"),
	}}
	for _, format := range []string{"a", "b"} {
		places, left := map[string]ulogPlace{}, ulogMaxFields
		log.lay(format, "", 0, places, &left)
		if len(places) > ulogMaxFields {
			t.Errorf("%s has %d fields", format, len(places))
		}
	}
}
