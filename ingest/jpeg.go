package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"xunfang/geo"
)

// The markers of a JPEG that are read here (ITU-T T.81, table B.1).
const (
	jpegStart    = 0xd8
	jpegEnd      = 0xd9
	jpegScan     = 0xda // the image itself begins
	jpegApp1     = 0xe1 // Exif or XMP
	jpegMaxSide  = 30_000
	jpegSegments = 1000 // before the frame header: no camera writes so many
)

var (
	exifHead = []byte("Exif\x00\x00")
	xmpHead  = []byte("http://ns.adobe.com/xap/1.0/\x00")
)

// readJPEG reads one photo's Exif and XMP. Nothing behind the frame header, which gives
// the image's size, is read.
func readJPEG(r *bufio.Reader, times PhotoTimes, take func(Photo) error) (Refused, error) {
	tags, err := readJPEGTags(r)
	if err != nil {
		return nil, err
	}
	photo, err := tags.photo(times.Zone)
	if err != nil {
		return Refused{err.Error(): 1}, nil
	}
	return Refused{}, take(photo)
}

// jpegTags is what a photo's headers say.
type jpegTags struct {
	exif          exifTags
	xmp           map[string]string
	widthPx, high int
}

func readJPEGTags(r *bufio.Reader) (tags jpegTags, err error) {
	if _, err := r.Discard(2); err != nil {
		return tags, err
	}
	for range jpegSegments {
		marker, length, err := nextSegment(r)
		if err != nil {
			return tags, err
		}
		switch {
		case marker == jpegScan || marker == jpegEnd:
			return tags, errors.New("the image begins without a header that gives its size")
		case isFrame(marker):
			return tags, tags.readFrame(r, length)
		case marker == jpegApp1:
			segment := make([]byte, length) // at most 64 KiB
			if _, err := io.ReadFull(r, segment); err != nil {
				return tags, fmt.Errorf("a header ends early: %w", err)
			}
			switch {
			case bytes.HasPrefix(segment, exifHead) && tags.exif == nil:
				tags.exif = readExif(segment[len(exifHead):])
			case bytes.HasPrefix(segment, xmpHead) && tags.xmp == nil:
				tags.xmp = readXMP(segment[len(xmpHead):])
			}
		default:
			if _, err := r.Discard(length); err != nil {
				return tags, fmt.Errorf("a header ends early: %w", err)
			}
		}
	}
	return tags, fmt.Errorf("has more than %d headers", jpegSegments)
}

// nextSegment reads a marker and how many bytes of its segment follow.
func nextSegment(r *bufio.Reader) (marker byte, length int, err error) {
	if b, err := r.ReadByte(); err != nil || b != 0xff {
		return 0, 0, errors.New("its headers are broken off or no JPEG's")
	}
	for marker = 0xff; marker == 0xff; { // any number of 0xff may fill up
		if marker, err = r.ReadByte(); err != nil {
			return 0, 0, fmt.Errorf("its headers are broken off: %w", err)
		}
	}
	if marker == jpegScan || marker == jpegEnd {
		return marker, 0, nil
	}
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return 0, 0, fmt.Errorf("its headers are broken off: %w", err)
	}
	if length = int(binary.BigEndian.Uint16(size[:])) - 2; length < 0 {
		return 0, 0, errors.New("a header is shorter than its own length")
	}
	return marker, length, nil
}

// isFrame reports whether a marker begins a frame header: SOF0 to SOF15 but for the
// tables that stand among them.
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// readFrame reads the image's size: precision, height, width.
func (t *jpegTags) readFrame(r *bufio.Reader, length int) error {
	var frame [5]byte
	if length < len(frame) {
		return errors.New("the header that gives its size is too short")
	}
	if _, err := io.ReadFull(r, frame[:]); err != nil {
		return fmt.Errorf("its headers are broken off: %w", err)
	}
	t.high, t.widthPx = int(binary.BigEndian.Uint16(frame[1:])), int(binary.BigEndian.Uint16(frame[3:]))
	if t.high < 1 || t.widthPx < 1 || t.high > jpegMaxSide || t.widthPx > jpegMaxSide {
		return fmt.Errorf("claims to be %d × %d pixels, not from 1 to %d a side", t.widthPx, t.high, jpegMaxSide)
	}
	return nil
}

// camera is what the photo says of its lens: the calibrated focal length in pixels, else
// the model's camera where the image has its shape, else the focal length of the same
// diagonal view on 35 mm film.
func (t jpegTags) camera() geo.Camera {
	w, h := float64(t.widthPx), float64(t.high)
	if px := xmpNumber(t.xmp, "CalibratedFocalLength"); px > 0 {
		return saneCamera(geo.Lens(w, h, px, t.widthPx))
	}
	if c, ok := geo.CameraOf(t.exif.text(tagModel)); ok {
		shape := math.Tan(c.HFov/2) / math.Tan(c.VFov/2)
		if c.WidthPx = t.widthPx; math.Abs(w/h/shape-1) < 0.02 {
			return c
		}
	}
	if film := t.exif.number(tagFocal35); film > 0 {
		const diagonalMM = 43.2666 // of 36 × 24
		return saneCamera(geo.Lens(diagonalMM*w/math.Hypot(w, h), diagonalMM*h/math.Hypot(w, h), film, t.widthPx))
	}
	return geo.Camera{}
}

// saneCamera is the camera, or unknown when no lens has its view.
func saneCamera(c geo.Camera) geo.Camera {
	if geo.CheckCamera(c) != nil {
		return geo.Camera{}
	}
	return c
}
