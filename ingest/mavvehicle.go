package ingest

import (
	"math"
	"time"

	"xunfang/geo"
	"xunfang/patrol"
)

// mavVehicle is what one MAVLink system has said so far, as far as a moment of its
// flight needs it.
type mavVehicle struct {
	utcAheadMs int64 // UTC less time since start-up
	timed      bool  // utcAheadMs is known
	onGround   bool
	airframe   geo.Attitude // NaN = not known
	gimbal     geo.Attitude
	gimbalAtMs int64 // when it was told, as all times here by the listener's clock
	groundM    float64
	groundAtMs int64
	accuracyM  float32
	battery    float32
	camera     geo.Camera
	positionMs int64 // when GLOBAL_POSITION_INT came last
	fix        patrol.Fix
}

// mavKeptMs is how long what was told apart stands for a moment.
const mavKeptMs = 2000

func newMavVehicle() *mavVehicle {
	unknown := geo.Attitude{Yaw: math.NaN(), Pitch: math.NaN(), Roll: math.NaN()}
	return &mavVehicle{airframe: unknown, gimbal: unknown, battery: patrol.Unknown}
}

// MAV_LANDED_STATE_ON_GROUND, and GIMBAL_DEVICE_FLAGS.
const (
	mavLanded           = 1
	mavYawLock          = 16 // yaw from north, where neither of the next is given
	mavYawVehicle       = 32
	mavYawEarth         = 64
	mavHeadingUnknown   = math.MaxUint16
	mavAccuracyAt       = 34 // of GPS_RAW_INT, an extension
	mavMountAbsoluteYaw = 16 // of MOUNT_ORIENTATION, an extension
)

// take takes a message that came at a time of the listener's clock, and returns the
// moment of the flight that it tells of, if any.
func (v *mavVehicle) take(f *mavFrame, now time.Time) (p Photo, ok bool) {
	nowMs := now.UnixMilli()
	switch f.message {
	case mavSystemTime:
		if us := f.u64(0); us > 1e15 && us < 1e16 { // since 2001; 0 = not known
			v.utcAheadMs, v.timed = int64(us/1000)-int64(f.u32(8)), true
		}
	case mavSysStatus:
		v.battery = batteryOf(int8(f.payload[30]))
	case mavBatteryStatus:
		v.battery = batteryOf(int8(f.payload[35]))
	case mavExtendedSysState:
		v.onGround = f.payload[1] == mavLanded
	case mavAttitude:
		v.airframe = geo.Attitude{Roll: f.f32(4), Pitch: f.f32(8), Yaw: f.f32(12)}
	case mavGimbalAttitude:
		look := attitudeOf(f.quaternion(4))
		if flags := f.u16(36); flags&mavYawEarth == 0 && (flags&mavYawVehicle != 0 || flags&mavYawLock == 0) {
			look.Yaw += v.airframe.Yaw
		}
		v.gimbal, v.gimbalAtMs = look, nowMs
	case mavMountOrientation:
		yaw := f.f32(mavMountAbsoluteYaw) // 0 where the sender does not know the extension
		if yaw == 0 || math.IsNaN(yaw) {
			yaw = f.f32(12) + v.airframe.Yaw*180/math.Pi
		}
		v.gimbal = geo.Attitude{Roll: radians(f.f32(4)), Pitch: radians(f.f32(8)), Yaw: radians(yaw)}
		v.gimbalAtMs = nowMs
	case mavTerrainReport:
		if m := f.f32(12); m > 0 && f.u16(20) > 0 { // from loaded terrain
			v.groundM, v.groundAtMs = m, nowMs
		}
	case mavGPSRaw:
		if mm := f.u32(mavAccuracyAt); mm > 0 && mm < 1e7 {
			v.accuracyM = float32(mm) / 1000
		}
	case mavCameraFOVStatus:
		v.camera = saneCamera(geo.Camera{HFov: radians(f.f32(44)), VFov: radians(f.f32(48))})
	case mavGlobalPosition:
		return v.position(f, nowMs)
	case mavODIDLocation:
		return v.remoteID(f, now)
	case mavCameraFeedback:
		return v.feedback(f, nowMs)
	case mavCameraImageCaptured:
		return v.captured(f, nowMs)
	}
	return p, false
}

func batteryOf(percent int8) float32 {
	if percent < 0 || percent > 100 {
		return patrol.Unknown
	}
	return float32(percent) / 100
}

// timeMs is the UTC of a time since start-up, or now where the vehicle never told.
func (v *mavVehicle) timeMs(bootMs uint32, nowMs int64) int64 {
	if !v.timed {
		return nowMs
	}
	return v.utcAheadMs + int64(bootMs)
}

// position takes GLOBAL_POSITION_INT.
func (v *mavVehicle) position(f *mavFrame, nowMs int64) (p Photo, ok bool) {
	lon, lat, ok := f.place(8, 4)
	if !ok {
		return p, false
	}
	v.positionMs = nowMs
	fix := v.newFix(v.timeMs(f.u32(0), nowMs), lon, lat)
	fix.AltitudeM = float32(f.i32(12)) / 1000
	fix.SpeedMPS = float32(math.Hypot(float64(f.i16(20)), float64(f.i16(22))) / 100)
	if heading := f.u16(26); heading != mavHeadingUnknown {
		fix.HeadingDeg = float32(math.Mod(float64(heading)/100, 360))
	}
	return v.flown(fix, float64(f.i32(16))/1000, nowMs), true
}

// remoteID takes OPEN_DRONE_ID_LOCATION of a vehicle that sends no other position. Its
// time is seconds since the full hour.
func (v *mavVehicle) remoteID(f *mavFrame, now time.Time) (p Photo, ok bool) {
	lon, lat, ok := f.place(4, 0)
	if !ok || now.UnixMilli()-v.positionMs < mavKeptMs || f.payload[32] != 0 { // another aircraft's, overheard
		return p, false
	}
	t := now
	if s := f.f32(20); s >= 0 && s < 3600 {
		t = now.Truncate(time.Hour).Add(time.Duration(s * float64(time.Second)))
		if t.Sub(now) > 30*time.Minute {
			t = t.Add(-time.Hour)
		} else if now.Sub(t) > 30*time.Minute {
			t = t.Add(time.Hour)
		}
	}
	fix := v.newFix(t.UnixMilli(), lon, lat)
	if m := f.f32(12); m > -1000 { // -1000 = not known
		fix.AltitudeM = aboveSea(m)
	}
	if speed := f.u16(26); speed <= 25425 {
		fix.SpeedMPS = float32(speed) / 100
	}
	if course := f.u16(24); course <= 36000 {
		fix.HeadingDeg = float32(math.Mod(float64(course)/100, 360))
	}
	return v.flown(fix, math.NaN(), now.UnixMilli()), true
}

func (v *mavVehicle) newFix(tMs int64, lon, lat float64) patrol.Fix {
	fix := newFix(time.UnixMilli(tMs), lon, lat)
	fix.AccuracyM, fix.Battery = v.accuracyM, v.battery
	return fix
}

func (v *mavVehicle) flown(fix patrol.Fix, takeoffM float64, nowMs int64) Photo {
	v.fix = fix
	p := newFlown(fix)
	p.TakeoffM = takeoffM
	return p
}

// feedback takes ArduPilot's CAMERA_FEEDBACK.
func (v *mavVehicle) feedback(f *mavFrame, nowMs int64) (p Photo, ok bool) {
	lon, lat, ok := f.place(12, 8)
	if !ok || v.onGround {
		return p, false
	}
	tMs := nowMs
	switch us := f.u64(0); {
	case us > 1e15 && us < 1e16:
		tMs = int64(us / 1000)
	case v.timed && us > 0: // since start-up
		tMs = v.utcAheadMs + int64(us/1000)
	}
	p = v.photo(tMs, lon, lat, f.f32(16), f.f32(20), nowMs)
	own := geo.Attitude{Roll: radians(f.f32(24)), Pitch: radians(f.f32(28)), Yaw: radians(f.f32(32))}
	v.point(&p, own, nowMs)
	return p, true
}

// captured takes CAMERA_IMAGE_CAPTURED. What it calls above ground is above home: where
// the ground is, autopilots tell in TERRAIN_REPORT.
func (v *mavVehicle) captured(f *mavFrame, nowMs int64) (p Photo, ok bool) {
	lon, lat, ok := f.place(16, 12)
	if !ok || v.onGround || int8(f.payload[49]) == 0 { // it failed
		return p, false
	}
	tMs := v.timeMs(f.u32(8), nowMs)
	if us := f.u64(0); us > 1e15 && us < 1e16 {
		tMs = int64(us / 1000)
	}
	p = v.photo(tMs, lon, lat, float64(f.i32(20))/1000, float64(f.i32(24))/1000, nowMs)
	v.point(&p, attitudeOf(f.quaternion(28)), nowMs)
	return p, true
}

func (v *mavVehicle) photo(tMs int64, lon, lat, seaM, takeoffM float64, nowMs int64) Photo {
	p := newPhoto(v.newFix(tMs, lon, lat))
	p.Fix.AltitudeM = aboveSea(seaM)
	p.TakeoffM, p.Camera = takeoffM, v.camera
	if nowMs-v.groundAtMs <= mavKeptMs {
		p.GroundM = v.groundM
	}
	return p
}

// point sets which way a photo looks: as the gimbal told lately, else as came with the
// image where that can be a camera's, else straight down, turned as the drone.
func (v *mavVehicle) point(p *Photo, own geo.Attitude, nowMs int64) {
	if math.IsNaN(own.Yaw) {
		own.Yaw = v.airframe.Yaw
	}
	if math.IsNaN(own.Yaw) && v.fix.TMs != 0 && v.fix.HeadingDeg != patrol.Unknown {
		own.Yaw = radians(float64(v.fix.HeadingDeg))
	}
	switch {
	case nowMs-v.gimbalAtMs <= mavKeptMs && !math.IsNaN(v.gimbal.Pitch+v.gimbal.Roll):
		if p.Look = v.gimbal; math.IsNaN(p.Look.Yaw) {
			p.Look.Yaw = own.Yaw
		}
	case own.Pitch <= airframePitch:
		p.Look = own
	default:
		p.turned(math.NaN(), math.NaN(), math.NaN(), own.Yaw*180/math.Pi)
	}
}
