package ingest

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

const goodImage = `{"t":"2026-11-22T08:00:00.25Z","lon":113.62,"lat":34.75,"height_m":110,"height_kind":"ground","yaw_deg":90,"pitch_deg":-90,"hfov_deg":60,"vfov_deg":45,"width_px":4000}`

func TestParseImages(t *testing.T) {
	images, index, rejected, err := parseImages([]byte(`{"images":[
		{"t":"2026-11-22T08:00:00Z"},
		` + goodImage + `,
		` + strings.Replace(goodImage, "2026", "noon", 1) + `,
		` + strings.Replace(goodImage, "hfov_deg", "fov", 1) + `,
		` + strings.Replace(goodImage, "4000", "-1", 1) + `,
		7]}`))
	if err != nil || len(images) != 1 || index[0] != 1 || len(rejected) != 5 {
		t.Fatalf("%v %v %v %v", images, index, rejected, err)
	}
	want := patrol.Image{
		TMs: 1_795_334_400_250, At: orb.Point{113.62, 34.75}, HeightM: 110, HeightKind: patrol.AboveGround,
		Look:   geo.Attitude{Yaw: math.Pi / 2, Pitch: -math.Pi / 2},
		Camera: geo.Camera{HFov: radians(60), VFov: radians(45), WidthPx: 4000},
	}
	if images[0] != want {
		t.Errorf("%+v\nwant %+v", images[0], want)
	}
	for _, body := range []string{``, `[]`, `{}`, `{"images":null}`, `{"images":{}}`, `{"images":[],"more":1}`,
		`{"images":[` + strings.Repeat("7,", maxImages) + `7]}`, `{"images":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`} {
		if _, _, _, err := parseImages([]byte(body)); err == nil {
			t.Errorf("%.60s was taken", body)
		}
	}
}

func FuzzParseImages(f *testing.F) {
	f.Add([]byte(`{"images":[` + goodImage + `]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		images, index, _, err := parseImages(body)
		if err == nil && len(images) != len(index) {
			t.Errorf("%d images, %d indices", len(images), len(index))
		}
	})
}
