package live

import (
	"encoding/binary"
	"math"

	"xunfang/patrol"
)

// A positions frame is laid out in columns, little-endian, as docs/protocol.md says.
const (
	frameVersion   = 1
	framePositions = 1
	frameHeadBytes = 8
	bytesAPosition = 27
	unknownU16     = math.MaxUint16
	unknownBattery = math.MaxUint8
	degreesToWire  = 1e7
	headingToWire  = 100 // degrees → 1/100 degree
	speedToWire    = 100 // m/s → cm/s
	accuracyToWire = 10  // m → dm
	batteryToWire  = 100 // 0..1 → per cent
	largestWireU16 = unknownU16 - 1
	fullTurnOnWire = 360 * headingToWire
)

// position is one entry of a frame: who, by ref, and their last fix.
type position struct {
	ref uint32
	fix patrol.Fix
}

// encodePositions writes a positions frame.
func encodePositions(ps []position) []byte {
	n := len(ps)
	frame := make([]byte, frameHeadBytes+bytesAPosition*n)
	frame[0], frame[1] = frameVersion, framePositions
	le := binary.LittleEndian
	le.PutUint32(frame[4:], uint32(n))

	column := frame[frameHeadBytes:]
	next := func(width int) []byte {
		c := column[:width*n]
		column = column[width*n:]
		return c
	}
	t, ref, lon, lat := next(8), next(4), next(4), next(4)
	heading, speed, accuracy, battery := next(2), next(2), next(2), next(1)
	for i, p := range ps {
		le.PutUint64(t[8*i:], math.Float64bits(float64(p.fix.TMs)))
		le.PutUint32(ref[4*i:], p.ref)
		le.PutUint32(lon[4*i:], uint32(int32(math.Round(p.fix.Lon*degreesToWire))))
		le.PutUint32(lat[4*i:], uint32(int32(math.Round(p.fix.Lat*degreesToWire))))
		le.PutUint16(heading[2*i:], wireHeading(p.fix.HeadingDeg))
		le.PutUint16(speed[2*i:], wireFigure(p.fix.SpeedMPS, speedToWire))
		le.PutUint16(accuracy[2*i:], wireAccuracy(p.fix.AccuracyM))
		battery[i] = wireBattery(p.fix.Battery)
	}
	return frame
}

func wireHeading(deg float32) uint16 {
	if deg == patrol.Unknown {
		return unknownU16
	}
	return uint16(math.Round(float64(deg)*headingToWire)) % fullTurnOnWire
}

// wireFigure scales v, which is not negative unless unknown; what is too large for
// the column is written as the largest known value.
func wireFigure(v float32, scale float64) uint16 {
	if v == patrol.Unknown {
		return unknownU16
	}
	return uint16(min(math.Round(float64(v)*scale), largestWireU16))
}

func wireAccuracy(m float32) uint16 {
	if m <= 0 {
		return unknownU16
	}
	return max(1, wireFigure(m, accuracyToWire))
}

func wireBattery(share float32) uint8 {
	if share == patrol.Unknown {
		return unknownBattery
	}
	return uint8(math.Round(float64(share) * batteryToWire))
}
