package client

import (
	"encoding/binary"
	"errors"
	"math"

	"xunfang/patrol"
)

// position is one entry of a positions frame. Ref names the tracker.
type position struct {
	ref uint32
	fix patrol.Fix
}

const (
	frameHead  = 8
	frameEntry = 27 // bytes a position
)

// decodePositions reads a positions frame, laid out as docs/protocol.md says.
func decodePositions(frame []byte) ([]position, error) {
	le := binary.LittleEndian
	if len(frame) < frameHead || frame[0] != 1 || frame[1] != 1 {
		return nil, errors.New("this is no positions frame of version 1")
	}
	n := int(le.Uint32(frame[4:]))
	if len(frame)-frameHead != n*frameEntry {
		return nil, errors.New("a positions frame is not as long as it says")
	}
	column := frame[frameHead:]
	next := func(width int) []byte {
		c := column[:width*n]
		column = column[width*n:]
		return c
	}
	t, ref, lon, lat := next(8), next(4), next(4), next(4)
	heading, speed, accuracy, battery := next(2), next(2), next(2), next(1)
	positions := make([]position, n)
	for i := range positions {
		positions[i] = position{
			ref: le.Uint32(ref[4*i:]),
			fix: patrol.Fix{
				TMs:        int64(math.Float64frombits(le.Uint64(t[8*i:]))),
				Lon:        float64(int32(le.Uint32(lon[4*i:]))) / 1e7,
				Lat:        float64(int32(le.Uint32(lat[4*i:]))) / 1e7,
				AltitudeM:  patrol.Unknown,
				HeadingDeg: figure(le.Uint16(heading[2*i:]), 100, patrol.Unknown),
				SpeedMPS:   figure(le.Uint16(speed[2*i:]), 100, patrol.Unknown),
				AccuracyM:  figure(le.Uint16(accuracy[2*i:]), 10, 0),
				Battery:    patrol.Unknown,
			},
		}
		if battery[i] != math.MaxUint8 {
			positions[i].fix.Battery = float32(battery[i]) / 100
		}
	}
	return positions, nil
}

func figure(wire uint16, scale, unknown float32) float32 {
	if wire == math.MaxUint16 {
		return unknown
	}
	return float32(wire) / scale
}
