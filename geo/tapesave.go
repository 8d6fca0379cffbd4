package geo

import (
	"encoding/binary"
	"errors"
	"math"
)

// errSavedTape says that bytes are not what Save wrote along this perimeter.
var errSavedTape = errors.New("not a tape along this perimeter")

// Save appends the tape to b: the perimeter's length and links, then each link of which
// anything was seen as its distance from the one before, and its stretches, each its length
// and its stamp.
func (t *Tape) Save(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(t.perimeter.LengthMM))
	b = binary.AppendUvarint(b, uint64(len(t.knots)))
	last := -1
	for link, knots := range t.knots {
		if len(knots) == 0 {
			continue
		}
		b = binary.AppendUvarint(b, uint64(link-last))
		last = link
		from := t.perimeter.links[link].fromMM
		for _, k := range knots {
			b = binary.AppendUvarint(b, uint64(k.toMM-from))
			b = binary.AppendUvarint(b, uint64(k.stamp))
			from = k.toMM
		}
	}
	return binary.AppendUvarint(b, 0)
}

// Load fills an unseen tape with what Save wrote along the same perimeter, and returns what
// follows it. After an error the tape is worth nothing.
func (t *Tape) Load(b []byte) (rest []byte, err error) {
	in := reader{b: b}
	if in.uvarint() != uint64(t.perimeter.LengthMM) || in.uvarint() != uint64(len(t.knots)) {
		return nil, errSavedTape
	}
	for link := -1; ; {
		step := in.uvarint()
		if in.failed || step > uint64(len(t.knots)-1-link) {
			return nil, errSavedTape
		}
		if step == 0 {
			return in.b, nil
		}
		link += int(step)
		if !t.load(link, &in) {
			return nil, errSavedTape
		}
	}
}

// load reads the stretches of one link, which end where it does.
func (t *Tape) load(link int, in *reader) bool {
	at, end := t.perimeter.links[link].fromMM, t.perimeter.links[link].toMM
	for at < end {
		n, stamp := in.uvarint(), in.uvarint()
		if in.failed || n == 0 || n > uint64(end-at) || stamp > math.MaxUint32 {
			return false
		}
		at += int64(n)
		t.knots[link] = append(t.knots[link], knot{at, Stamp(stamp)})
	}
	return true
}
