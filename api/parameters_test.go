package api

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// itemsQueryOf reads the query of a request for items.
func itemsQueryOf(t *testing.T, collection, query string) (itemsQuery, error) {
	t.Helper()
	c, err := patrol.CollectionNamed(collection)
	if err != nil {
		t.Fatal(err)
	}
	values, err := parameters(httptest.NewRequest("GET", "/?"+query, nil), itemsParameters(c)...)
	if err != nil {
		return itemsQuery{}, err
	}
	return parseItemsQuery(c, values)
}

func TestParseItemsQuery(t *testing.T) {
	q, err := itemsQueryOf(t, patrol.Areas, "limit=20000&bbox=116.200000000000003,39,0,117,40,100&kind=grid")
	if err != nil {
		t.Fatal(err)
	}
	want := itemsQuery{
		limit: maxLimit, // the largest, when more is asked for
		bbox:  &orb.Bound{Min: orb.Point{116.200000000000003, 39}, Max: orb.Point{117, 40}},
		equal: map[string]string{"kind": "grid"},
	}
	if diff := cmp.Diff(want, q, cmp.AllowUnexported(itemsQuery{})); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestParseItemsQueryRefuses(t *testing.T) {
	const day = "2026-11-01T00:00:00Z/2026-11-02T00:00:00Z"
	id := uuid.NewString()
	for _, c := range []struct{ name, collection, query string }{
		{"a name that is no parameter", patrol.Areas, "colour=red"},
		{"a property that is no filter", patrol.Checkpoints, "radius_m=5"},
		{"a parameter twice", patrol.Areas, "limit=1&limit=2"},
		{"a limit of nothing", patrol.Areas, "limit=0"},
		{"a limit in words", patrol.Areas, "limit=ten"},
		{"three corners", patrol.Areas, "bbox=1,2,3"},
		{"a corner off the earth", patrol.Areas, "bbox=1,2,3,95"},
		{"a corner that is no number", patrol.Areas, "bbox=1,2,3,NaN"},
		{"a box upside down", patrol.Areas, "bbox=1,4,3,2"},
		{"a time in words", patrol.Zones, "datetime=yesterday"},
		{"an interval backwards", patrol.Zones, "datetime=2026-11-02T00:00:00Z/2026-11-01T00:00:00Z"},
		{"a kind that is none", patrol.Areas, "kind=planet"},
		{"a filter with a control character", patrol.Areas, "name=%00"},
		{"a query that is not URL-encoded", patrol.Areas, "name=%zz"},
		{"a filter that is not UTF-8", patrol.Areas, "name=%ff"},
		{"fixes of nobody", patrol.Fixes, "datetime=" + day},
		{"fixes of no time", patrol.Fixes, "tracker=" + id},
		{"fixes by box", patrol.Fixes, "bbox=1,2,3,4&tracker=" + id + "&datetime=" + day},
		{"gaps of a watch that is no id", patrol.Gaps, "watch=7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := itemsQueryOf(t, c.collection, c.query)
			if err == nil || problemOf(err).Status != 400 {
				t.Errorf("got %v, want a problem of 400", err)
			}
		})
	}
}

func TestParseInterval(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).UnixMilli()
	for _, c := range []struct {
		given string
		want  patrol.Times
	}{
		{"2026-11-22T12:00:00Z", patrol.Times{FromMs: noon, ToMs: noon}},
		{"2026-11-22T20:00:00+08:00/2026-11-22T12:00:01.5Z", patrol.Times{FromMs: noon, ToMs: noon + 1500}},
		{"2026-11-22T12:00:00Z/..", patrol.Times{FromMs: noon, ToMs: farMs}},
		{"/2026-11-22T12:00:00Z", patrol.Times{FromMs: 0, ToMs: noon}},
	} {
		t.Run(c.given, func(t *testing.T) {
			got, err := parseInterval(c.given)
			if err != nil || *got != c.want {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestCursorsComeBack(t *testing.T) {
	id := uuid.New()
	if got, err := parseCursor(cursorAfter(id)); err != nil || got != id {
		t.Errorf("id %v came back as %v, %v", id, got, err)
	}
	if got, err := parseCursorMs(cursorAfterMs(1_700_000_000_123)); err != nil || got != 1_700_000_000_123 {
		t.Errorf("time came back as %v, %v", got, err)
	}
	for _, bad := range []string{"x", "%%%", cursorAfterMs(1)} {
		if _, err := parseCursor(bad); err == nil {
			t.Errorf("cursor %q was taken", bad)
		}
	}
}
