package ingest

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"xunfang/patrol"
)

// checkReadable fails when a fix that was read could not be sent on as JSON.
func checkReadable(t *testing.T, f patrol.Fix) {
	t.Helper()
	for _, v := range []float64{f.Lon, f.Lat, float64(f.AccuracyM), float64(f.AltitudeM),
		float64(f.SpeedMPS), float64(f.HeadingDeg), float64(f.Battery)} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("read %+v", f)
		}
	}
	if math.Abs(f.Lon) > 180 || math.Abs(f.Lat) > 90 {
		t.Fatalf("read %+v", f)
	}
}

func fuzzReader(f *testing.F, read fileReader, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = read(strings.NewReader(text), func(fix patrol.Fix) error {
			checkReadable(t, fix)
			return nil
		})
	})
}

func FuzzReadGPX(f *testing.F) {
	fuzzReader(f, ReadGPX,
		`<gpx><trk><trkseg><trkpt lat="1" lon="2"><time>2026-11-22T08:00:00Z</time><ele>1</ele></trkpt></trkseg></trk></gpx>`,
		`<?xml version="1.0" encoding="latin1"?><gpx><trk><trkseg><trkpt lat="1e400" lon="NaN"/></trkseg></trk></gpx>`,
		`<!DOCTYPE a [<!ENTITY b "b">]><gpx>&b;</gpx>`)
}

func FuzzReadPLT(f *testing.F) {
	fuzzReader(f, ReadPLT,
		"Geolife trajectory\n\n\n\n\n\n40.0,116.3,0,492,39746.1,2008-10-25,04:39:04\n",
		"Geolife trajectory\n\n\n\n\n\nInf,-0,0,-777,,2008-10-25,24:39:04\n,,,,,,,\n")
}

func FuzzReadCSV(f *testing.F) {
	fuzzReader(f, ReadCSV,
		"time,lat,lon,speed,battery\n2026-11-22T08:00:00Z,1,2,3,80\n",
		"t;lon;lat;accuracy\n1795334400,5;1,5;2,5;-1\n\"\n",
		"timestamp_ms\tlng\tlatitude\n1795334400250\t0x1p-2\t-0\n")
}

// FuzzParseFixes feeds request bodies: whatever can be read is accounted for, index by
// index.
func FuzzParseFixes(f *testing.F) {
	f.Add([]byte(`{"fixes":[{"t":"2026-11-22T08:00:00.000Z","lon":113.62,"lat":34.75,"accuracy_m":5,"battery":null}]}`))
	f.Add([]byte(`{"fixes":[{"t":"2026-11-22T08:00:00+99:00","lon":1e400,"lat":"x"},[],{"lon":0},null]}`))
	f.Add([]byte(`{"fixes":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := parseFixes(body)
		if err != nil {
			return
		}
		var sent struct{ Fixes []json.RawMessage }
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Fatalf("took what is no JSON: %v", err)
		}
		if len(b.fixes)+len(b.rejected) != len(sent.Fixes) || len(b.fixes) != len(b.index) {
			t.Fatalf("of %d fixes, read %d and rejected %d", len(sent.Fixes), len(b.fixes), len(b.rejected))
		}
	})
}
