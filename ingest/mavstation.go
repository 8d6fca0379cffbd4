package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"xunfang/geo"
	"xunfang/patrol"
)

// TrackerFeatures finds the feature that a tracker is, or patrol.ErrNotFound.
type TrackerFeatures interface {
	Feature(ctx context.Context, collection string, id uuid.UUID) (patrol.Feature, error)
}

// MAVLinkConfig is what a MAVLink station needs.
type MAVLinkConfig struct {
	Sources  []MAVLinkSource
	Intake   Intake
	Images   Images
	Trackers TrackerFeatures
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	mavPace       = 250 * time.Millisecond // between submissions
	mavFixPaceMs  = 500                    // positions come at 10 Hz: two a second are kept
	mavWaiting    = 2000                   // moments of one drone that wait while storage is away
	mavSilent     = 30 * time.Second       // after which another sender may speak for a system
	mavConns      = 64                     // of one TCP port
	mavSubmitters = 256                    // drones at once: they share a commit
)

// MAVLink hears drones that speak MAVLink, version 1 or 2, over UDP or TCP, and hands
// their positions and images on. It never sends anything. Only systems on the allow-list
// are heard, and each from one sender at a time.
type MAVLink struct {
	cfg       MAVLinkConfig
	packets   []net.PacketConn
	listeners []net.Listener
	drones    []*mavDrone
	counts    [len(mavOutcomes)]atomic.Uint64
}

// mavDrone is one drone of the allow-list.
type mavDrone struct {
	MAVLinkDrone
	mu      sync.Mutex
	vehicle *mavVehicle
	sender  string // who speaks for it, while it does
	heardAt time.Time
	lastMs  int64 // of the last position that was kept
	waiting []Photo

	// Owned by the submission under way: there is never more than one.
	tracker patrol.Tracker
	until   time.Time // the tracker is looked up again
}

// What becomes of frames, and of the moments that they tell of.
const (
	mavTaken = iota
	mavNotRead
	mavBroken
	mavStranger
	mavSpoofed
	mavDropped
	mavRejected
)

var mavOutcomes = [...]string{"taken", "not_read", "broken", "stranger", "spoofed", "dropped", "rejected"}

// ListenMAVLink opens the ports; Run hears them.
func ListenMAVLink(cfg MAVLinkConfig) (m *MAVLink, err error) {
	m = &MAVLink{cfg: cfg}
	defer func() {
		if err != nil {
			m.Close()
		}
	}()
	for _, s := range cfg.Sources {
		if s.Network == "tcp" {
			l, err := net.Listen("tcp", s.Addr)
			if err != nil {
				return m, fmt.Errorf("listen for MAVLink: %w", err)
			}
			m.listeners = append(m.listeners, l)
			continue
		}
		p, err := net.ListenPacket("udp", s.Addr)
		if err != nil {
			return m, fmt.Errorf("listen for MAVLink: %w", err)
		}
		m.packets = append(m.packets, p)
	}
	return m, nil
}

// Addrs returns where it listens, in the order of its sources of each network: UDP first.
func (m *MAVLink) Addrs() (addrs []net.Addr) {
	for _, p := range m.packets {
		addrs = append(addrs, p.LocalAddr())
	}
	for _, l := range m.listeners {
		addrs = append(addrs, l.Addr())
	}
	return addrs
}

// Counts returns how many frames became what: taken; not_read, a message that says nothing
// here; broken; of a stranger, who is not on the allow-list; spoofed, of a second sender
// for a system; and of the moments that they told of, dropped while storage was away, and
// rejected.
func (m *MAVLink) Counts() map[string]uint64 {
	out := map[string]uint64{}
	for i, name := range mavOutcomes {
		out[name] = m.counts[i].Load()
	}
	return out
}

func (m *MAVLink) count(outcome int) { m.counts[outcome].Add(1) }

// Close closes the ports, which Run does too.
func (m *MAVLink) Close() {
	for _, p := range m.packets {
		_ = p.Close() // nothing was written
	}
	for _, l := range m.listeners {
		_ = l.Close()
	}
}

// Run hears what is sent until ctx ends; then it hands on what waits and closes its ports.
func (m *MAVLink) Run(ctx context.Context) {
	var hearing sync.WaitGroup
	packets, listeners := m.packets, m.listeners
	for _, s := range m.cfg.Sources {
		drones := map[byte]*mavDrone{}
		for system, d := range s.Drones {
			drone := &mavDrone{MAVLinkDrone: d, vehicle: newMavVehicle()}
			drones[system] = drone
			m.drones = append(m.drones, drone)
		}
		if s.Network == "tcp" {
			l := listeners[0]
			listeners = listeners[1:]
			hearing.Go(func() { m.accept(ctx, l, drones) })
		} else {
			p := packets[0]
			packets = packets[1:]
			hearing.Go(func() { m.hearPackets(p, drones) })
		}
	}
	stop := context.AfterFunc(ctx, m.Close)
	defer stop()
	tick := time.NewTicker(mavPace)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			m.submit(ctx)
		case <-ctx.Done():
		}
	}
	hearing.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	m.submit(last)
}

// hearPackets reads datagrams, each of whole frames.
func (m *MAVLink) hearPackets(p net.PacketConn, drones map[byte]*mavDrone) {
	buf := make([]byte, 64<<10)
	for {
		n, from, err := p.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // of one datagram
		}
		if rest := m.hear(buf[:n], from.String(), drones); rest > 0 {
			m.count(mavBroken)
		}
	}
}

// accept serves the connections of a TCP port until it is closed, and waits for them.
func (m *MAVLink) accept(ctx context.Context, l net.Listener, drones map[byte]*mavDrone) {
	var conns sync.WaitGroup
	defer conns.Wait()
	free := make(chan struct{}, mavConns)
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, say
			select {
			case <-ctx.Done():
			case <-time.After(mavPace):
			}
			continue
		}
		select {
		case free <- struct{}{}:
		default:
			_ = conn.Close() // too many
			continue
		}
		conns.Go(func() {
			defer func() { <-free }()
			m.hearStream(ctx, conn, drones)
		})
	}
}

// hearStream reads a connection until its end, or until nothing comes for long.
func (m *MAVLink) hearStream(ctx context.Context, conn net.Conn, drones map[byte]*mavDrone) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buf, have := make([]byte, 16*mavlinkMax), 0
	for ctx.Err() == nil {
		_ = conn.SetReadDeadline(m.cfg.Now().Add(2 * mavSilent)) // it is open
		n, err := conn.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		rest := m.hear(buf[:have], conn.RemoteAddr().String(), drones)
		have = copy(buf, buf[have-rest:have])
	}
}

// hear takes the frames in b, and returns how many bytes of one that is not all there
// yet are left at its end.
func (m *MAVLink) hear(b []byte, sender string, drones map[byte]*mavDrone) (rest int) {
	for len(b) > 0 {
		frame, n, err := readMavFrame(b)
		switch {
		case errors.Is(err, errMavShort):
			return len(b)
		case errors.Is(err, errMavUnknown):
			m.count(mavNotRead)
		case err != nil:
			m.count(mavBroken)
		default:
			m.takeFrame(&frame, sender, drones)
		}
		b = b[n:]
	}
	return 0
}

func (m *MAVLink) takeFrame(f *mavFrame, sender string, drones map[byte]*mavDrone) {
	d := drones[f.system]
	if d == nil {
		m.count(mavStranger)
		return
	}
	now := m.cfg.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sender != sender && now.Sub(d.heardAt) < mavSilent {
		m.count(mavSpoofed)
		return
	}
	if d.sender != sender {
		d.sender, d.vehicle = sender, newMavVehicle()
	}
	d.heardAt = now
	m.count(mavTaken)
	p, ok := d.vehicle.take(f, now)
	if !ok || p.Track && p.Fix.TMs-d.lastMs < mavFixPaceMs && p.Fix.TMs >= d.lastMs {
		return
	}
	if p.Track {
		d.lastMs = p.Fix.TMs
	}
	d.waiting = append(d.waiting, p)
	m.bound(d)
}

// bound drops the oldest of what waits of a drone where it is too much.
func (m *MAVLink) bound(d *mavDrone) {
	if over := len(d.waiting) - mavWaiting; over > 0 {
		d.waiting = d.waiting[over:]
		m.counts[mavDropped].Add(uint64(over))
	}
}

// submit hands on what waits of every drone. What storage did not take waits on.
func (m *MAVLink) submit(ctx context.Context) {
	var sending errgroup.Group
	sending.SetLimit(mavSubmitters)
	for _, d := range m.drones {
		d.mu.Lock()
		waiting := d.waiting
		d.waiting = nil
		d.mu.Unlock()
		if len(waiting) == 0 {
			continue
		}
		sending.Go(func() error {
			err := m.submitOf(ctx, d, waiting)
			if errors.Is(err, patrol.ErrBusy) || errors.Is(err, patrol.ErrUnavailable) || errors.Is(err, context.Canceled) {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.waiting = append(waiting, d.waiting...)
				m.bound(d)
				return nil
			}
			if err != nil {
				m.counts[mavRejected].Add(uint64(len(waiting)))
				m.cfg.Log.Warn("a drone's positions and images were not taken", "tracker", d.Tracker, "error", err)
			}
			return nil
		})
	}
	_ = sending.Wait() // none of them fails
}

func (m *MAVLink) submitOf(ctx context.Context, d *mavDrone, moments []Photo) error {
	if now := m.cfg.Now(); !now.Before(d.until) {
		feature, err := m.cfg.Trackers.Feature(ctx, patrol.Trackers, d.Tracker)
		if err != nil {
			return err
		}
		if d.tracker, err = patrol.ParseTracker(feature); err != nil {
			return err
		}
		d.until = now.Add(tokenKept)
	}
	var fixes []patrol.Fix
	var images []patrol.Image
	for _, p := range moments {
		fixes = append(fixes, p.Fix)
		if p.Track {
			continue
		}
		if image, ok := p.image(d.Camera); ok {
			images = append(images, image)
		} else {
			m.count(mavRejected)
		}
	}
	receipt, err := m.cfg.Intake.Submit(ctx, d.tracker, fixes)
	if err != nil {
		return err
	}
	m.counts[mavRejected].Add(uint64(len(receipt.Rejected)))
	if len(images) == 0 {
		return nil
	}
	receipt, err = m.cfg.Images.SubmitImages(ctx, d.tracker, images)
	m.counts[mavRejected].Add(uint64(len(receipt.Rejected)))
	return err
}

// image is the photo as an image, taken by a camera where the photo does not say; false
// when its height, the direction of its top or what it takes in is not known.
func (p Photo) image(camera geo.Camera) (patrol.Image, bool) {
	im := patrol.Image{
		TMs: p.Fix.TMs, At: orb.Point{p.Fix.Lon, p.Fix.Lat}, HeightM: p.GroundM, HeightKind: patrol.AboveGround,
		Look: p.Look, Camera: p.Camera,
	}
	if math.IsNaN(im.HeightM) {
		im.HeightM, im.HeightKind = p.TakeoffM, patrol.AboveTakeoff
	}
	if im.Camera == (geo.Camera{}) {
		im.Camera = camera
	}
	return im, !math.IsNaN(im.HeightM+im.Look.Yaw) && im.Camera != (geo.Camera{})
}
