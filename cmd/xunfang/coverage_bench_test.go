package main

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// BenchmarkCoverageAsOf answers for a square kilometre as of T from 100,000 stored
// fixes of 50 walkers, read and painted anew each time.
func BenchmarkCoverageAsOf(b *testing.B) {
	ctx := context.Background()
	s := storetest.Open(b)
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0.2)
	area, err := geo.ParseArea(orb.Polygon{{plane.LonLat(0, 0), plane.LonLat(1000, 0), plane.LonLat(1000, 1000), plane.LonLat(0, 1000), plane.LonLat(0, 0)}})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now().Add(-2 * time.Hour).Truncate(time.Second)
	r := rand.New(rand.NewPCG(1, 2))
	flusher := store.NewFlusher(s)
	for range 50 {
		tracker, err := patrol.NewFeature("trackers", nil, []byte(`{"name":"walker","kind":"person"}`), start)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.CreateTracker(ctx, tracker, []byte(tracker.ID.String())); err != nil {
			b.Fatal(err)
		}
		x, y := r.Float64()*1000, r.Float64()*1000
		var fixes []patrol.Fix
		for i := range 2000 {
			at := plane.LonLat(x, y)
			f := bareFix(start.UnixMilli()+int64(i)*3000, at[0], at[1])
			f.Tracker, f.AccuracyM, f.ReceivedMs = tracker.ID, 4, start.UnixMilli()
			fixes = append(fixes, f)
			x, y = step(x, 8*r.Float64()-4), step(y, 8*r.Float64()-4)
		}
		if _, err := flusher.Flush(ctx, fixes); err != nil {
			b.Fatal(err)
		}
	}
	watch := patrol.Watch{
		ID: uuid.New(), Version: 1, Kind: patrol.Ground, Area: area, Sources: []patrol.Kind{patrol.Person},
		RevisitS: 1800, SweepM: patrol.PerKind{Person: 30}, JoinS: patrol.PerKind{Person: 60},
		JoinM: patrol.PerKind{Person: 100}, MaxAccuracyM: patrol.PerKind{Person: 20}, MinGapM2: 900,
	}
	layout := patrol.Lay(watch, time.UTC)
	b.ResetTimer()
	for b.Loop() {
		c, err := patrol.CoverageAsOf(ctx, s, layout, start.UnixMilli()+6_000_000)
		if err != nil || c.Share == 0 {
			b.Fatal(c.Share, err)
		}
	}
}

// step moves within the kilometre, turning back at its edges.
func step(v, by float64) float64 {
	if v+by < 0 || v+by > 1000 {
		return v - by
	}
	return v + by
}
