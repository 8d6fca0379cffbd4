package ingest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"xunfang/geo"
)

// The tags of TIFF 6.0 and GeoTIFF 1.1 (OGC 19-008) that are read here.
const (
	tiffWidth       = 256
	tiffHeight      = 257
	tiffBits        = 258
	tiffCompression = 259
	tiffStrips      = 273
	tiffSamples     = 277
	tiffStripRows   = 278
	tiffStripBytes  = 279
	tiffPredictor   = 317
	tiffTileWidth   = 322
	tiffTileHeight  = 323
	tiffTiles       = 324
	tiffTileBytes   = 325
	tiffFormat      = 339
	geoPixelScale   = 33550
	geoTiepoint     = 33922
	geoKeys         = 34735
	tiffNoData      = 42113 // GDAL's
)

const (
	maxTIFFTags   = 200
	maxTIFFValues = 1 << 20 // of one tag: strips or tiles
)

// tiffTypes are the bytes of a tag's values by type; 12 is double.
var tiffTypes = map[uint16]int{1: 1, 2: 1, 3: 2, 4: 4, 12: 8}

// geoTIFF is the first image of a file.
type geoTIFF struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	tags  map[uint16][]float64
	text  map[uint16]string
}

// readGeoTIFF reads one band of 16-bit integers or 32-bit floats, in strips or tiles, not
// compressed or by Deflate, in WGS84 longitudes and latitudes (EPSG:4326).
func readGeoTIFF(r io.ReaderAt, size int64) (geo.Elevation, error) {
	f := &geoTIFF{r: r, size: size, tags: map[uint16][]float64{}, text: map[uint16]string{}}
	if err := f.readTags(); err != nil {
		return geo.Elevation{}, err
	}
	e, err := f.grid()
	if err != nil {
		return e, err
	}
	return e, f.readSamples(&e)
}

// bytes reads n bytes at an offset.
func (f *geoTIFF) bytes(offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || offset > f.size || n > f.size-offset {
		return nil, errors.New("it points beyond its end")
	}
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, offset); err != nil {
		return nil, err
	}
	return b, nil
}

func (f *geoTIFF) readTags() error {
	head, err := f.bytes(0, 8)
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("II*\x00")):
		f.order = binary.LittleEndian
	case bytes.HasPrefix(head, []byte("MM\x00*")):
		f.order = binary.BigEndian
	default:
		return errors.New("it is no TIFF, or a BigTIFF")
	}
	at := int64(f.order.Uint32(head[4:]))
	count, err := f.bytes(at, 2)
	if err != nil {
		return err
	}
	n := int64(f.order.Uint16(count))
	if n > maxTIFFTags {
		return fmt.Errorf("it has %d tags, more than %d", n, maxTIFFTags)
	}
	entries, err := f.bytes(at+2, 12*n)
	if err != nil {
		return err
	}
	for ; len(entries) > 0; entries = entries[12:] {
		if err := f.readTag(entries[:12]); err != nil {
			return err
		}
	}
	return nil
}

func (f *geoTIFF) readTag(entry []byte) error {
	tag, kind, count := f.order.Uint16(entry), f.order.Uint16(entry[2:]), int64(f.order.Uint32(entry[4:]))
	size, ok := tiffTypes[kind]
	if !ok || count > maxTIFFValues {
		return nil // none of those that are read here
	}
	raw := entry[8:]
	if n := count * int64(size); n > 4 {
		var err error
		if raw, err = f.bytes(int64(f.order.Uint32(raw)), n); err != nil {
			return err
		}
	}
	if kind == 2 {
		f.text[tag] = zeroEnded(raw[:count])
		return nil
	}
	values := make([]float64, count)
	for i := range values {
		switch b := raw[i*size:]; kind {
		case 1:
			values[i] = float64(b[0])
		case 3:
			values[i] = float64(f.order.Uint16(b))
		case 4:
			values[i] = float64(f.order.Uint32(b))
		default:
			values[i] = math.Float64frombits(f.order.Uint64(b))
		}
	}
	f.tags[tag] = values
	return nil
}

// number returns a tag's first value, or what stands for one that is missing.
func (f *geoTIFF) number(tag uint16, missing float64) float64 {
	if v := f.tags[tag]; len(v) > 0 {
		return v[0]
	}
	return missing
}

// GeoTIFF's keys: the model is geographic, its reference system WGS84, and a sample
// stands for a point or for the area to its south-east.
const (
	keyModel, modelGeographic = 1024, 2
	keyRaster, rasterPoint    = 1025, 2
	keyGeographic, epsgWGS84  = 2048, 4326
)

// grid reads where the samples lie.
func (f *geoTIFF) grid() (geo.Elevation, error) {
	width, height := f.number(tiffWidth, 0), f.number(tiffHeight, 0)
	if !(width >= 2 && height >= 2 && width*height <= maxSamples) {
		return geo.Elevation{}, fmt.Errorf("it has %v × %v samples, not from 2 × 2 to %d in all", width, height, maxSamples)
	}
	keys := map[int]float64{}
	for k := f.tags[geoKeys]; len(k) >= 8; k = k[4:] { // four numbers of head, then four a key
		if k[5] == 0 { // the value itself
			keys[int(k[4])] = k[7]
		}
	}
	if keys[keyModel] != modelGeographic || keys[keyGeographic] != epsgWGS84 {
		return geo.Elevation{}, errors.New("it is not in WGS84 longitudes and latitudes: gdalwarp -t_srs EPSG:4326 makes it so")
	}
	scale, tie := f.tags[geoPixelScale], f.tags[geoTiepoint]
	if len(scale) < 2 || len(tie) < 6 || !(scale[0] > 0 && scale[1] > 0) {
		return geo.Elevation{}, errors.New("it does not say where it lies")
	}
	half := 0.5
	if keys[keyRaster] == rasterPoint {
		half = 0
	}
	e := geo.Elevation{
		West: tie[3] + (half-tie[0])*scale[0], North: tie[4] - (half-tie[1])*scale[1],
		StepLon: scale[0], StepLat: scale[1], Cols: int(width), Rows: int(height),
	}
	if !(math.Abs(e.West) <= 360 && math.Abs(e.North) <= 90) {
		return e, errors.New("it does not lie on the globe")
	}
	return e, nil
}

// readSamples reads the strips or tiles into the grid.
func (f *geoTIFF) readSamples(e *geo.Elevation) error {
	read, size, err := f.sampleReader()
	if err != nil {
		return err
	}
	wide, high := e.Cols, int(f.number(tiffStripRows, float64(e.Rows)))
	offsets, lengths := f.tags[tiffStrips], f.tags[tiffStripBytes]
	if tiles := f.tags[tiffTiles]; tiles != nil {
		offsets, lengths = tiles, f.tags[tiffTileBytes]
		wide, high = int(f.number(tiffTileWidth, 0)), int(f.number(tiffTileHeight, 0))
	}
	if wide < 1 || high < 1 || wide > maxSamples || high > maxSamples {
		return errors.New("its strips or tiles have no size")
	}
	high = min(high, e.Rows) // strips may claim more
	across := (e.Cols + wide - 1) / wide
	if across*wide*high > 4*maxSamples {
		return errors.New("its strips or tiles are larger than it")
	}
	if n := across * ((e.Rows + high - 1) / high); len(offsets) != n || len(lengths) != n {
		return fmt.Errorf("it has %d strips or tiles, not %d", len(offsets), n)
	}
	e.HeightM = make([]float32, e.Cols*e.Rows)
	for i := range offsets {
		row0, col0 := i/across*high, i%across*wide
		raw, err := f.piece(int64(offsets[i]), int64(lengths[i]), wide*high*size)
		if err != nil {
			return fmt.Errorf("strip or tile %d: %w", i, err)
		}
		for row := row0; row < min(row0+high, e.Rows); row++ {
			for col := col0; col < min(col0+wide, e.Cols); col++ {
				at := ((row-row0)*wide + col - col0) * size
				if at+size > len(raw) {
					return fmt.Errorf("strip or tile %d is too short", i)
				}
				e.HeightM[row*e.Cols+col] = read(raw[at:])
			}
		}
	}
	return nil
}

// piece reads a strip or tile of at most n bytes.
func (f *geoTIFF) piece(offset, length int64, n int) ([]byte, error) {
	raw, err := f.bytes(offset, length)
	if err != nil || f.number(tiffCompression, 1) == 1 {
		return raw, err
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, int64(n)))
}

// sampleReader returns how one sample of size bytes is read. What is no data is NaN.
func (f *geoTIFF) sampleReader() (read func([]byte) float32, size int, err error) {
	const deflate, deflateOld = 8, 32946
	if c := f.number(tiffCompression, 1); c != 1 && c != deflate && c != deflateOld {
		return nil, 0, errors.New("its compression is not read here: gdal_translate -co COMPRESS=NONE undoes it")
	}
	if f.number(tiffPredictor, 1) != 1 || f.number(tiffSamples, 1) != 1 {
		return nil, 0, errors.New("it has several bands or a predictor: gdal_translate -b 1 -co COMPRESS=NONE undoes both")
	}
	noData, err := strconv.ParseFloat(strings.TrimSpace(f.text[tiffNoData]), 64)
	if err != nil {
		noData = math.NaN()
	}
	known := func(v float32) float32 {
		if float64(v) == noData || v == float32(noData) || math.Abs(float64(v)) > 1e4 {
			return float32(math.NaN())
		}
		return v
	}
	const signed, float = 2, 3
	switch bits, format := f.number(tiffBits, 1), f.number(tiffFormat, 1); {
	case bits == 32 && format == float:
		return func(b []byte) float32 { return known(math.Float32frombits(f.order.Uint32(b))) }, 4, nil
	case bits == 16 && format == signed:
		return func(b []byte) float32 { return known(float32(int16(f.order.Uint16(b)))) }, 2, nil
	default:
		return nil, 0, errors.New("its samples are neither 16-bit integers nor 32-bit floats")
	}
}
