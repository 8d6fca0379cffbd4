package ingest

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
)

// The tags of Exif 2.32 that are read here; those of the GPS directory, whose numbers
// overlap, stand 0x10000 higher.
const (
	tagModel       = 0x0110
	tagExifDir     = 0x8769
	tagGPSDir      = 0x8825
	tagTaken       = 0x9003 // DateTimeOriginal
	tagTakenZone   = 0x9011 // OffsetTimeOriginal
	tagTakenSubsec = 0x9291
	tagFocal35     = 0xa405
	gpsTags        = 0x10000
	tagLatRef      = gpsTags + 1
	tagLat         = gpsTags + 2
	tagLonRef      = gpsTags + 3
	tagLon         = gpsTags + 4
	tagAltRef      = gpsTags + 5
	tagAlt         = gpsTags + 6
	tagGPSTime     = gpsTags + 7
	tagGPSDate     = gpsTags + 0x1d
)

// exifTags is the Exif of a photo: by tag, texts and numbers.
type exifTags map[int]exifValue

type exifValue struct {
	text    string
	numbers []float64
}

// The types of Exif values and their sizes in bytes.
const (
	typeByte = 1 + iota
	typeASCII
	typeShort
	typeLong
	typeRational
	_
	_
	_
	_
	typeSignedRational
)

var typeSizes = [...]int{typeByte: 1, typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8, typeSignedRational: 8}

const (
	maxExifEntries = 500 // of one directory
	maxExifNumbers = 3   // of one value that is read here
	maxExifText    = 100
)

// readExif reads the main, Exif and GPS directories of a TIFF structure (TIFF 6.0).
// Directories that these name, or that follow them, are not looked at, so that none can
// lead in a circle. What lies outside the segment or makes no sense is left out.
func readExif(segment []byte) exifTags {
	d := tiff{segment: segment, tags: exifTags{}}
	switch {
	case bytes.HasPrefix(segment, []byte("II*\x00")):
		d.order = binary.LittleEndian
	case bytes.HasPrefix(segment, []byte("MM\x00*")):
		d.order = binary.BigEndian
	default:
		return d.tags
	}
	d.directory(d.uint32(4), 0)
	d.directory(d.offset(tagExifDir), 0)
	d.directory(d.offset(tagGPSDir), gpsTags)
	return d.tags
}

// tiff reads a TIFF structure that lies in one segment.
type tiff struct {
	segment []byte
	order   binary.ByteOrder
	tags    exifTags
}

// bytes returns n bytes at an offset; nil when they are not all there.
func (d tiff) bytes(offset, n int) []byte {
	if offset < 0 || n < 0 || offset > len(d.segment) || n > len(d.segment)-offset {
		return nil
	}
	return d.segment[offset : offset+n]
}

// uint32 reads an offset; -1 when it is not there.
func (d tiff) uint32(offset int) int {
	if b := d.bytes(offset, 4); b != nil {
		return int(d.order.Uint32(b))
	}
	return -1
}

// offset is where the directory that a tag names begins; -1 when there is none.
func (d tiff) offset(tag int) int {
	if v := d.tags.number(tag); v >= 0 {
		return int(v)
	}
	return -1
}

// directory reads the entries of a directory; the first of a tag counts.
func (d tiff) directory(offset, base int) {
	head := d.bytes(offset, 2)
	if head == nil {
		return
	}
	for i := range min(int(d.order.Uint16(head)), maxExifEntries) {
		entry := d.bytes(offset+2+12*i, 12)
		if entry == nil {
			return
		}
		tag := base + int(d.order.Uint16(entry))
		if _, known := d.tags[tag]; known {
			continue
		}
		if v, ok := d.value(entry); ok {
			d.tags[tag] = v
		}
	}
}

// value reads what an entry holds, or points to.
func (d tiff) value(entry []byte) (v exifValue, ok bool) {
	kind, count := int(d.order.Uint16(entry[2:])), int(d.order.Uint32(entry[4:]))
	if kind >= len(typeSizes) || typeSizes[kind] == 0 || count < 1 || count > len(d.segment) {
		return v, false
	}
	size := typeSizes[kind]
	raw := entry[8:12]
	if count*size > 4 {
		if raw = d.bytes(int(d.order.Uint32(entry[8:])), count*size); raw == nil {
			return v, false
		}
	}
	if kind == typeASCII {
		text, _, _ := bytes.Cut(raw[:min(count, maxExifText)], []byte{0})
		v.text = strings.TrimSpace(string(text))
		return v, true
	}
	for i := range min(count, maxExifNumbers) {
		v.numbers = append(v.numbers, d.scalar(kind, raw[i*size:]))
	}
	return v, true
}

func (d tiff) scalar(kind int, raw []byte) float64 {
	switch kind {
	case typeByte:
		return float64(raw[0])
	case typeShort:
		return float64(d.order.Uint16(raw))
	case typeLong:
		return float64(d.order.Uint32(raw))
	case typeRational:
		return float64(d.order.Uint32(raw)) / float64(d.order.Uint32(raw[4:]))
	default:
		return float64(int32(d.order.Uint32(raw))) / float64(int32(d.order.Uint32(raw[4:])))
	}
}

// text returns a tag's text; "" when there is none.
func (t exifTags) text(tag int) string { return t[tag].text }

// number returns the first number of a tag; NaN when there is none.
func (t exifTags) number(tag int) float64 {
	if n := t[tag].numbers; len(n) > 0 && !math.IsInf(n[0], 0) {
		return n[0]
	}
	return math.NaN()
}

// sixty adds up degrees, minutes and seconds, or hours; false when they are not there.
func (t exifTags) sixty(tag int) (v float64, ok bool) {
	n := t[tag].numbers
	if len(n) != 3 {
		return 0, false
	}
	v = n[0] + n[1]/60 + n[2]/3600
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}
