package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mavDefinition is a message as common.xml and ardupilotmega.xml define it: its fields as
// "type name" or "type[n] name" in the order of the file, those after "+" extensions.
type mavDefinition struct {
	id     uint32
	name   string
	fields string
}

var mavDefinitions = []mavDefinition{
	{mavHeartbeat, "HEARTBEAT", "uint8_t type, uint8_t autopilot, uint8_t base_mode, uint32_t custom_mode, uint8_t system_status, uint8_t mavlink_version"},
	{mavSysStatus, "SYS_STATUS", "uint32_t onboard_control_sensors_present, uint32_t onboard_control_sensors_enabled, uint32_t onboard_control_sensors_health, uint16_t load, uint16_t voltage_battery, int16_t current_battery, int8_t battery_remaining, uint16_t drop_rate_comm, uint16_t errors_comm, uint16_t errors_count1, uint16_t errors_count2, uint16_t errors_count3, uint16_t errors_count4"},
	{mavSystemTime, "SYSTEM_TIME", "uint64_t time_unix_usec, uint32_t time_boot_ms"},
	{mavGPSRaw, "GPS_RAW_INT", "uint64_t time_usec, uint8_t fix_type, int32_t lat, int32_t lon, int32_t alt, uint16_t eph, uint16_t epv, uint16_t vel, uint16_t cog, uint8_t satellites_visible, + int32_t alt_ellipsoid, uint32_t h_acc"},
	{mavAttitude, "ATTITUDE", "uint32_t time_boot_ms, float roll, float pitch, float yaw, float rollspeed, float pitchspeed, float yawspeed"},
	{mavGlobalPosition, "GLOBAL_POSITION_INT", "uint32_t time_boot_ms, int32_t lat, int32_t lon, int32_t alt, int32_t relative_alt, int16_t vx, int16_t vy, int16_t vz, uint16_t hdg"},
	{mavTerrainReport, "TERRAIN_REPORT", "int32_t lat, int32_t lon, uint16_t spacing, float terrain_height, float current_height, uint16_t pending, uint16_t loaded"},
	{mavBatteryStatus, "BATTERY_STATUS", "uint8_t id, uint8_t battery_function, uint8_t type, int16_t temperature, uint16_t[10] voltages, int16_t current_battery, int32_t current_consumed, int32_t energy_consumed, int8_t battery_remaining"},
	{mavCameraFeedback, "CAMERA_FEEDBACK", "uint64_t time_usec, uint8_t target_system, uint8_t cam_idx, uint16_t img_idx, int32_t lat, int32_t lng, float alt_msl, float alt_rel, float roll, float pitch, float yaw, float foc_len, uint8_t flags"},
	{mavExtendedSysState, "EXTENDED_SYS_STATE", "uint8_t vtol_state, uint8_t landed_state"},
	{mavCameraImageCaptured, "CAMERA_IMAGE_CAPTURED", "uint32_t time_boot_ms, uint64_t time_utc, uint8_t camera_id, int32_t lat, int32_t lon, int32_t alt, int32_t relative_alt, float[4] q, int32_t image_index, int8_t capture_result, char[205] file_url"},
	{mavMountOrientation, "MOUNT_ORIENTATION", "uint32_t time_boot_ms, float roll, float pitch, float yaw, + float yaw_absolute"},
	{mavCameraFOVStatus, "CAMERA_FOV_STATUS", "uint32_t time_boot_ms, int32_t lat_camera, int32_t lon_camera, int32_t alt_camera, int32_t lat_image, int32_t lon_image, int32_t alt_image, float[4] q, float hfov, float vfov"},
	{mavGimbalAttitude, "GIMBAL_DEVICE_ATTITUDE_STATUS", "uint8_t target_system, uint8_t target_component, uint32_t time_boot_ms, uint16_t flags, float[4] q, float angular_velocity_x, float angular_velocity_y, float angular_velocity_z, uint32_t failure_flags"},
	{mavODIDLocation, "OPEN_DRONE_ID_LOCATION", "uint8_t target_system, uint8_t target_component, uint8_t[20] id_or_mac, uint8_t status, uint16_t direction, uint16_t speed_horizontal, int16_t speed_vertical, int32_t latitude, int32_t longitude, float altitude_barometric, float altitude_geodetic, uint8_t height_reference, float height, uint8_t horizontal_accuracy, uint8_t vertical_accuracy, uint8_t barometer_accuracy, uint8_t speed_accuracy, float timestamp, uint8_t timestamp_accuracy"},
}

type mavField struct {
	kind, name string
	count      int // 0 = no array
	extension  bool
}

func (f mavField) size() int {
	if bits := strings.TrimFunc(f.kind, func(r rune) bool { return r < '0' || r > '9' }); bits != "" {
		n, _ := strconv.Atoi(bits) // digits
		return n / 8
	}
	return map[string]int{"float": 4, "double": 8, "char": 1}[f.kind]
}

// wire returns the fields as they follow each other in a payload: the largest types
// first, extensions last and as they are.
func (d mavDefinition) wire() (fields []mavField) {
	extension := false
	for text := range strings.SplitSeq(d.fields, ", ") {
		text, extended := strings.CutPrefix(text, "+ ")
		extension = extension || extended
		kind, name, _ := strings.Cut(text, " ")
		f := mavField{kind: kind, name: name, extension: extension}
		if base, n, array := strings.Cut(strings.TrimSuffix(kind, "]"), "["); array {
			f.kind = base
			f.count, _ = strconv.Atoi(n) // digits
		}
		fields = append(fields, f)
	}
	slices.SortStableFunc(fields, func(a, b mavField) int {
		if a.extension || b.extension {
			return 0
		}
		return b.size() - a.size()
	})
	return fields
}

// payload writes a message's fields, 0 where values has none.
func (d mavDefinition) payload(values map[string]any) []byte {
	var out bytes.Buffer
	for _, f := range d.wire() {
		v := values[f.name]
		if v == nil {
			v = make([]byte, f.size()*max(1, f.count))
		}
		before := out.Len()
		_ = binary.Write(&out, binary.LittleEndian, v) // into memory
		if out.Len()-before != f.size()*max(1, f.count) {
			panic(fmt.Sprintf("%s.%s is not a %s", d.name, f.name, f.kind))
		}
	}
	return out.Bytes()
}

// The checksum's seeds are what the definitions come to (mavlink.io, "CRC_EXTRA").
func TestMavSeeds(t *testing.T) {
	if len(mavDefinitions) != len(mavMessages) {
		t.Errorf("%d definitions of %d messages", len(mavDefinitions), len(mavMessages))
	}
	for _, d := range mavDefinitions {
		text, least := d.name+" ", 0
		for _, f := range d.wire() {
			if f.extension {
				continue
			}
			text += f.kind + " " + f.name + " "
			if f.count > 0 {
				text += string([]byte{byte(f.count)})
			}
			least += f.size() * max(1, f.count)
		}
		crc := uint16(0xffff)
		for _, b := range []byte(text) {
			crc = mavStep(crc, b)
		}
		if got := mavMessages[d.id]; got.seed != byte(crc)^byte(crc>>8) || got.least != least {
			t.Errorf("%s: seed %d and %d bytes, want %d and %d", d.name, got.seed, got.least, byte(crc)^byte(crc>>8), least)
		}
	}
}

// mavWire writes a frame of a version, zeros at a version 2 payload's end cut off.
func mavWire(version int, system byte, id uint32, values map[string]any) []byte {
	i := slices.IndexFunc(mavDefinitions, func(d mavDefinition) bool { return d.id == id })
	payload := mavDefinitions[i].payload(values)
	var out []byte
	if version == 1 {
		payload = payload[:mavMessages[id].least]
		out = []byte{mavlink1, byte(len(payload)), 7, system, 1, byte(id)}
	} else {
		payload = bytes.TrimRight(payload[1:], "\x00")
		payload = mavDefinitions[i].payload(values)[:len(payload)+1]
		out = []byte{mavlink2, byte(len(payload)), 0, 0, 7, system, 1, byte(id), byte(id >> 8), byte(id >> 16)}
	}
	out = append(out, payload...)
	return binary.LittleEndian.AppendUint16(out, mavSum(out[1:], mavMessages[id].seed))
}

// A frame that somebody else wrote.
func TestMavFrameOfAnother(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(testData(t), "drone-logs", "capture.mav2.battery_status.tlog"))
	if err != nil {
		t.Fatal(err)
	}
	f, n, err := readMavFrame(raw[8:])
	if err != nil || n != 48 || f.message != mavBatteryStatus || f.system != 1 {
		t.Fatalf("%d bytes, message %d of system %d: %v", n, f.message, f.system, err)
	}
	v := newMavVehicle()
	v.take(&f, time.Unix(0, 0))
	if v.battery != 1 {
		t.Errorf("battery %v, want full", v.battery)
	}
	raw = raw[8 : 8+n]
	for i := range raw {
		broken := bytes.Clone(raw)
		broken[i] ^= 0x40
		if _, _, err := readMavFrame(broken); err == nil {
			t.Errorf("byte %d turned over passed", i)
		}
	}
	for n := range raw {
		if _, m, err := readMavFrame(raw[:n]); !errors.Is(err, errMavShort) || m != 0 {
			t.Errorf("the first %d bytes: %d, %v", n, m, err)
		}
	}
}

// tlogOf writes frames as a recording, a second apart from a time on.
func tlogOf(begin time.Time, frames ...[]byte) string {
	var out []byte
	for i, f := range frames {
		out = binary.BigEndian.AppendUint64(out, uint64(begin.Add(time.Duration(i)*time.Second).UnixMicro()))
		out = append(out, f...)
	}
	return string(out)
}

type mav = map[string]any

func at(lon, lat float64, more mav) mav {
	e7 := func(deg float64) int32 { return int32(math.Round(deg * 1e7)) }
	out := mav{"lat": e7(lat), "lon": e7(lon)}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// What a vehicle's messages come to, in both versions.
func TestTlog(t *testing.T) {
	begin := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	clock := mav{"time_unix_usec": uint64(begin.Add(-time.Hour).UnixMicro()), "time_boot_ms": uint32(0)}
	flying := at(113.62, 34.75, mav{"time_boot_ms": uint32(1500), "alt": int32(210_000), "relative_alt": int32(100_500), "vx": int16(300), "vy": int16(400), "hdg": uint16(9000)})
	shot := at(113.62, 34.75, mav{"time_boot_ms": uint32(2500), "relative_alt": int32(100_500), "capture_result": int8(1), "q": [4]float32{1, 0, 0, 0}})
	feedback := mav{"time_usec": uint64(begin.UnixMicro()), "lat": int32(347_500_000), "lng": int32(1_136_200_000), "alt_rel": float32(100.5), "roll": float32(2), "pitch": float32(-3), "yaw": float32(45)}
	h := float32(math.Sqrt(0.5))
	down := [4]float32{h, 0, -h, 0}
	for _, version := range []int{1, 2} {
		frame := func(id uint32, values mav) []byte { return mavWire(version, 7, id, values) }
		for _, c := range []struct {
			name   string
			frames [][]byte
			want   []string
			only2  bool
		}{
			{"a position before any clock", [][]byte{frame(mavGlobalPosition, flying)},
				[]string{"2026-11-22T08:00:00.000 113.620000 34.750000 h100.5 yNaN p0.0 r0.0 "}, false},
			{"a position by the vehicle's clock", [][]byte{frame(mavSystemTime, clock), frame(mavGlobalPosition, flying)},
				[]string{"2026-11-22T07:00:01.500 113.620000 34.750000 h100.5 yNaN p0.0 r0.0 "}, false},
			{"an image with the airframe's attitude", [][]byte{frame(mavCameraFeedback, feedback)},
				[]string{"2026-11-22T08:00:00.000 113.620000 34.750000 h100.5 y45.0 p-90.0 r0.0 looking straight down"}, false},
			{"an image after the gimbal", [][]byte{frame(mavMountOrientation, mav{"pitch": float32(-80), "yaw": float32(10)}), frame(mavCameraFeedback, feedback)},
				[]string{"2026-11-22T08:00:00.000 113.620000 34.750000 h100.5 y45.0 p-80.0 r0.0 "}, true},
			{"nothing is seen from the ground", [][]byte{frame(mavExtendedSysState, mav{"landed_state": byte(1)}), frame(mavCameraFeedback, feedback)}, nil, false},
			{"an image of a level airframe", [][]byte{frame(mavSystemTime, clock), frame(mavAttitude, mav{"yaw": float32(math.Pi / 2)}), frame(mavCameraImageCaptured, shot)},
				[]string{"2026-11-22T07:00:02.500 113.620000 34.750000 h100.5 y0.0 p-90.0 r0.0 looking straight down"}, true},
			{"an image after a gimbal that follows the airframe", [][]byte{frame(mavAttitude, mav{"yaw": float32(math.Pi / 2)}), frame(mavGimbalAttitude, mav{"q": down, "flags": uint16(mavYawVehicle)}), frame(mavCameraImageCaptured, shot)},
				[]string{"2026-11-22T08:00:02.000 113.620000 34.750000 h100.5 y90.0 p-90.0 r0.0 "}, true},
			{"an image that failed", [][]byte{frame(mavCameraImageCaptured, at(113.62, 34.75, mav{"capture_result": int8(0)}))}, nil, true},
			{"remote identification alone", [][]byte{frame(mavODIDLocation, mav{"latitude": int32(347_500_000), "longitude": int32(1_136_200_000), "timestamp": float32(3599), "direction": uint16(36100), "altitude_geodetic": float32(-1000)})},
				[]string{"2026-11-22T07:59:59.000 113.620000 34.750000 hNaN yNaN p0.0 r0.0 "}, true},
		} {
			if c.only2 && version == 1 {
				continue // its number needs version 2
			}
			photos, refused := photosOf(t, "a.tlog", tlogOf(begin, c.frames...), PhotoTimes{})
			var got []string
			for _, p := range photos {
				got = append(got, line(p))
			}
			if !slices.Equal(got, c.want) || len(refused) > 0 {
				t.Errorf("version %d, %s: %v\n%s\nwant\n%s", version, c.name, refused, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		}
	}
}

// What is broken in a recording costs only itself.
func TestTlogBroken(t *testing.T) {
	begin := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	good := mavWire(2, 1, mavGlobalPosition, at(113.62, 34.75, nil))
	bad := bytes.Clone(good)
	bad[15]++
	flagged := bytes.Clone(good)
	flagged[2] = 0x80
	for _, c := range []struct {
		name string
		log  string
		want int
		why  string
	}{
		{"a wrong checksum", tlogOf(begin, good, bad, good), 2, errMavSum.Error()},
		{"unknown flags", tlogOf(begin, good, flagged, good), 2, errMavFlags.Error()},
		{"rubbish between", tlogOf(begin, good) + "\x00rubbish rubbish" + tlogOf(begin, good), 2, errMavStart.Error()},
		{"cut off", tlogOf(begin, good, good)[:60], 1, errBroken.Error()},
		{"two drones", tlogOf(begin, good, mavWire(2, 9, mavGlobalPosition, at(113.62, 34.75, nil))), 1, anotherDrone},
		{"a message that is not read here", tlogOf(begin, []byte{mavlink2, 1, 0, 0, 0, 1, 1, 200, 200, 0, 5, 0, 0}, good), 1, ""},
	} {
		photos, refused := photosOf(t, "a.tlog", c.log, PhotoTimes{})
		if len(photos) != c.want || len(refused) > 0 != (c.why != "") || c.why != "" && refused[c.why] == 0 {
			t.Errorf("%s: %d moments, refused %v", c.name, len(photos), refused)
		}
	}
}
