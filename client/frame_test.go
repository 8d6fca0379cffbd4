package client

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xunfang/patrol"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecodeGoldenPositions(t *testing.T) {
	var want []struct {
		T          int64    `json:"t"`
		Ref        uint32   `json:"ref"`
		Lon        float64  `json:"lon"`
		Lat        float64  `json:"lat"`
		HeadingDeg *float32 `json:"heading_deg"`
		SpeedMPS   *float32 `json:"speed_mps"`
		AccuracyM  *float32 `json:"accuracy_m"`
		Battery    *float32 `json:"battery"`
	}
	if err := json.Unmarshal(golden(t, "positions.json"), &want); err != nil {
		t.Fatal(err)
	}
	got, err := decodePositions(golden(t, "positions.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d positions, want %d", len(got), len(want))
	}
	or := func(v *float32, unknown float32) float32 {
		if v == nil {
			return unknown
		}
		return *v
	}
	for i, w := range want {
		fix := patrol.Fix{
			TMs: w.T, Lon: w.Lon, Lat: w.Lat, AltitudeM: patrol.Unknown, AccuracyM: or(w.AccuracyM, 0),
			HeadingDeg: or(w.HeadingDeg, patrol.Unknown), SpeedMPS: or(w.SpeedMPS, patrol.Unknown), Battery: or(w.Battery, patrol.Unknown),
		}
		if diff := cmp.Diff(fix, got[i].fix); diff != "" || got[i].ref != w.Ref {
			t.Errorf("position %d of ref %d (-want +got):\n%s", i, got[i].ref, diff)
		}
	}
}

func FuzzDecodePositions(f *testing.F) {
	whole := golden(f, "positions.bin")
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{1, 1, 0, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, frame []byte) {
		positions, err := decodePositions(frame)
		if err == nil && len(frame) != frameHead+frameEntry*len(positions) {
			t.Errorf("%d positions from %d bytes", len(positions), len(frame))
		}
	})
}
