package patrol

import (
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Lines flown to and fro, photos 20 m apart, the lines 60 m, each photo 140.8 m wide and
// 105.8 m long:
//
//	· · · · · →
//	          ↓ 60 m
//	← · · · · ·
func TestOverlaps(t *testing.T) {
	camera, _ := geo.CameraOf("M3E")
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0)
	fly := func(lines int) (images []Footprint) {
		for line := range lines {
			for i := range 12 {
				x := 20 * float64(i)
				yaw := math.Pi / 2
				if line%2 == 1 {
					x, yaw = 220-x, -yaw
				}
				f, err := Image{
					TMs: noon.UnixMilli() + int64(line*14+i)*3000, At: plane.LonLat(x, -60*float64(line)),
					HeightM: 100, HeightKind: AboveGround, Look: geo.Attitude{Yaw: yaw, Pitch: -math.Pi / 2}, Camera: camera,
				}.footprint(span{toMs: noon.UnixMilli() + 1e7})
				if err != nil {
					t.Fatal(err)
				}
				f.Tracker = uuid.UUID{1}
				images = append(images, f)
			}
		}
		return images
	}
	front, side := overlaps(fly(4))
	if front == nil || side == nil || math.Abs(*front-(1-20/105.8)) > 0.002 || math.Abs(*side-(1-60/140.8)) > 0.002 {
		t.Errorf("overlaps %v and %v", front, side)
	}
	if front, side = overlaps(fly(1)); front == nil || side != nil {
		t.Errorf("overlaps %v and %v of one line", front, side)
	}
	if front, side = overlaps(fly(1)[:2]); front != nil || side != nil {
		t.Errorf("overlaps %v and %v of two images", front, side)
	}
}
