package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

func square(west, south, size float64) orb.Polygon {
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{west + size, south + size}}.ToPolygon()
}

func feature(collection string, g orb.Geometry, props string) patrol.Feature {
	return patrol.Feature{
		Collection: collection,
		ID:         uuid.Must(uuid.NewV7()),
		Version:    1,
		Geometry:   g,
		Properties: json.RawMessage(props),
		Created:    time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
	}
}

func TestFeaturesComeBackAsTheyWere(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	f := feature("areas", square(113.6, 34.7, 0.01), `{"name": "一号院", "size": 12345678901234567890.5}`)
	seq, err := s.CreateFeature(ctx, f)
	if err != nil || seq != 1 {
		t.Fatalf("CreateFeature = %d, %v; want 1", seq, err)
	}
	got, err := s.Feature(ctx, "areas", f.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !orb.Equal(got.Geometry, f.Geometry) || !got.Created.Equal(f.Created) || got.Version != 1 {
		t.Errorf("Feature = %+v, want %+v", got, f)
	}
	if string(got.Properties) != string(f.Properties) {
		t.Errorf("properties = %s, want %s", got.Properties, f.Properties)
	}
	if _, err := s.CreateFeature(ctx, f); !errors.Is(err, patrol.ErrConflict) {
		t.Errorf("the same id again: %v, want a conflict", err)
	}
	if _, err := s.Feature(ctx, "zones", f.ID); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("in another collection: %v, want not found", err)
	}
}

func TestFeaturesBySelection(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	west := feature("areas", square(-180, 10, 1), `{"name":"west","n":1}`)
	east := feature("areas", square(179, 10, 1), `{"name":"east","n":2}`)
	middle := feature("areas", square(0, 10, 1), `{"name":"middle","n":2}`)
	street := feature("streets", orb.LineString{{0, 10}, {1, 11}}, `{"name":"middle"}`)
	nowhere := feature("trackers", nil, `{"name":"x"}`)
	for _, f := range []patrol.Feature{west, east, middle, street, nowhere} {
		if _, err := s.CreateFeature(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	box := func(w, s, e, n float64) *orb.Bound {
		return &orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}}
	}
	tests := []struct {
		name    string
		query   patrol.Query
		want    []patrol.Feature
		matched int
	}{
		{"all", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9}, []patrol.Feature{west, east, middle}, 3},
		{"first page", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 2}, []patrol.Feature{west, east}, 3},
		{"next page", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 2, After: east.ID}, []patrol.Feature{middle}, 3},
		{"box", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, BBox: box(-1, 9, 0.5, 12)}, []patrol.Feature{middle}, 1},
		{"box that only touches", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, BBox: box(1, 11, 2, 12)}, []patrol.Feature{middle}, 1},
		{"box across ±180", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, BBox: box(179.5, 9, -179.5, 12)}, []patrol.Feature{west, east}, 2},
		{"property", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, Equal: map[string]string{"n": "2"}}, []patrol.Feature{east, middle}, 2},
		{"two properties", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, Equal: map[string]string{"n": "2", "name": "east"}}, []patrol.Feature{east}, 1},
		{"property that none has", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, Equal: map[string]string{"no": "2"}}, nil, 0},
		{"quotes are text", patrol.Query{Scope: patrol.Everything, Collection: "areas", Limit: 9, Equal: map[string]string{"name": "' OR ''='"}}, nil, 0},
		{"without geometry", patrol.Query{Scope: patrol.Everything, Collection: "trackers", Limit: 9}, []patrol.Feature{nowhere}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, matched, err := s.Features(ctx, tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if matched != tt.matched || len(got) != len(tt.want) {
				t.Fatalf("got %d of %d, want %d of %d", len(got), matched, len(tt.want), tt.matched)
			}
			for i, f := range got {
				if f.ID != tt.want[i].ID {
					t.Errorf("feature %d is %s, want %s", i, f.Properties, tt.want[i].Properties)
				}
			}
		})
	}

	extent, err := s.Extent(ctx, patrol.Everything, "areas")
	if err != nil || extent == nil || *extent != *box(-180, 10, 180, 11) {
		t.Errorf("Extent(areas) = %v, %v", extent, err)
	}
	for _, empty := range []string{"zones", "trackers", "gaps"} {
		if extent, err := s.Extent(ctx, patrol.Everything, empty); err != nil || extent != nil {
			t.Errorf("Extent(%s) = %v, %v; want nil", empty, extent, err)
		}
	}
}
