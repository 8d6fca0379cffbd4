package patrol

import (
	"encoding/binary"
	"math"

	"github.com/google/uuid"
)

// flawBytes and proofBytes are what one of them takes at least.
const (
	flawBytes  = momentBytes + 16 + 1 + 1 + 4
	proofBytes = 1 + 4 + 1
)

// saveReasons appends what explains the canvas.
func (c *canvas) saveReasons(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(c.flaws)))
	for key, f := range c.flaws {
		b = appendMoment(b, key.tracker, key.tMs)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f.mark.At[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f.mark.At[1]))
		b = append(b, byte(f.mark.flaw), c.ruleNumber(f.rule))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f.mark.Value))
	}
	b = binary.AppendUvarint(b, uint64(len(c.proofs)))
	for tracker, ps := range c.proofs {
		b = binary.AppendUvarint(append(b, tracker[:]...), uint64(len(ps)))
		before := int64(0)
		for _, p := range ps {
			b = binary.AppendVarint(b, p.tMs-before)
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p.legM))
			b = append(b, 0)
			if p.unknown {
				b[len(b)-1] = 1
			}
			before = p.tMs
		}
	}
	return b
}

// ruleNumber returns for which of the kinds the watch has a rule.
func (c *canvas) ruleNumber(rule Rule) byte {
	for i, k := range Kinds {
		if r, _ := c.watch.Rule(k); r == rule {
			return byte(i)
		}
	}
	return byte(len(Kinds)) // cannot be read again
}

// loadReasons explains a blank canvas by what saveReasons wrote.
func (c *canvas) loadReasons(b []byte) error {
	in := savedReader{b: b}
	for range in.count(flawBytes) {
		key := markKey{in.id(), in.varint()}
		f := flawed{mark: Mark{TMs: key.tMs, At: in.point(), flaw: flaw(in.byte())}, tracker: key.tracker}
		kind := int(in.byte())
		f.mark.Value = in.float32()
		if in.failed || kind >= len(Kinds) || f.mark.flaw > tooLonely {
			return errSnapshot
		}
		f.rule, _ = c.watch.Rule(Kinds[kind])
		c.flaws[key] = f
	}
	for range in.count(len(uuid.UUID{}) + 1) {
		tracker := in.id()
		ps := make([]proof, in.count(proofBytes))
		ms := int64(0)
		for i := range ps {
			ms += in.varint()
			ps[i] = proof{ms, in.float32(), in.byte() == 1}
		}
		c.proofs[tracker] = ps
	}
	if in.failed || len(in.b) > 0 {
		return errSnapshot
	}
	c.blank = false
	return nil
}
