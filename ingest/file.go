package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"xunfang/patrol"
)

// MaxFileBytes bounds a file that is imported.
const MaxFileBytes = 256 << 20

// Refused counts, by reason, what in a file looked like a fix and is none.
type Refused map[string]int

// ReadFile reads a recorded track in any format that it knows, by content first and
// name second, and gives each fix to take in the file's order. Fixes have no Tracker.
// The error is take's, the reader's, or says what is wrong with the file.
func ReadFile(name string, r io.Reader, take func(patrol.Fix) error) (Refused, error) {
	text := bufio.NewReaderSize(&boundedReader{r: r, left: MaxFileBytes}, 64<<10)
	if bom, _ := text.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = text.Discard(3) // what was peeked is there
	}
	start, err := text.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(start) == 0 {
		return nil, fmt.Errorf("read %s: the file is empty", name)
	}
	read, err := readerFor(name, start)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	refused, err := read(text, take)
	if err != nil {
		return refused, fmt.Errorf("read %s: %w", name, err)
	}
	return refused, nil
}

type fileReader func(r io.Reader, take func(patrol.Fix) error) (Refused, error)

func readerFor(name string, start []byte) (fileReader, error) {
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case bytes.Contains(start, []byte("<gpx")) || ext == ".gpx":
		return ReadGPX, nil
	case bytes.HasPrefix(start, []byte(pltHead)) || ext == ".plt":
		return ReadPLT, nil
	case ext == ".csv" || ext == ".txt" || looksLikeCSV(start):
		return ReadCSV, nil
	default:
		return nil, fmt.Errorf("neither GPX nor GeoLife PLT nor CSV with a header")
	}
}

// boundedReader fails, where an io.LimitedReader would end as if all was well.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the file is larger than %d MiB", int64(MaxFileBytes)>>20)
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
