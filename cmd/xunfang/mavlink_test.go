package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/ingest"
	"xunfang/store/storetest"
)

// mavlinkFrame writes a version 2 frame of a message and the seed of its checksum.
func mavlinkFrame(system byte, id uint32, seed byte, payload []byte) []byte {
	out := append([]byte{0xfd, byte(len(payload)), 0, 0, 0, system, 1, byte(id), byte(id >> 8), byte(id >> 16)}, payload...)
	crc := uint16(0xffff)
	for _, b := range append(out[1:len(out):len(out)], seed) {
		crc ^= uint16(b)
		for range 8 {
			if odd := crc & 1; odd != 0 {
				crc = crc>>1 ^ 0x8408
			} else {
				crc >>= 1
			}
		}
	}
	return binary.LittleEndian.AppendUint16(out, crc)
}

// cameraFeedback is ArduPilot's, of an image taken now from a height above home.
func cameraFeedback(at orb.Point, heightM float32) []byte {
	le := binary.LittleEndian
	p := le.AppendUint64(nil, uint64(time.Now().UnixMicro()))
	p = le.AppendUint32(p, uint32(int32(math.Round(at[1]*1e7))))
	p = le.AppendUint32(p, uint32(int32(math.Round(at[0]*1e7))))
	for _, v := range []float32{200, heightM, 0, 0, 90, 0} { // above sea and home, roll, pitch, yaw, focal length
		p = le.AppendUint32(p, math.Float32bits(v))
	}
	return mavlinkFrame(1, 180, 52, append(p, 0, 0, 0, 0, 0))
}

// A drone that is heard over MAVLink moves on the map, and what its camera takes covers
// ground at once.
func TestDroneOverMAVLink(t *testing.T) {
	database := storetest.URL(t)
	cfg := Config{Addr: "127.0.0.1:0", DatabaseURL: database, AdminPassword: adminPassword, Name: "Test", TimeZone: "UTC"}
	s, stop := startServing(t, cfg)
	c := clientOf(t, s)
	area := orb.Polygon{{{113.62, 34.75}, {113.6201, 34.75}, {113.6201, 34.7501}, {113.62, 34.7501}, {113.62, 34.75}}}
	watch := droneWatch(t, c, area)
	drone, _, err := c.CreateTracker(t.Context(), map[string]any{"name": "无人机 1", "kind": "drone"})
	if err != nil {
		t.Fatal(err)
	}
	stop()

	cfg.MAVLink, err = ingest.ParseMAVLinkSources(fmt.Sprintf("udp:127.0.0.1:0/1=%v@M3E", drone))
	if err != nil {
		t.Fatal(err)
	}
	s, stop = startServing(t, cfg)
	defer stop()
	c = clientOf(t, s)
	conn, err := net.Dial("udp", s.drones.Addrs()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(cameraFeedback(area.Bound().Center(), 60)); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		coverage, err := c.Coverage(t.Context(), watch, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if coverage.Share > 0.9999 && coverage.WhatIf.Images["takeoff"] == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("share %v, frames %v", coverage.Share, s.drones.Counts())
		}
	}
	item, err := c.Item(t.Context(), "trackers", drone.String())
	if err != nil || !strings.Contains(string(item.Geometry), "113.62005") {
		t.Errorf("%s (%v)", item.Geometry, err)
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/metrics", nil)
	request.SetBasicAuth("admin", adminPassword)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); !strings.Contains(string(text), `xunfang_mavlink_total{outcome="taken"} 1`) {
		t.Error("the metrics do not count the frame")
	}
	_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes were sent to the drone", n)
	}
}
