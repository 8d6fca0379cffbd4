package patrol

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// fixProperties are a fix's properties; what was not reported is null.
type fixProperties struct {
	Tracker    uuid.UUID `json:"tracker"`
	T          string    `json:"t"`
	ReceivedAt string    `json:"received_at"`
	AccuracyM  *float32  `json:"accuracy_m"`
	SpeedMPS   *float32  `json:"speed_mps"`
	HeadingDeg *float32  `json:"heading_deg"`
	AltitudeM  *float32  `json:"altitude_m"`
	Battery    *float32  `json:"battery"`
}

// FixFeature writes a fix as the GeoJSON feature of the fixes collection. Its id is
// its tracker and its time in Unix milliseconds.
func FixFeature(f Fix) (json.RawMessage, error) {
	props := fixProperties{
		Tracker:    f.Tracker,
		T:          FormatMs(f.TMs),
		ReceivedAt: FormatMs(f.ReceivedMs),
		SpeedMPS:   reported(f.SpeedMPS),
		HeadingDeg: reported(f.HeadingDeg),
		AltitudeM:  reported(f.AltitudeM),
		Battery:    reported(f.Battery),
	}
	if f.AccuracyM > 0 {
		props.AccuracyM = &f.AccuracyM
	}
	return json.Marshal(newGeoFeature(fmt.Sprintf("%v_%d", f.Tracker, f.TMs), orb.Point{f.Lon, f.Lat}, props))
}

func reported(v float32) *float32 {
	if v == Unknown {
		return nil
	}
	return &v
}

// TrackFeature writes the legs of a tracker's fixes between two times as the GeoJSON
// feature of the tracks collection. Its id is its tracker and the two times in Unix
// milliseconds.
func TrackFeature(t Tracker, fixes []Fix, fromMs, toMs int64) (json.RawMessage, error) {
	legs := DrawTrack(t.Kind, fixes)
	if legs == nil {
		legs = orb.MultiLineString{}
	}
	return json.Marshal(newGeoFeature(fmt.Sprintf("%v_%d_%d", t.ID, fromMs, toMs), legs, struct {
		Tracker uuid.UUID `json:"tracker"`
		From    string    `json:"from"`
		To      string    `json:"to"`
	}{t.ID, FormatMs(fromMs), FormatMs(toMs)}))
}

// FootprintFeature writes a footprint as the GeoJSON feature of the footprints
// collection. Its id is its tracker and its time in Unix milliseconds.
func FootprintFeature(f Footprint) (json.RawMessage, error) {
	props := struct {
		Tracker    uuid.UUID  `json:"tracker"`
		T          string     `json:"t"`
		ReceivedAt string     `json:"received_at"`
		HeightM    float64    `json:"height_m"`
		HeightKind HeightKind `json:"height_kind"`
		GSDCm      *float64   `json:"gsd_cm"`
	}{f.Tracker, FormatMs(f.TMs), FormatMs(f.ReceivedMs), f.HeightM, f.HeightKind, nil}
	if f.GSDCm > 0 {
		props.GSDCm = &f.GSDCm
	}
	return json.Marshal(newGeoFeature(fmt.Sprintf("%v_%d", f.Tracker, f.TMs), orb.Polygon{f.Ring}, props))
}
