package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ulogHead begins a PX4 log (docs.px4.io, "ULog File Format"); a version and a time of
// eight bytes follow.
const ulogHead = "ULog\x01\x12\x35"

const (
	ulogMaxFormats = 1000
	ulogMaxFields  = 4096 // of a stream, nested ones and elements of arrays counted
)

// ulogSizes are the bytes of the basic types.
var ulogSizes = map[string]int{
	"int8_t": 1, "uint8_t": 1, "bool": 1, "char": 1, "int16_t": 2, "uint16_t": 2,
	"int32_t": 4, "uint32_t": 4, "float": 4, "int64_t": 8, "uint64_t": 8, "double": 8,
}

// readULog reads the positions, camera_capture and camera_trigger of a PX4 log.
func readULog(r *bufio.Reader, _ PhotoTimes, take func(Photo) error) (Refused, error) {
	log := ulog{formats: map[string][]ulogField{}, topics: map[uint16]ulogTopic{}, flight: newPX4Flight(take)}
	if _, err := r.Discard(len(ulogHead) + 9); err != nil {
		return log.flight.refused, fmt.Errorf("ends within its head: %w", err)
	}
	for {
		var head [3]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				log.flight.refused.add(errBroken.Error(), 1)
			} else if err = endOf(err); err != nil {
				return log.flight.refused, err
			}
			return log.flight.refused, log.flight.end()
		}
		size := int(binary.LittleEndian.Uint16(head[:]))
		if !strings.ContainsRune("FAD", rune(head[2])) {
			if _, err := r.Discard(size); err != nil && endOf(err) != nil {
				return log.flight.refused, err
			}
			continue
		}
		message := make([]byte, size)
		if _, err := io.ReadFull(r, message); err != nil {
			if !errors.Is(err, io.ErrUnexpectedEOF) && endOf(err) != nil {
				return log.flight.refused, err
			}
			log.flight.refused.add(errBroken.Error(), 1) // a log that was cut off
			return log.flight.refused, log.flight.end()
		}
		if err := log.message(head[2], message); err != nil {
			return log.flight.refused, err
		}
	}
}

// ulog is a PX4 log as far as it has been read.
type ulog struct {
	formats map[string][]ulogField
	topics  map[uint16]ulogTopic
	flight  *px4Flight
}

type ulogField struct {
	kind, name string
	count      int
}

// ulogTopic is one stream of records and where their fields begin.
type ulogTopic struct {
	name   string
	fields map[string]ulogPlace // arrays as name[0], name[1], …
}

type ulogPlace struct {
	kind   string
	offset int
}

func (l *ulog) message(kind byte, message []byte) error {
	switch {
	case kind == 'F':
		name, text, ok := strings.Cut(string(message), ":")
		if ok && len(l.formats) < ulogMaxFormats {
			l.formats[name] = parseULogFields(text)
		}
	case kind == 'A' && len(message) > 3:
		name := string(message[3:])
		if message[0] == 0 && px4Topics[name] { // of several receivers or cameras the first
			topic := ulogTopic{name: name, fields: map[string]ulogPlace{}}
			left := ulogMaxFields
			l.lay(name, "", 0, topic.fields, &left)
			l.topics[binary.LittleEndian.Uint16(message[1:])] = topic
		}
	case kind == 'D' && len(message) > 2:
		if topic, ok := l.topics[binary.LittleEndian.Uint16(message)]; ok {
			return l.flight.row(topic.name, func(name string) float64 { return topic.field(message[2:], name) })
		}
	}
	return nil
}

// parseULogFields reads "uint64_t timestamp;float[4] q;…".
func parseULogFields(text string) (fields []ulogField) {
	for entry := range strings.SplitSeq(text, ";") {
		kind, name, ok := strings.Cut(entry, " ")
		if !ok {
			continue
		}
		count := 1
		if base, length, array := strings.Cut(strings.TrimSuffix(kind, "]"), "["); array {
			n, err := strconv.Atoi(length)
			if err != nil || n < 1 || n > math.MaxUint16 {
				return nil
			}
			kind, count = base, n
		}
		fields = append(fields, ulogField{kind, name, count})
	}
	return fields
}

// lay notes where the fields of a format begin, left of them at most, and returns where
// it ends.
func (l *ulog) lay(format, prefix string, offset int, places map[string]ulogPlace, left *int) int {
	for _, f := range l.formats[format] {
		for i := range f.count {
			if *left--; *left < 0 {
				return offset
			}
			name := prefix + f.name
			if f.count > 1 {
				name += "[" + strconv.Itoa(i) + "]"
			}
			size, basic := ulogSizes[f.kind]
			if !basic {
				offset = l.lay(f.kind, name+".", offset, places, left)
				continue
			}
			places[name] = ulogPlace{f.kind, offset}
			offset += size
		}
	}
	return offset
}

// field reads a field of a record; NaN when it is not there.
func (t ulogTopic) field(record []byte, name string) float64 {
	place, ok := t.fields[name]
	if !ok || place.offset+ulogSizes[place.kind] > len(record) {
		return math.NaN()
	}
	raw, le := record[place.offset:], binary.LittleEndian
	switch place.kind {
	case "int8_t":
		return float64(int8(raw[0]))
	case "uint8_t", "bool", "char":
		return float64(raw[0])
	case "int16_t":
		return float64(int16(le.Uint16(raw)))
	case "uint16_t":
		return float64(le.Uint16(raw))
	case "int32_t":
		return float64(int32(le.Uint32(raw)))
	case "uint32_t":
		return float64(le.Uint32(raw))
	case "float":
		return float64(math.Float32frombits(le.Uint32(raw)))
	case "int64_t":
		return float64(int64(le.Uint64(raw)))
	case "uint64_t":
		return float64(le.Uint64(raw))
	default:
		return math.Float64frombits(le.Uint64(raw))
	}
}
