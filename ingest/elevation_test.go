package ingest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// hillM is the made-up ground that the rasters here show, whole metres.
func hillM(row, col int) int { return 100 + 7*row - 3*col + row*col%11 }

func elevationOf(t *testing.T, path string) (geo.Elevation, error) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return ReadElevation(path, bytes.NewReader(raw), int64(len(raw)))
}

// gdal runs one of GDAL's programs, which the tests need.
func gdal(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
}

// What GDAL writes is read as GDAL meant it, in every layout.
func TestElevationOfGDAL(t *testing.T) {
	const cols, rows = 70, 40
	folder := t.TempDir()
	grid := filepath.Join(folder, "hill.asc")
	var text strings.Builder
	fmt.Fprintf(&text, "ncols %d\nnrows %d\nxllcorner 113.6\nyllcorner 34.7\ncellsize 0.001\nNODATA_value -9999\n", cols, rows)
	for row := range rows {
		for col := range cols {
			v := hillM(row, col)
			if row == 5 && col == 6 {
				v = -9999
			}
			fmt.Fprintf(&text, "%d ", v)
		}
		text.WriteString("\n")
	}
	if err := os.WriteFile(grid, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	at := func(row, col float64) orb.Point { // of the pixel's middle
		return orb.Point{113.6 + (col+0.5)*0.001, 34.7 + (rows-row-0.5)*0.001}
	}
	for name, options := range map[string][]string{
		"strips of floats":        {"-ot", "Float32"},
		"strips of integers":      {"-ot", "Int16", "-co", "BLOCKYSIZE=7"},
		"tiles of floats":         {"-ot", "Float32", "-co", "TILED=YES", "-co", "BLOCKXSIZE=32", "-co", "BLOCKYSIZE=16"},
		"big-endian":              {"-ot", "Int16", "-co", "ENDIANNESS=BIG"},
		"deflated tiles":          {"-ot", "Int16", "-co", "TILED=YES", "-co", "BLOCKXSIZE=16", "-co", "BLOCKYSIZE=16", "-co", "COMPRESS=DEFLATE"},
		"samples that are points": {"-ot", "Float32", "-mo", "AREA_OR_POINT=Point"},
	} {
		path := filepath.Join(folder, "hill.tif")
		gdal(t, "gdal_translate", append([]string{"-q", "-a_srs", "EPSG:4326", grid, path}, options...)...)
		e, err := elevationOf(t, path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range [][2]float64{{0, 0}, {39, 69}, {12, 33}, {20, 1}, {12.5, 33}, {30.25, 40.5}} {
			row, col := int(p[0]), int(p[1])
			fr, fc := p[0]-float64(row), p[1]-float64(col)
			mix := func(row int) float64 { return float64(hillM(row, col))*(1-fc) + float64(hillM(row, col+1))*fc }
			want := mix(row)*(1-fr) + mix(row+1)*fr
			if got, ok := e.At(at(p[0], p[1])); !ok || math.Abs(got-want) > 1e-3 {
				t.Errorf("%s: %v at row %v, column %v (%v), want %v", name, got, p[0], p[1], ok, want)
			}
		}
		for _, p := range [][2]float64{{5, 6}, {5.5, 6.5}, {-1, 3}, {3, 70}} {
			if got, ok := e.At(at(p[0], p[1])); ok {
				t.Errorf("%s: %v at row %v, column %v, where nothing is known", name, got, p[0], p[1])
			}
		}
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"another reference system": {[]string{"-a_srs", "EPSG:32649"}, "not in WGS84"},
		"another compression":      {[]string{"-a_srs", "EPSG:4326", "-co", "COMPRESS=LZW"}, "compression"},
		"doubles":                  {[]string{"-a_srs", "EPSG:4326", "-ot", "Float64"}, "neither 16-bit"},
	} {
		path := filepath.Join(folder, "other.tif")
		gdal(t, "gdal_translate", append([]string{"-q", grid, path}, c.args...)...)
		if _, err := elevationOf(t, path); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestElevationOfSRTM(t *testing.T) {
	var tile bytes.Buffer
	for row := range 1201 {
		for col := range 1201 {
			v := int16(hillM(row%50, col%50))
			if row == 600 && col == 600 {
				v = hgtVoid
			}
			_ = binary.Write(&tile, binary.BigEndian, v) // into memory
		}
	}
	read := func(name string) (geo.Elevation, error) {
		return ReadElevation(name, bytes.NewReader(tile.Bytes()), int64(tile.Len()))
	}
	e, err := read("S09W014.hgt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   orb.Point
		want float64
	}{
		{orb.Point{-14, -8}, 100}, {orb.Point{-13, -9}, float64(hillM(0, 0))}, {orb.Point{-14 + 2.5/1200, -8 - 3.0/1200}, (float64(hillM(3, 2)) + float64(hillM(3, 3))) / 2},
	} {
		if got, ok := e.At(c.at); !ok || math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%v at %v (%v), want %v", got, c.at, ok, c.want)
		}
	}
	if _, ok := e.At(orb.Point{-13.5, -8.5}); ok {
		t.Error("a void has a height")
	}
	if _, err := read("hill.hgt"); err == nil {
		t.Error("a tile without a place was read")
	}
}

func FuzzReadElevation(f *testing.F) {
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x02\x00\x00\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00\x01\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00"))
	f.Add([]byte("MM\x00*\x00\x00\x00\x08\xff\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := ReadElevation("a.tif", bytes.NewReader(raw), int64(len(raw)))
		if err == nil {
			_, _ = e.At(orb.Point{e.West, e.North}) // whatever it says, it does not fall over
		}
	})
}
