package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/client"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

const wideZone = `{"type":"Polygon","coordinates":[[[113.60,34.70],[113.62,34.70],[113.62,34.71],[113.60,34.71],[113.60,34.70]]]}`

func zoneBody(geometry, properties string) string {
	return `{"type":"Feature","geometry":` + geometry + `,"properties":` + properties + `}`
}

// order is the properties of an issued zone.
func order(number, from, to string) string {
	return fmt.Sprintf(`{"name":"3 号楼","level":"sealed","order_no":%q,"valid_from":%q,"valid_to":%q,"units":["1 单元","2 单元"]}`, number, from, to)
}

// inForce returns the order number and version in force at a time, "" when there is none.
func (a asker) inForce(datetime string) string {
	a.t.Helper()
	list := a.list("/ogc/collections/zones/items?datetime=" + datetime)
	if len(list.Features) == 0 {
		return ""
	}
	p := list.Features[0].Properties
	return fmt.Sprint(p["order_no"], " v", p["version"])
}

func TestAZonesLife(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	id, draft := admin.create("zones", kilometre, `{"name":"3 号楼","level":"sealed","order_no":"1号"}`)
	at := item("zones", id)
	if draft.Properties["state"] != patrol.ZoneDraft {
		t.Fatalf("a zone without dates is %v", draft.Properties)
	}
	admin.write("PATCH", at, "", `{"properties":{"level":"controlled","units":["2 单元"]}}`).want(t, http.StatusOK)
	if got := admin.inForce("../.."); got != "" {
		t.Errorf("a draft is in force: %s", got)
	}
	// Issued, amended with a wider outline from the fifth, lifted on the sixth.
	admin.write("PUT", at, "", zoneBody(kilometre, order("1号", "2022-11-01T00:00:00Z", "2022-11-08T00:00:00Z"))).want(t, http.StatusOK)
	admin.write("PATCH", at, "", `{"properties":{"level":"sealed"}}`).wantProblem(t, http.StatusConflict)
	admin.write("PUT", at, "", zoneBody(kilometre, `{"name":"3 号楼","level":"sealed"}`)).wantProblem(t, http.StatusUnprocessableEntity)
	admin.write("PUT", at, "", zoneBody(kilometre, `{"name":"3 号楼","level":"sealed","order_no":"2号"}`)).wantProblem(t, http.StatusUnprocessableEntity)
	admin.write("PUT", at, "", zoneBody(wideZone, order("2号", "2022-11-05T00:00:00Z", "2022-11-09T00:00:00Z"))).want(t, http.StatusOK)
	admin.write("DELETE", at+"?at=2022-11-06T00:00:00Z", `"4"`, "").want(t, http.StatusOK)
	admin.write("DELETE", at+"?at=2022-11-07T00:00:00Z", "", "").wantProblem(t, http.StatusConflict)
	admin.write("DELETE", at+"?when=now", "", "").wantProblem(t, http.StatusBadRequest)

	for datetime, want := range map[string]string{
		"2022-10-31T23:59:59.999Z":                  "",
		"2022-11-01T00:00:00Z":                      "1号 v3",
		"2022-11-04T23:59:59.999Z":                  "1号 v3",
		"2022-11-05T00:00:00Z":                      "2号 v4",
		"2022-11-06T00:00:00Z":                      "",
		"2022-11-04T00:00:00Z/2022-11-20T00:00:00Z": "2号 v4",
		"../2022-11-03T00:00:00Z":                   "1号 v3",
	} {
		if got := admin.inForce(datetime); got != want {
			t.Errorf("at %s %q is in force, want %q", datetime, got, want)
		}
	}
	if got := admin.list("/ogc/collections/zones/items?datetime=2022-11-03T00:00:00Z&bbox=113.615,34.70,113.62,34.71"); got.NumberMatched != 0 {
		t.Error("what was amended later is found by its later shape")
	}
	var versions featureList
	admin.get(at+"/versions").into(t, &versions)
	var told []string
	for _, v := range versions.Features {
		p := v.Properties
		told = append(told, fmt.Sprintf("%v %v %v %v", p["version"], p["state"], p["level"], p["ends_at"]))
	}
	want := []string{
		"1 draft sealed <nil>", "2 draft controlled <nil>",
		"3 ended sealed 2022-11-05T00:00:00.000Z", "4 ended sealed 2022-11-06T00:00:00.000Z", "5 ended sealed 2022-11-06T00:00:00.000Z",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	// It can be sealed again.
	admin.write("PUT", at, "", zoneBody(kilometre, `{"name":"3 号楼","level":"sealed","order_no":"3号","review_at":"2099-01-01T00:00:00Z"}`)).want(t, http.StatusOK)
	if f, _ := admin.read("zones", id); f.Properties["state"] != patrol.ZoneInForce || f.Properties["lifted_at"] != nil {
		t.Errorf("issued again, it is served as %v", f.Properties)
	}
	admin.get(item("areas", id)+"/versions").wantProblem(t, http.StatusNotFound)
	admin.get(item("zones", uuid.NewString())+"/versions").wantProblem(t, http.StatusNotFound)
}

// What is to come is told, and changes nothing yet.
func TestAnAmendmentAhead(t *testing.T) {
	admin := startConsole(t, nil).admin(t)
	now := time.Now().UTC()
	id, _ := admin.create("zones", kilometre, order("1号", now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339)))
	soon := now.Add(30 * time.Minute).Truncate(time.Second)
	got := admin.write("PUT", item("zones", id), `"1"`, zoneBody(wideZone, order("2号", soon.Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339))))
	got.want(t, http.StatusOK)
	f := got.feature(t)
	p := f.Properties
	if p["version"] != 1.0 || p["newest_version"] != 2.0 || p["state"] != patrol.ZoneInForce || p["ends_at"] != patrol.FormatMs(soon.UnixMilli()) || !sameJSON(t, kilometre, string(f.Geometry)) {
		t.Errorf("before its amendment the zone is served as %v", p)
	}
	if got := admin.inForce(soon.Format(time.RFC3339)); got != "2号 v2" {
		t.Errorf("then %q is in force", got)
	}
	// Lifted before, the amendment never begins.
	lifted := admin.write("DELETE", item("zones", id), `"2"`, "")
	lifted.want(t, http.StatusOK)
	if p := lifted.feature(t).Properties; p["state"] != patrol.ZoneEnded || p["version"] != 3.0 || p["lifted_at"] == nil {
		t.Errorf("lifted, it is served as %v", p)
	}
	if got := admin.inForce(soon.Format(time.RFC3339)); got != "" {
		t.Errorf("after its lifting %q is in force", got)
	}
}

// zoneIs wants a zone's event that shows it in a state, by a version.
func zoneIs(id, state string, version float64) func(any) bool {
	return func(line any) bool {
		f, ok := line.(client.FeatureLine)
		if !ok || f.ID.String() != id || f.Event != "replaced" {
			return false
		}
		var zone feature
		return json.Unmarshal(f.Feature, &zone) == nil && zone.Properties["state"] == state && zone.Properties["version"] == version
	}
}

// The clock alone starts, amends and lifts zones before everybody's eyes.
func TestZonesStartAndEndOnTime(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	viewer := tail(t, clientOf(t, s))
	id, _ := admin.create("zones", kilometre, order("1号", inMs(time.Second), inMs(time.Hour)))
	viewer.until(t, "the zone start", zoneIs(id, patrol.ZoneInForce, 1))
	admin.write("PUT", item("zones", id), "", zoneBody(wideZone, order("2号", inMs(time.Second), inMs(2*time.Second)))).want(t, http.StatusOK)
	viewer.until(t, "the zone amended", zoneIs(id, patrol.ZoneInForce, 2))
	viewer.until(t, "the zone end", zoneIs(id, patrol.ZoneEnded, 2))
	other, _ := admin.create("zones", kilometre, order("3号", inMs(0), inMs(time.Hour)))
	admin.write("DELETE", item("zones", other)+"?at="+inMs(time.Second), "", "").want(t, http.StatusOK)
	viewer.until(t, "the other zone lifted", zoneIs(other, patrol.ZoneEnded, 2))
}

func inMs(d time.Duration) string { return patrol.FormatMs(time.Now().Add(d).UnixMilli()) }

// A zone that ends while no server runs is told when one does, once.
func TestAZoneEndsWhileTheServerIsAway(t *testing.T) {
	cfg := Config{
		Addr: "127.0.0.1:0", DatabaseURL: storetest.URL(t), AdminPassword: adminPassword,
		RetentionDays: 30, Name: "Test", TimeZone: "UTC",
	}
	s, stop := startServing(t, cfg)
	ends := time.Now().Add(2 * time.Second)
	id, _ := s.admin(t).create("zones", kilometre, order("1号", inMs(-time.Hour), patrol.FormatMs(ends.UnixMilli())))
	stop()
	<-time.After(time.Until(ends))

	s, stop = startServing(t, cfg)
	defer stop()
	const created, ended = 1, 2 // in the feed
	for head := int64(created); head != ended; {
		var err error
		if head, err = s.store.Head(t.Context()); err != nil || head > ended {
			t.Fatalf("the feed stands at %d, %v", head, err)
		}
	}
	if f, _ := s.admin(t).read("zones", id); f.Properties["state"] != patrol.ZoneEnded {
		t.Errorf("after its end it is served as %v", f.Properties)
	}
}
