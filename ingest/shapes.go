package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xunfang/patrol"
)

// maxShapeBytes bounds one feature of a file, as the file has it.
const maxShapeBytes = 8 << 20

// ReadShapes reads the features of a file of boundaries, in the file's order: GeoJSON,
// KML, KMZ, a zipped Shapefile, or CSV with a place in every row. Its content tells which.
// It holds no more than a feature at a time. The error is take's, the reader's, or a
// *patrol.Invalid about the file as a whole, after which what was taken means nothing.
func ReadShapes(file io.ReaderAt, size int64, take patrol.TakeGiven) error {
	if size > MaxFileBytes {
		return patrol.Invalidf("", "The file is larger than %d MiB", MaxFileBytes>>20)
	}
	start := make([]byte, min(size, 4<<10))
	if _, err := file.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the file: %w", err)
	}
	whole := io.NewSectionReader(file, 0, size)
	if bytes.HasPrefix(start, []byte("PK")) {
		return readArchive(whole, take)
	}
	start = bytes.TrimPrefix(start, []byte("\xef\xbb\xbf"))
	switch text := bytes.TrimLeft(start, " \t\r\n"); {
	case len(text) == 0:
		return patrol.Invalidf("", "The file is empty")
	case text[0] == '<':
		return readKML(whole, take)
	case text[0] == '{' || text[0] == '[' || bytes.HasPrefix(text, []byte("null")):
		return readGeoJSON(whole, take)
	default:
		return readShapeCSV(whole, take)
	}
}

// rationed is a reader that fails when more than maxShapeBytes are read between two
// calls of renew: so no parser gathers more than that for one feature.
type rationed struct {
	r    io.Reader
	left int64
}

func newRationed(r io.Reader) *rationed { return &rationed{r, maxShapeBytes} }

func (r *rationed) renew() { r.left = maxShapeBytes }

func (r *rationed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, patrol.Invalidf("", "One feature of the file is larger than %d MiB", maxShapeBytes>>20)
	}
	n, err := r.r.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	return n, err
}

// withoutMark returns r without the mark with which some programs begin UTF-8.
func withoutMark(r io.Reader) io.Reader {
	text := bufio.NewReader(r)
	if mark, _ := text.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3) // what was peeked is there
	}
	return text
}

// readText returns a text as UTF-8: what is not is taken for GB 18030, which Chinese
// editions of office programs write and which holds GBK and GB 2312.
func readText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
	}
	return string(text)
}

// flawOf returns err as what is wrong with one feature; ok is false when it is not
// about the feature.
func flawOf(err error) (flaw *patrol.Invalid, ok bool) {
	ok = errors.As(err, &flaw)
	return flaw, ok
}
