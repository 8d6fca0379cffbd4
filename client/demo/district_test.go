package demo

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"xunfang/patrol"
)

var began = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func TestDistrictFollowsFromItsSeed(t *testing.T) {
	a, b := NewDistrict(7, began), NewDistrict(7, began)
	if diff := cmp.Diff(a.Places, b.Places); diff != "" {
		t.Error(diff)
	}
	for i := range a.Movers {
		if diff := cmp.Diff(a.Movers[i].Fixes(began, -600, 600, 1), b.Movers[i].Fixes(began, -600, 600, 1)); diff != "" {
			t.Error(diff)
		}
	}
}

// The rules that anybody's features must pass take every place, and each names only
// areas that come before it.
func TestPlacesPassTheRules(t *testing.T) {
	ids := map[string]uuid.UUID{}
	count := map[string]int{}
	for _, place := range NewDistrict(1, began).Places {
		if !place.ready(ids) {
			t.Errorf("%s %s names an area that is not before it", place.Collection, place.Name)
			continue
		}
		raw, err := json.Marshal(place.properties(ids))
		if err != nil {
			t.Fatal(err)
		}
		feature, err := patrol.NewFeature(place.Collection, place.Geometry, raw, began)
		if err != nil {
			t.Errorf("%s %s: %v", place.Collection, place.Name, err)
			continue
		}
		if place.Collection == patrol.Checkpoints {
			ids[place.Name] = feature.ID
		}
		if place.Collection == patrol.Areas {
			if _, taken := ids[place.Name]; taken {
				t.Errorf("two areas are called %s", place.Name)
			}
			ids[place.Name] = feature.ID
			count[place.Properties["kind"].(string)]++
		}
	}
	for kind, least := range map[string]int{"subdistrict": 1, "community": 4, "compound": 14, "building": 250} {
		if count[kind] < least {
			t.Errorf("%d areas of kind %s, want at least %d", count[kind], kind, least)
		}
	}
}

func TestPeopleAndVehiclesKeepToTheStreets(t *testing.T) {
	district := NewDistrict(1, began)
	var streets []orb.LineString
	for _, place := range district.Places {
		switch line := place.Geometry.(type) {
		case orb.LineString:
			streets = append(streets, line)
		case orb.MultiLineString:
			streets = append(streets, line...)
		}
	}
	for _, mover := range district.Movers {
		if mover.Kind == patrol.Drone {
			continue
		}
		for s := 0.0; s < mover.round.length(); s += 7 {
			at := mover.grid.lonLat(mover.round.pose(s).at)
			if away := distanceM(at, streets); away > 1 {
				t.Fatalf("%s is %.1f m from any street, %.0f s into the round", mover.Name, away, s)
			}
		}
	}
}

// distanceM returns the distance to the nearest of the lines; so near, a plane will do.
func distanceM(p orb.Point, lines []orb.LineString) float64 {
	least := math.Inf(1)
	scale := math.Cos(p[1] * math.Pi / 180)
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			ax, ay := (line[i-1][0]-p[0])*scale, line[i-1][1]-p[1]
			dx, dy := (line[i][0]-line[i-1][0])*scale, line[i][1]-line[i-1][1]
			share := min(max(-(ax*dx+ay*dy)/(dx*dx+dy*dy), 0), 1)
			near := orb.Point{p[0] + (ax+share*dx)/scale, p[1] + ay + share*dy}
			least = min(least, geo.Distance(p, near))
		}
	}
	return least
}

func TestFixesAreWhatADeviceWouldSend(t *testing.T) {
	limit := map[patrol.Kind]float64{patrol.Person: 2, patrol.Vehicle: 12, patrol.Drone: 12}
	for _, mover := range NewDistrict(1, began).Movers {
		fixes := mover.Fixes(began, -historyS, 0, 1)
		within, last := 0, int64(math.MinInt64)
		for _, fix := range fixes {
			if fix.TMs <= last {
				t.Fatalf("%s: fixes are not in order", mover.Name)
			}
			last = fix.TMs
			if fix.HeadingDeg < 0 || fix.HeadingDeg >= 360 || fix.Battery <= 0 || fix.Battery > 1 {
				t.Fatalf("%s: no device says %+v", mover.Name, fix)
			}
			if float64(fix.SpeedMPS) > limit[mover.Kind] {
				t.Fatalf("%s moves at %.1f m/s", mover.Name, fix.SpeedMPS)
			}
			s := float64(fix.TMs-began.UnixMilli()) / 1000
			truth := mover.grid.lonLat(mover.round.pose(s + mover.phase).at)
			if geo.Distance(truth, orb.Point{fix.Lon, fix.Lat}) <= float64(fix.AccuracyM) {
				within++
			}
		}
		if share := float64(within) / float64(len(fixes)); share < 0.68 {
			t.Errorf("%s: %.0f %% of the fixes are as accurate as they say", mover.Name, 100*share)
		}
	}
}

// What is asked for in pieces is what is asked for at once.
func TestFixesDoNotDependOnWhenTheyAreAskedFor(t *testing.T) {
	for _, mover := range NewDistrict(1, began).Movers {
		whole := mover.Fixes(began, -400, 500, 1)
		var pieces []patrol.Fix
		for from := int64(-400); from < 500; from += 50 {
			pieces = append(pieces, mover.Fixes(began, from, from+50, 1)...)
		}
		if diff := cmp.Diff(whole, pieces); diff != "" {
			t.Fatalf("%s: %s", mover.Name, diff)
		}
	}
}

func TestDevicesFailInTheirOwnWays(t *testing.T) {
	tests := []struct {
		name  string
		ill   illness
		check func(fixes []patrol.Fix) bool
	}{
		{"silent: nothing comes", silent, func(f []patrol.Fix) bool { return len(f) == 0 }},
		{"poor: accuracy is past what a watch takes", poor, func(f []patrol.Fix) bool { return len(f) > 100 && f[0].AccuracyM > 20 }},
		{"sparse: further apart than a watch joins", sparse, func(f []patrol.Fix) bool { return len(f) <= 8 && f[1].TMs-f[0].TMs > 60_000 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mover := NewDistrict(1, began).Movers[0]
			mover.spell = &spell{ill: tt.ill, from: -100, lasts: 600, period: 1200}
			if fixes := mover.Fixes(began, -100, 499, 1); !tt.check(fixes) {
				t.Errorf("%d fixes: %+v", len(fixes), fixes[:min(2, len(fixes))])
			}
			if fixes := mover.Fixes(began, 500, 1099, 1); len(fixes) < 190 || fixes[0].AccuracyM > 6 {
				t.Error("the device does not recover")
			}
		})
	}
}
