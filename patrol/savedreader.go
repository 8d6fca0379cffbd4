package patrol

import (
	"encoding/binary"
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// savedReader takes what a snapshot holds from its bytes, and notes when it is not there.
type savedReader struct {
	b      []byte
	failed bool
}

func (r *savedReader) take(n int) []byte {
	if n > len(r.b) {
		r.b, r.failed = nil, true
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *savedReader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.failed = r.failed || n <= 0
	r.take(max(0, n))
	return v
}

// count reads how many things, of at least so many bytes each, follow.
func (r *savedReader) count(bytes int) int {
	v, n := binary.Uvarint(r.b)
	r.failed = r.failed || n <= 0
	r.take(max(0, n))
	if v > uint64(len(r.b)/bytes) {
		r.failed = true
		return 0
	}
	return int(v)
}

func (r *savedReader) id() uuid.UUID { return uuid.UUID(r.take(16)) }

func (r *savedReader) byte() byte { return r.take(1)[0] }

func (r *savedReader) float32() float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(r.take(4)))
}

func (r *savedReader) point() orb.Point {
	lon, lat := binary.LittleEndian.Uint64(r.take(8)), binary.LittleEndian.Uint64(r.take(8))
	return orb.Point{math.Float64frombits(lon), math.Float64frombits(lat)}
}

// momentBytes is what appendMoment appends at least.
const momentBytes = 16 + 1

// appendMoment appends a tracker and a time, Unix ms.
func appendMoment(b []byte, tracker uuid.UUID, ms int64) []byte {
	return binary.AppendVarint(append(b, tracker[:]...), ms)
}

func (r *savedReader) moments() []Span {
	out := make([]Span, r.count(momentBytes))
	for i := range out {
		tracker, ms := r.id(), r.varint()
		out[i] = Span{tracker, ms, ms}
	}
	return out
}
