package ingest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"xunfang/geo"
	"xunfang/patrol"
)

func TestParseMAVLinkSources(t *testing.T) {
	const id = "01900000-0000-7000-8000-000000000001"
	for _, c := range []struct{ text, says string }{
		{"", ""},
		{"udp::14550/1=" + id + ",udp::14550/2=" + id + "@M3E tcp:127.0.0.1:5760/1=" + id, ""},
		{"udp::14550", "not of the form"},
		{"serial:/dev/ttyUSB0/1=" + id, "neither udp nor tcp"},
		{"udp:14550/1=" + id, "HOST:PORT"},
		{"udp::14550/0=" + id, "from 1 to 255"},
		{"udp::14550/256=" + id, "from 1 to 255"},
		{"udp::14550/1=drone", "no tracker"},
		{"udp::14550/1=" + id + "@Leica", "no camera"},
		{"udp::14550/1=" + id + ",udp::14550/1=" + id, "named twice"},
	} {
		sources, err := ParseMAVLinkSources(c.text)
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want %q", c.text, err, c.says)
		}
		if c.says == "" && c.text != "" && (len(sources) != 2 || len(sources[0].Drones) != 2 || sources[0].Drones[2].Camera.HFov == 0 || sources[1].Network != "tcp") {
			t.Errorf("%q: %+v", c.text, sources)
		}
	}
}

// desk is an intake that keeps what it is given, and may be away.
type desk struct {
	mu     sync.Mutex
	away   bool
	fixes  map[uuid.UUID][]patrol.Fix
	images map[uuid.UUID][]patrol.Image
}

func (d *desk) Submit(_ context.Context, t patrol.Tracker, fixes []patrol.Fix) (patrol.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return patrol.Receipt{}, patrol.ErrUnavailable
	}
	d.fixes[t.ID] = append(d.fixes[t.ID], fixes...)
	return patrol.Receipt{Stored: len(fixes)}, nil
}

func (d *desk) SubmitImages(_ context.Context, t patrol.Tracker, images []patrol.Image) (patrol.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.images[t.ID] = append(d.images[t.ID], images...)
	return patrol.Receipt{Stored: len(images)}, nil
}

func (d *desk) Feature(_ context.Context, _ string, id uuid.UUID) (patrol.Feature, error) {
	return patrol.Feature{ID: id, Properties: []byte(`{"name":"无人机","kind":"drone"}`)}, nil
}

// droneID is the tracker of a system.
func droneID(system int) uuid.UUID { return uuid.UUID{15: byte(system)} }

// station hears systems 1 and 2 on a UDP and a TCP port each, until the test ends.
func station(t *testing.T) (m *MAVLink, d *desk) {
	t.Helper()
	d = &desk{fixes: map[uuid.UUID][]patrol.Fix{}, images: map[uuid.UUID][]patrol.Image{}}
	camera, _ := geo.CameraOf("M3E")
	drones := map[byte]MAVLinkDrone{1: {droneID(1), camera}, 2: {droneID(2), geo.Camera{}}}
	m, err := ListenMAVLink(MAVLinkConfig{
		Sources: []MAVLinkSource{{"udp", "127.0.0.1:0", drones}, {"tcp", "127.0.0.1:0", drones}},
		Intake:  d, Images: d, Trackers: d, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		goleak.VerifyNone(t)
	})
	return m, d
}

func dial(t *testing.T, addr net.Addr) net.Conn {
	t.Helper()
	conn, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// until waits for something that shall become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

// Frames over both networks, whole and in pieces; strangers, second senders and broken
// frames are counted and cost nobody else anything.
func TestMAVLinkStation(t *testing.T) {
	m, d := station(t)
	udp, other, tcp := dial(t, m.Addrs()[0]), dial(t, m.Addrs()[0]), dial(t, m.Addrs()[1])
	position := func(system byte) []byte { return mavWire(2, system, mavGlobalPosition, at(113.62, 34.75, nil)) }
	shot := mavWire(2, 1, mavCameraFeedback, mav{"lat": int32(347_500_000), "lng": int32(1_136_200_000), "alt_rel": float32(90), "yaw": float32(30)})
	send := func(conn net.Conn, b []byte) {
		t.Helper()
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	counted := func(outcome string, n uint64) {
		t.Helper()
		until(t, fmt.Sprintf("%d %s", n, outcome), func() bool { return m.Counts()[outcome] >= n })
	}
	send(udp, append(position(1), shot...))
	counted("taken", 2)
	send(other, position(1))
	counted("spoofed", 1)
	send(other, position(77))
	counted("stranger", 1)
	bad := bytes.Clone(position(1))
	bad[20]++
	send(udp, bad)
	counted("broken", 1)
	send(udp, []byte{mavlink2, 1, 0, 0, 0, 1, 1, 200, 200, 0, 5, 0, 0})
	counted("not_read", 1)
	frame := mavWire(1, 2, mavGlobalPosition, at(113.63, 34.75, nil))
	send(tcp, append([]byte("noise"), frame[:9]...))
	send(tcp, append(frame[9:], frame...))
	counted("taken", 4)
	until(t, "positions of both drones and one image", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.fixes[droneID(1)]) == 2 && len(d.fixes[droneID(2)]) == 1 && len(d.images[droneID(1)]) == 1
	})
	image := d.images[droneID(1)][0]
	if image.HeightM != 90 || image.HeightKind != patrol.AboveTakeoff || math.Abs(image.Look.Yaw-math.Pi/6) > 1e-6 || image.Camera.HFov == 0 {
		t.Errorf("%+v", image)
	}
	if f := d.fixes[droneID(2)][0]; f.Lon != 113.63 {
		t.Errorf("%+v", f)
	}
}

// While storage is away what drones say waits, and is handed on when it is back.
func TestMAVLinkWhileStorageIsAway(t *testing.T) {
	m, d := station(t)
	d.mu.Lock()
	d.away = true
	d.mu.Unlock()
	udp := dial(t, m.Addrs()[0])
	for i := range 5 {
		if _, err := udp.Write(mavWire(2, 2, mavCameraFeedback, mav{"time_usec": uint64(1_767_484_800_000_000 + i*1_000_000), "lat": int32(1), "lng": int32(1)})); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "five frames", func() bool { return m.Counts()["taken"] == 5 })
	d.mu.Lock()
	d.away = false
	d.mu.Unlock()
	until(t, "five positions", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.fixes[droneID(2)]) == 5
	})
}

// BenchmarkMAVLink hears a second of 200 drones: position and attitude at 10 Hz, an image
// every two seconds. ns/op is what of a second one core is busy.
func BenchmarkMAVLink(b *testing.B) {
	d := &desk{fixes: map[uuid.UUID][]patrol.Fix{}, images: map[uuid.UUID][]patrol.Image{}}
	camera, _ := geo.CameraOf("M3E")
	drones := map[byte]*mavDrone{}
	m := &MAVLink{cfg: MAVLinkConfig{Intake: d, Images: d, Trackers: d, Now: time.Now}}
	for i := range 200 {
		drone := &mavDrone{MAVLinkDrone: MAVLinkDrone{droneID(i + 1), camera}, vehicle: newMavVehicle()}
		drones[byte(i+1)] = drone
		m.drones = append(m.drones, drone)
	}
	var second [][]byte
	for tenth := range 10 {
		for i := range 200 {
			ms := uint32(100 * tenth)
			second = append(second, append(mavWire(2, byte(i+1), mavGlobalPosition, at(113.62, 34.75, mav{"time_boot_ms": ms, "relative_alt": int32(100_000)})),
				mavWire(2, byte(i+1), mavAttitude, mav{"time_boot_ms": ms, "yaw": float32(1)})...))
			if i%20 == tenth {
				second = append(second, mavWire(2, byte(i+1), mavCameraFeedback, mav{"lat": int32(1), "lng": int32(1), "alt_rel": float32(100)}))
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, datagram := range second {
			m.hear(datagram, "a", drones)
		}
		m.submit(b.Context())
		clear(d.fixes)
		clear(d.images)
	}
}
