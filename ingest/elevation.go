package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"xunfang/geo"
)

// maxSamples bounds an elevation raster: 7,200 × 7,200, 200 MB in memory.
const maxSamples = 7200 * 7200

// ReadElevation reads an elevation raster in metres above sea level of size bytes: SRTM's
// .hgt, or a GeoTIFF in WGS84 longitudes and latitudes.
func ReadElevation(name string, r io.ReaderAt, size int64) (e geo.Elevation, err error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".hgt":
		e, err = readHGT(name, r, size)
	case ".tif", ".tiff":
		e, err = readGeoTIFF(r, size)
	default:
		err = errors.New("neither a .hgt nor a .tif")
	}
	if err != nil {
		return geo.Elevation{}, fmt.Errorf("read %s: %w", name, err)
	}
	return e, nil
}

// hgtName is N34E113.hgt, the tile's south-west corner.
var hgtName = regexp.MustCompile(`^(?i)([NS])(\d{2})([EW])(\d{3})`)

const hgtVoid = -32768

// readHGT reads a tile of one degree: big-endian 16-bit metres, row by row from the north,
// samples on the tile's edges included (SRTM Topo documentation).
func readHGT(name string, r io.ReaderAt, size int64) (geo.Elevation, error) {
	m := hgtName.FindStringSubmatch(filepath.Base(name))
	if m == nil {
		return geo.Elevation{}, errors.New("its name does not say where it lies, as N34E113.hgt does")
	}
	lat, _ := strconv.ParseFloat(m[2], 64) // digits
	lon, _ := strconv.ParseFloat(m[4], 64)
	if strings.EqualFold(m[1], "S") {
		lat = -lat
	}
	if strings.EqualFold(m[3], "W") {
		lon = -lon
	}
	side := 0
	for _, s := range []int{1201, 3601} {
		if size == int64(s)*int64(s)*2 {
			side = s
		}
	}
	if side == 0 {
		return geo.Elevation{}, errors.New("its size is neither that of 1,201 nor of 3,601 samples a side")
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), raw); err != nil {
		return geo.Elevation{}, err
	}
	e := geo.Elevation{
		West: lon, North: lat + 1, StepLon: 1 / float64(side-1), StepLat: 1 / float64(side-1),
		Cols: side, Rows: side, HeightM: make([]float32, side*side),
	}
	for i := range e.HeightM {
		v := int16(binary.BigEndian.Uint16(raw[2*i:]))
		if e.HeightM[i] = float32(v); v == hgtVoid {
			e.HeightM[i] = float32(math.NaN())
		}
	}
	return e, nil
}
