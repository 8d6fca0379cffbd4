package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// anotherDrone is why moments of a recording with several drones are refused.
const anotherDrone = "of another drone in the same recording"

// tlogStamp is the bytes of a record's time: microseconds since 1970, big-endian.
const tlogStamp = 8

// looksLikeTlog reports whether a file begins with a time and a MAVLink frame.
func looksLikeTlog(start []byte) bool {
	return len(start) > tlogStamp && start[0] == 0 && (start[tlogStamp] == mavlink1 || start[tlogStamp] == mavlink2)
}

// readTlog reads a recording of MAVLink as ground stations write it: before each frame
// the time at which it came. Of several drones the one that first tells where it is
// counts. Frames that are broken are counted and passed over, messages that are not read
// here only passed over.
func readTlog(r *bufio.Reader, _ PhotoTimes, take func(Photo) error) (Refused, error) {
	refused := Refused{}
	vehicles := map[byte]*mavVehicle{}
	first := -1 // the system that counts
	for {
		record, err := r.Peek(tlogStamp + mavlinkMax)
		if err != nil && !errors.Is(err, io.EOF) {
			return refused, err
		}
		if len(record) <= tlogStamp {
			return refused, nil
		}
		stamp := binary.BigEndian.Uint64(record)
		frame, n, err := readMavFrame(record[tlogStamp:])
		switch {
		case errors.Is(err, errMavShort):
			refused.add(errBroken.Error(), 1)
			return refused, nil // it was cut off
		case errors.Is(err, errMavStart):
			refused.add(err.Error(), 1)
			n -= tlogStamp // what stands before the next start is its time
		case errors.Is(err, errMavSum), errors.Is(err, errMavFlags):
			refused.add(err.Error(), 1)
			n = mavLength(record[tlogStamp:])
		case err == nil && stamp > 1e16:
			refused.add(errNoTime.Error(), 1)
		case err == nil:
			v := vehicles[frame.system]
			if v == nil {
				v = newMavVehicle()
				vehicles[frame.system] = v
			}
			p, ok := v.take(&frame, time.UnixMicro(int64(stamp)))
			if ok && first < 0 {
				first = int(frame.system)
			}
			if ok && first != int(frame.system) {
				refused.add(anotherDrone, 1)
			} else if ok {
				if err := take(p); err != nil {
					return refused, err
				}
			}
		}
		if _, err := r.Discard(max(1, tlogStamp+n)); err != nil {
			return refused, fmt.Errorf("skip a record: %w", err)
		}
	}
}
