package ingest

import (
	"encoding/binary"
	"errors"
	"math"
)

// MAVLink frames (mavlink.io, "Packet Serialization"): a start byte, the payload's
// length, flags in version 2, sequence, system, component, message, payload, checksum, a
// signature in version 2.
const (
	mavlink1       = 0xfe
	mavlink2       = 0xfd
	mavlinkHead1   = 6
	mavlinkHead2   = 10
	mavlinkSum     = 2
	mavlinkSigned  = 0x01 // the one incompatibility flag that is known
	mavlinkSigns   = 13
	mavlinkMax     = mavlinkHead2 + 255 + mavlinkSum + mavlinkSigns
	mavlinkPayload = 255
)

// The messages that are read.
const (
	mavHeartbeat           = 0
	mavSysStatus           = 1
	mavSystemTime          = 2
	mavGPSRaw              = 24
	mavAttitude            = 30
	mavGlobalPosition      = 33
	mavTerrainReport       = 136
	mavBatteryStatus       = 147
	mavCameraFeedback      = 180
	mavExtendedSysState    = 245
	mavCameraImageCaptured = 263
	mavMountOrientation    = 265
	mavCameraFOVStatus     = 271
	mavGimbalAttitude      = 285
	mavODIDLocation        = 12901
)

// mavMessages gives each message's least length and the seed of its checksum, CRC_EXTRA,
// which stands for its definition (common.xml and ardupilotmega.xml).
var mavMessages = map[uint32]struct {
	least int
	seed  byte
}{
	mavHeartbeat: {9, 50}, mavSysStatus: {31, 124}, mavSystemTime: {12, 137}, mavGPSRaw: {30, 24},
	mavAttitude: {28, 39}, mavGlobalPosition: {28, 104}, mavTerrainReport: {22, 1}, mavBatteryStatus: {36, 154},
	mavCameraFeedback: {45, 52}, mavExtendedSysState: {2, 130}, mavCameraImageCaptured: {255, 133},
	mavMountOrientation: {16, 26}, mavCameraFOVStatus: {52, 22}, mavGimbalAttitude: {40, 137},
	mavODIDLocation: {59, 254},
}

// mavFrame is one message. Its payload is filled up with zeros, as the sender of a
// version 2 frame cut them off and an older one had not the newer fields.
type mavFrame struct {
	system, component byte
	message           uint32
	payload           [mavlinkPayload]byte
}

// Why a frame is not read.
var (
	errMavShort   = errors.New("a frame that is not all there")
	errMavStart   = errors.New("bytes between frames")
	errMavUnknown = errors.New("a message that is not read here")
	errMavSum     = errors.New("a frame with a wrong checksum")
	errMavFlags   = errors.New("a frame with unknown flags")
)

// readMavFrame reads the frame at the beginning of b and returns how many bytes it, or
// what is no frame, takes. errMavShort: more bytes are needed, n is 0. Any other error
// names why these n bytes are passed over. The checksum of a message that is not read
// here cannot be checked.
func readMavFrame(b []byte) (f mavFrame, n int, err error) {
	if len(b) == 0 {
		return f, 0, errMavShort
	}
	head := mavlinkHead1
	switch b[0] {
	case mavlink1:
	case mavlink2:
		head = mavlinkHead2
	default:
		for n = 1; n < len(b) && b[n] != mavlink1 && b[n] != mavlink2; n++ {
		}
		return f, n, errMavStart
	}
	if len(b) < head {
		return f, 0, errMavShort
	}
	if n = mavLength(b); len(b) < n {
		return f, 0, errMavShort
	}
	if head == mavlinkHead1 {
		f.system, f.component, f.message = b[3], b[4], uint32(b[5])
	} else {
		if b[2]&^mavlinkSigned != 0 {
			return f, 1, errMavFlags
		}
		f.system, f.component = b[5], b[6]
		f.message = uint32(b[7]) | uint32(b[8])<<8 | uint32(b[9])<<16
	}
	known, ok := mavMessages[f.message]
	if !ok {
		return f, n, errMavUnknown
	}
	sum := head + int(b[1])
	if mavSum(b[1:sum], known.seed) != binary.LittleEndian.Uint16(b[sum:]) || head == mavlinkHead1 && int(b[1]) < known.least {
		return f, 1, errMavSum // what seemed to be a start may stand within a frame
	}
	copy(f.payload[:], b[head:sum])
	return f, n, nil
}

// mavLength is how long the frame is that begins with b, by its own head.
func mavLength(b []byte) int {
	switch {
	case b[0] == mavlink1:
		return mavlinkHead1 + int(b[1]) + mavlinkSum
	case b[2]&mavlinkSigned != 0:
		return mavlinkHead2 + int(b[1]) + mavlinkSum + mavlinkSigns
	default:
		return mavlinkHead2 + int(b[1]) + mavlinkSum
	}
}

// mavSum is CRC-16/MCRF4XX over the bytes and then the seed.
func mavSum(b []byte, seed byte) uint16 {
	crc := uint16(0xffff)
	for _, v := range b {
		crc = mavStep(crc, v)
	}
	return mavStep(crc, seed)
}

func mavStep(crc uint16, v byte) uint16 {
	v ^= byte(crc)
	v ^= v << 4
	w := uint16(v)
	return crc>>8 ^ w<<8 ^ w<<3 ^ w>>4
}

// The fields of a payload, by where they begin.
func (f *mavFrame) u16(at int) uint16 { return binary.LittleEndian.Uint16(f.payload[at:]) }
func (f *mavFrame) i16(at int) int16  { return int16(f.u16(at)) }
func (f *mavFrame) u32(at int) uint32 { return binary.LittleEndian.Uint32(f.payload[at:]) }
func (f *mavFrame) i32(at int) int32  { return int32(f.u32(at)) }
func (f *mavFrame) u64(at int) uint64 { return binary.LittleEndian.Uint64(f.payload[at:]) }
func (f *mavFrame) f32(at int) float64 {
	return float64(math.Float32frombits(f.u32(at)))
}

// place reads longitude and latitude, 1e-7 degrees.
func (f *mavFrame) place(lonAt, latAt int) (lon, lat float64, ok bool) {
	return placed(float64(f.i32(lonAt))/1e7, float64(f.i32(latAt))/1e7)
}

// quaternion reads w, x, y, z.
func (f *mavFrame) quaternion(at int) (q [4]float64) {
	for i := range q {
		q[i] = f.f32(at + 4*i)
	}
	return q
}
