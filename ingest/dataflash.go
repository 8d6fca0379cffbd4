package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// The binary form of ArduPilot's dataflash logs: records of two fixed bytes, a type and
// the fields, whose formats the records of type dataflashFMT give (AP_Logger,
// LogStructure.h).
const (
	dataflashHead1, dataflashHead2 = 0xa3, 0x95

	dataflashFMT     = 0x80
	dataflashFMTSize = 86 // type, length, name[4], format[16], columns[64]
)

// dataflashSizes are the bytes of a field, by its letter.
var dataflashSizes = map[byte]int{
	'a': 64, 'b': 1, 'B': 1, 'h': 2, 'H': 2, 'i': 4, 'I': 4, 'f': 4, 'd': 8, 'n': 4, 'N': 16, 'Z': 64,
	'c': 2, 'C': 2, 'e': 4, 'E': 4, 'L': 4, 'M': 1, 'q': 8, 'Q': 8,
}

// readDataflash reads the binary form. What is broken is counted and skipped.
func readDataflash(r *bufio.Reader, _ PhotoTimes, take func(Photo) error) (Refused, error) {
	log := newFlightLog(take)
	formats := map[byte]*dataflashFormat{}
	for {
		head, err := r.Peek(3)
		if err != nil {
			return log.refused, log.end(endOf(err))
		}
		if head[0] != dataflashHead1 || head[1] != dataflashHead2 {
			log.skipBroken(r)
			continue
		}
		size := dataflashFMTSize
		format := formats[head[2]]
		if head[2] != dataflashFMT {
			if format == nil {
				log.skipBroken(r)
				continue
			}
			size = format.size
		}
		record, err := r.Peek(3 + size)
		if err != nil {
			log.refused.add(errBroken.Error(), 1)
			return log.refused, log.end(endOf(err))
		}
		log.broken = false
		if fields := record[3:]; head[2] == dataflashFMT {
			format := newDataflashFormat(fields)
			formats[fields[0]] = format
		} else if err := log.row(format.name, func(name string) float64 { return format.field(fields, name) }); err != nil {
			return log.refused, err
		}
		if _, err := r.Discard(3 + size); err != nil {
			return log.refused, err
		}
	}
}

// endOf is nil for the end of a file.
func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// dataflashFormat is how the records of one type are written; nil = not to be read.
type dataflashFormat struct {
	name  string
	size  int // of the fields, bytes
	types map[string]byte
	at    map[string]int // where each field begins
}

// newDataflashFormat reads a FMT record; nil when it contradicts itself.
func newDataflashFormat(fields []byte) *dataflashFormat {
	letters := zeroEnded(fields[6:22])
	f := &dataflashFormat{name: zeroEnded(fields[2:6]), size: int(fields[1]) - 3, types: map[string]byte{}, at: map[string]int{}}
	offset := 0
	for i, column := range strings.Split(zeroEnded(fields[22:86]), ",") {
		if i >= len(letters) {
			break
		}
		f.types[column], f.at[column] = letters[i], offset
		offset += dataflashSizes[letters[i]]
	}
	if f.size < 0 || offset > f.size {
		return nil
	}
	return f
}

func zeroEnded(text []byte) string {
	s, _, _ := strings.Cut(string(text), "\x00")
	return s
}

// field reads a field of a record in its unit; NaN when there is none or it is no number.
func (f *dataflashFormat) field(fields []byte, name string) float64 {
	letter, ok := f.types[name]
	if !ok {
		return math.NaN()
	}
	raw, le := fields[f.at[name]:], binary.LittleEndian
	switch letter {
	case 'b':
		return float64(int8(raw[0]))
	case 'B', 'M':
		return float64(raw[0])
	case 'h':
		return float64(int16(le.Uint16(raw)))
	case 'H':
		return float64(le.Uint16(raw))
	case 'i':
		return float64(int32(le.Uint32(raw)))
	case 'I':
		return float64(le.Uint32(raw))
	case 'f':
		return float64(math.Float32frombits(le.Uint32(raw)))
	case 'd':
		return math.Float64frombits(le.Uint64(raw))
	case 'c':
		return float64(int16(le.Uint16(raw))) / 100
	case 'C':
		return float64(le.Uint16(raw)) / 100
	case 'e':
		return float64(int32(le.Uint32(raw))) / 100
	case 'E':
		return float64(le.Uint32(raw)) / 100
	case 'L':
		return float64(int32(le.Uint32(raw))) / 1e7
	case 'q':
		return float64(int64(le.Uint64(raw)))
	case 'Q':
		return float64(le.Uint64(raw))
	default:
		return math.NaN()
	}
}

// readDataflashText reads the form that ground stations write: a line a record, its
// numbers in their units.
func readDataflashText(r *bufio.Reader, _ PhotoTimes, take func(Photo) error) (Refused, error) {
	log := newFlightLog(take)
	columns := map[string][]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ",")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if fields[0] == "FMT" {
			if len(fields) > 5 && len(columns) < 256 {
				columns[fields[3]] = fields[5:]
			}
			continue
		}
		names := columns[fields[0]]
		err := log.row(fields[0], func(name string) float64 {
			for i, n := range names {
				if n == name && i+1 < len(fields) {
					return number(fields[i+1])
				}
			}
			return math.NaN()
		})
		if err != nil {
			return log.refused, err
		}
	}
	if err := lines.Err(); err != nil {
		return log.refused, fmt.Errorf("read a line: %w", err)
	}
	return log.refused, log.end(nil)
}
