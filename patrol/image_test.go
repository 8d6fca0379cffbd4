package patrol

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// What an image must be to show anything, and what is said of one that is not.
func TestFootprintOfAnImage(t *testing.T) {
	camera, _ := geo.CameraOf("M3E")
	good := Image{
		TMs: noon.UnixMilli(), At: orb.Point{113.62, 34.75}, HeightM: 100, HeightKind: AboveGround,
		Look: geo.Attitude{Pitch: -math.Pi / 2}, Camera: camera,
	}
	for _, c := range []struct {
		name   string
		change func(*Image)
		says   string // "" = it is good
	}{
		{"good", func(*Image) {}, ""},
		{"above take-off", func(im *Image) { im.HeightKind = AboveTakeoff }, ""},
		{"above sea level", func(im *Image) { im.HeightKind = AboveSea }, "says nothing of the ground"},
		{"of no kind", func(im *Image) { im.HeightKind = "" }, "height_kind"},
		{"on the ground", func(im *Image) { im.HeightM = 0 }, "a drone on the ground shows nothing"},
		{"nowhere near", func(im *Image) { im.HeightM = math.NaN() }, "height_m"},
		{"in orbit", func(im *Image) { im.HeightM = 400_000 }, "height_m"},
		{"off the globe", func(im *Image) { im.At[0] = 325 }, "lon"},
		{"at the pole", func(im *Image) { im.At[1] = 89 }, "lat"},
		{"tumbling", func(im *Image) { im.Look.Roll = math.Inf(1) }, "one turn"},
		{"looking up", func(im *Image) { im.Look.Pitch = 1 }, "75° off"},
		{"a lens like no other", func(im *Image) { im.Camera.HFov = 4 }, "field of view"},
		{"ahead of its time", func(im *Image) { im.TMs += 3_600_000 }, "ahead"},
	} {
		im := good
		c.change(&im)
		f, err := im.footprint(timeLimits{}.of(Tracker{}, noon.Add(time.Second)))
		if c.says == "" && (err != nil || f.TMs != good.TMs || math.Abs(f.GSDCm-2.67) > 0.01 || len(f.Ring) != 5) {
			t.Errorf("%s: %+v (%v)", c.name, f, err)
		}
		if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}
