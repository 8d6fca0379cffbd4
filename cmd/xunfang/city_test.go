package main

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// city is places of 250×250 m, a kilometre apart, each watched some times over and walked
// by some trackers.
type city struct {
	places   []geo.Plane // around the south-west corner of each
	watches  []uuid.UUID
	trackers []uuid.UUID // in turn, one for each place
}

const placeM = 250.0

// newCity stores the places' areas, watches and trackers.
func newCity(b *testing.B, url string, s *store.Store, places, watchesEach, trackersEach int) *city {
	b.Helper()
	c := &city{}
	create := func(collection string, g orb.Geometry, props map[string]any) uuid.UUID {
		text, err := json.Marshal(props)
		if err != nil {
			b.Fatal(err)
		}
		f, err := patrol.NewFeature(collection, g, text, time.Now().Add(-48*time.Hour))
		if err == nil {
			_, err = s.CreateFeature(b.Context(), f)
		}
		if err != nil {
			b.Fatal(err)
		}
		return f.ID
	}
	for i := range places {
		p := geo.NewPlane(orb.Point{113 + float64(i%20)*0.011, 34 + float64(i/20)*0.009}, 0.2)
		c.places = append(c.places, p)
		area := create("areas", orb.Polygon{{p.LonLat(0, 0), p.LonLat(placeM, 0), p.LonLat(placeM, placeM), p.LonLat(0, placeM), p.LonLat(0, 0)}},
			map[string]any{"name": "place", "kind": "grid"})
		for range watchesEach {
			c.watches = append(c.watches, create("watches", nil, map[string]any{
				"name": "watch", "kind": "ground", "subject": "areas/" + area.String(), "revisit_s": 900 + len(c.watches)%4*60, "sources": []string{"person"},
			}))
		}
	}
	for range places * trackersEach {
		c.trackers = append(c.trackers, uuid.Must(uuid.NewV7()))
	}
	storetest.Exec(b, url, `
		INSERT INTO features (collection, id, version, props, created_at, applies_from)
		SELECT 'trackers', id, 1, '{"name":"walker","kind":"person"}', now(), '0001-01-01 00:00:00Z'
		  FROM unnest($1::uuid[]) id`, c.trackers)
	return c
}

// at returns where a tracker is a time after the city's beginning: it goes round its place
// on a curve that does not close.
func (c *city) at(tracker int, seconds float64) orb.Point {
	x, y := cityCurve(tracker, seconds)
	return c.places[tracker%len(c.places)].LonLat(x, y)
}

func cityCurve(tracker int, seconds float64) (x, y float64) {
	phase, pace := float64(tracker), 0.008+0.00001*float64(tracker%97)
	return placeM/2 + 0.48*placeM*math.Sin(pace*seconds+phase), placeM/2 + 0.48*placeM*math.Sin(1.3*pace*seconds+2*phase)
}

// fix is a tracker's at a time.
func (c *city) fix(tracker int, at time.Time) patrol.Fix {
	p := c.at(tracker, float64(at.UnixMilli()%100_000_000)/1000)
	f := bareFix(at.UnixMilli(), p[0], p[1])
	f.Tracker, f.AccuracyM, f.ReceivedMs = c.trackers[tracker], 4, time.Now().UnixMilli()
	return f
}

// fixes are a tracker's between two times, at least one.
func (c *city) fixes(tracker int, from, to time.Time, every time.Duration) (out []patrol.Fix) {
	for at := from; len(out) == 0 || at.Before(to); at = at.Add(every) {
		out = append(out, c.fix(tracker, at))
	}
	return out
}
