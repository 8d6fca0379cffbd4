package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

// Random walks over a building, a narrow passage, a yard, a block with a court and a quarter, from the
// equator to 70° on both sides of it: share and outlines are those of PostGIS.
func TestLatitudesAgainstPostGIS(t *testing.T) {
	for _, lat := range []float64{-70, -33.9, 0, 22.5, 52, 70} {
		t.Run(fmt.Sprintf("%g°", lat), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(lat+90), 7))
			// 180 km east of its meridian UTM is true to scale.
			lon := 3 + 180/(111.32*math.Cos(lat*math.Pi/180))
			utm := 32631
			if lat < 0 {
				utm = 32731
			}
			p := geo.NewPlane(orb.Point{lon, lat}, r.Float64())
			ring := func(metres ...float64) (out orb.Ring) {
				for i := 0; i < len(metres); i += 2 {
					out = append(out, p.LonLat(metres[i], metres[i+1]))
				}
				return append(out, out[0])
			}
			areas := map[string]orb.Geometry{
				"building": orb.MultiPolygon{{ring(0, 0, 15, 0, 15, 10, 0, 10)}},
				"passage":  orb.MultiPolygon{{ring(-200, -1, 200, 3, 200, 7, -200, 5)}},
				"yard":     orb.MultiPolygon{{ring(-40, -40, 45, -35, 30, 50, -45, 30)}},
				"block with a court": orb.MultiPolygon{{
					ring(-150, -100, 150, -100, 150, 100, 20, 100, 20, 80, -20, 80, -20, 100, -150, 100),
					ring(-60, -50, -60, 40, 70, 40, 70, -50),
				}},
				"quarter in two parts": orb.MultiPolygon{
					{ring(-600, -500, 300, -600, 250, 500, -550, 450)},
					{ring(320, -100, 700, -200, 650, 400)},
				},
			}
			start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
			tracks := map[int][]patrol.Fix{}
			for walker := range 5 {
				tracks[walker] = walkAbout(r, p, start)
			}
			holdAgainstPostGIS(t, areas, tracks, utm, 30*time.Minute, []time.Time{start.Add(25 * time.Minute), start.Add(50 * time.Minute)})
		})
	}
}

// Random walks on both sides of 180°, where UTM's last zone is true to scale.
func TestBeside180AgainstPostGIS(t *testing.T) {
	for _, side := range []struct {
		lat float64
		utm int
	}{{57.4, 32660}, {-57.4, 32760}} {
		t.Run(fmt.Sprintf("%g°", side.lat), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(side.lat+90), 8))
			p := geo.NewPlane(orb.Point{180, side.lat}, 0)
			deg := func(metres float64) float64 { return math.Abs(math.Remainder(p.LonLat(metres, 0)[0]-180, 360)) }
			top := func(metres float64) float64 { return p.LonLat(0, metres)[1] }
			west := orb.Polygon{{{180 - deg(300), top(-200)}, {180, top(-250)}, {180, top(220)}, {180 - deg(350), top(200)}, {180 - deg(300), top(-200)}}}
			east := orb.Polygon{{{-180, top(-250)}, {-180 + deg(200), top(-150)}, {-180 + deg(260), top(180)}, {-180, top(220)}, {-180, top(-250)}}}
			areas := map[string]orb.Geometry{
				"across 180°": orb.MultiPolygon{west, east}, "west of it": orb.MultiPolygon{west}, "east of it": orb.MultiPolygon{east},
			}
			start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
			tracks := map[int][]patrol.Fix{}
			for walker := range 3 {
				tracks[walker] = walkAbout(r, p, start)
			}
			holdAgainstPostGIS(t, areas, tracks, side.utm, 30*time.Minute, []time.Time{start.Add(50 * time.Minute)})
		})
	}
}

// walkAbout returns an hour of someone who wanders around the middle of a plane, falls
// silent and sometimes jumps.
func walkAbout(r *rand.Rand, p geo.Plane, start time.Time) (fixes []patrol.Fix) {
	x, y, heading := 200*(r.Float64()-0.5), 200*(r.Float64()-0.5), 2*math.Pi*r.Float64()
	for ms := int64(0); ms < 3_600_000; {
		elapsed := 3_000 + r.Int64N(6_000)
		if r.IntN(25) == 0 {
			elapsed = 40_000 + r.Int64N(60_000)
		}
		ms += elapsed
		heading += r.NormFloat64() / 2
		if math.Hypot(x, y) > 500 {
			heading = math.Atan2(-y, -x)
		}
		sin, cos := math.Sincos(heading)
		x, y = x+1.4*cos*float64(elapsed)/1000, y+1.4*sin*float64(elapsed)/1000
		at := p.LonLat(x, y)
		if r.IntN(60) == 0 {
			at = p.LonLat(x+300, y+300)
		}
		fixes = append(fixes, bareFix(start.UnixMilli()+ms, at[0], at[1]))
	}
	return fixes
}
