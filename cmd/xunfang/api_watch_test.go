package main

import (
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"xunfang/client"
	"xunfang/patrol"
)

// A perimeter watch over HTTP: metres, not square metres; every outline of an area of
// almost 10,000 vertices; live and as of the same second alike; its gap a line.
func TestPerimeterWatch(t *testing.T) {
	s := startConsole(t, nil)
	admin, c := s.admin(t), clientOf(t, s)
	area, _ := admin.create("areas", circle(9_999), `{"name":"圆","kind":"grid"}`)
	watch, made := admin.create("watches", `null`, `{"name":"边界","kind":"perimeter","subject":"areas/`+area+`","revisit_s":600}`)
	if made.Properties["min_gap_m"] != 30.0 || made.Properties["min_gap_m2"] != nil {
		t.Errorf("made with %v", made.Properties)
	}
	_, token := newTracker(t, c, "巡查 01")
	fixes := walk(40)
	for i := range fixes { // over the circle's easternmost point
		fixes[i].Lon, fixes[i].Lat = fixes[i].Lon-0.01, 34.7
	}
	if _, err := c.SendFixes(t.Context(), token, fixes); err != nil {
		t.Fatal(err)
	}
	id := uuid.MustParse(watch)
	liveIsAsOfT(t.Context(), t, c, id, "of an outline")
	var got map[string]any
	answer := admin.get("/api/watches/" + watch + "/coverage")
	answer.want(t, http.StatusOK)
	answer.into(t, &got)
	for _, name := range []string{"subject_m", "covered_m", "never_m"} {
		if _, ok := got[name].(float64); !ok {
			t.Errorf("%s is %v", name, got[name])
		}
	}
	for _, name := range []string{"subject_m2", "cell_m"} {
		if _, told := got[name]; told {
			t.Errorf("an outline has a %s", name)
		}
	}
	gaps := got["gaps"].(map[string]any)["features"].([]any)
	if len(gaps) != 1 {
		t.Fatalf("%d gaps", len(gaps))
	}
	gap := gaps[0].(map[string]any)
	if shape := gap["geometry"].(map[string]any); shape["type"] != "LineString" {
		t.Errorf("the gap is a %s", shape["type"])
	}
	p := gap["properties"].(map[string]any)
	if p["kind"] != "perimeter" || p["size_m"] != got["never_m"] || p["size_m2"] != nil || p["ring"] != 0.0 || p["part"] != 0.0 {
		t.Errorf("a gap with %v", p)
	}
	if from, to := p["from_m"].(float64), p["to_m"].(float64); math.Abs(to-from-p["size_m"].(float64)) > 0.002 {
		t.Errorf("the gap leads from %v to %v m", from, to)
	}
}

// What no watch can be kept on is refused with a sentence about the field.
func TestBadWatchesAreRefused(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	area, _ := admin.create("areas", kilometre, `{"name":"院","kind":"compound"}`)
	deleted, _ := admin.create("areas", kilometre, `{"name":"旧院","kind":"compound"}`)
	admin.write("DELETE", item("areas", deleted), "", "").want(t, http.StatusNoContent)
	lifted, _ := admin.create("zones", kilometre, order("1号", inMs(-time.Hour), inMs(time.Hour)))
	admin.write("DELETE", item("zones", lifted), "", "").want(t, http.StatusOK)
	gate, _ := admin.create("checkpoints", `{"type":"Point","coordinates":[113.62,34.75]}`, `{"name":"东门","radius_m":30}`)
	for _, c := range []struct{ name, properties, field string }{
		{"a deleted area", `"kind":"ground","subject":"areas/` + deleted + `","revisit_s":600`, "subject"},
		{"a lifted zone", `"kind":"perimeter","subject":"zones/` + lifted + `","revisit_s":600`, "subject"},
		{"a revisit of 0", `"kind":"perimeter","subject":"areas/` + area + `","revisit_s":0`, "revisit_s"},
		{"a revisit shorter than a join", `"kind":"perimeter","subject":"areas/` + area + `","revisit_s":59`, "revisit_s"},
		{"no revisit", `"kind":"ground","subject":"areas/` + area + `"`, "revisit_s"},
		{"a sweep of nothing", `"kind":"perimeter","subject":"areas/` + area + `","revisit_s":600,"sweep_width_m":0`, "sweep_width_m"},
		{"a post over an area", `"kind":"post","subject":"areas/` + area + `"`, "subject"},
		{"ground under a checkpoint", `"kind":"ground","revisit_s":600,"subject":"checkpoints/` + gate + `"`, "subject"},
		{"hours that are none", `"kind":"post","hours":"always","subject":"checkpoints/` + gate + `"`, "hours"},
		{"a proof that holds for ever", `"kind":"post","presence_s":1e9,"subject":"checkpoints/` + gate + `"`, "presence_s"},
		{"a kind that there is not", `"kind":"air","subject":"areas/` + area + `","revisit_s":600`, "kind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := asker{t, admin.url, admin.sign}.post("/ogc/collections/watches/items", `{"type":"Feature","geometry":null,"properties":{"name":"巡查",`+c.properties+`}}`)
			if p := got.wantProblem(t, http.StatusUnprocessableEntity); p.Field != c.field {
				t.Errorf("refused for %q with %q", p.Field, p.Detail)
			}
		})
	}
}

// A strip wider than the area covers it from anywhere in it, no more.
func TestASweepWiderThanTheArea(t *testing.T) {
	s := startConsole(t, nil)
	admin, c := s.admin(t), clientOf(t, s)
	yard, _ := admin.create("areas", ring(`[113.6199,34.7499],[113.6201,34.7499],[113.6201,34.7501],[113.6199,34.7501],[113.6199,34.7499]`), `{"name":"小院","kind":"compound"}`)
	_, token := newTracker(t, c, "巡查 01")
	if _, err := c.SendFixes(t.Context(), token, walk(5)); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"ground", "perimeter"} {
		watch, _ := admin.create("watches", `null`, `{"name":"小院","kind":"`+kind+`","subject":"areas/`+yard+`","revisit_s":600,"sweep_width_m":500}`)
		got, err := c.Coverage(t.Context(), uuid.MustParse(watch), time.Time{})
		if err != nil || got.Share < 1-1e-9 || got.Share > 1 || len(got.Gaps.Features) != 0 {
			t.Errorf("%s: share %v with %d gaps, %v", kind, got.Share, len(got.Gaps.Features), err)
		}
	}
}

// A post over HTTP: presence by fix, by a position that is told again, by heartbeat and by
// the code shown there; live and as of the same second alike.
func TestPostWatch(t *testing.T) {
	s := startConsole(t, nil)
	admin, c, ctx := s.admin(t), clientOf(t, s), t.Context()
	const here = `{"type":"Point","coordinates":[113.62,34.75]}`
	checkpoint, _ := admin.create("checkpoints", here, `{"name":"东门","radius_m":30,"min_staff":2}`)
	watch, made := admin.create("watches", `null`, `{"name":"东门值守","kind":"post","subject":"checkpoints/`+checkpoint+`"}`)
	if p := made.Properties; p["presence_s"] != 900.0 || p["grace_s"] != 120.0 || p["revisit_s"] != 86_400.0 || !sameJSON(t, here, string(made.Geometry)) {
		t.Errorf("made with %v at %s", p, made.Geometry)
	}
	id, post := uuid.MustParse(watch), uuid.MustParse(checkpoint)
	_, li, err := c.CreateTracker(ctx, map[string]any{"name": "巡查 01", "kind": "person", "person": "李"})
	if err != nil {
		t.Fatal(err)
	}
	_, wang := newTracker(t, c, "巡查 02")

	fixes := walk(5)
	for i := range fixes {
		fixes[i].Lon = 113.62
	}
	if _, err := c.SendFixes(ctx, li, fixes); err != nil {
		t.Fatal(err)
	}
	proof := func(want patrol.ProofKind, present int) client.Coverage {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; { // what is told in this second counts from the next
			got, err := c.Coverage(ctx, id, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Present == present && got.Proofs[len(got.Proofs)-1].Kind == want {
				return got
			}
			if time.Now().After(end) {
				t.Fatalf("present %d by %+v, want %d by %s", got.Present, got.Proofs, present, want)
			}
		}
	}
	got := proof(patrol.ByFix, 1)
	if got.MinStaff != 2 || got.StaffedUntil != nil || !got.OnDutyHours || got.Proofs[0].Person != "李" || len(got.Gaps.Features) != 1 {
		t.Errorf("%+v", got)
	}
	if p := got.Gaps.Features[0].Properties; p["short_by"] != 1.0 || p["present"] != 1.0 || p["min_staff"] != 2.0 || p["cause"] != "understaffed" || p["size_m2"] != nil {
		t.Errorf("a gap with %v", p)
	}
	if _, err := c.SendFixes(ctx, li, fixes[4:]); err != nil { // the last position, again
		t.Fatal(err)
	}
	proof(patrol.ByHeartbeat, 1)

	if _, err := c.CheckIn(ctx, wang, post, "000 000", time.Now()); !client.IsStatus(err, http.StatusUnprocessableEntity) {
		t.Errorf("a wrong code: %v", err)
	}
	if _, err := c.CheckIn(ctx, wang, uuid.New(), "000000", time.Now()); !client.IsStatus(err, http.StatusUnprocessableEntity) {
		t.Errorf("no such checkpoint: %v", err)
	}
	code, changes, err := c.CheckpointCode(ctx, post)
	if err != nil || len(code) != 6 || time.Until(changes) > time.Minute {
		t.Fatalf("code %q until %v, %v", code, changes, err)
	}
	if _, err := c.CheckIn(ctx, wang, post, code, time.Now().Add(-10*time.Minute)); !client.IsStatus(err, http.StatusUnprocessableEntity) {
		t.Errorf("a code of another time: %v", err)
	}
	if receipt, err := c.CheckIn(ctx, wang, post, code, time.Now()); err != nil || receipt.Stored != 1 {
		t.Fatal(receipt, err)
	}
	got = proof(patrol.ByHeartbeat, 2) // Li comes last: 巡查 02 names nobody
	if got.Proofs[0].Kind != patrol.ByCheckIn || got.StaffedUntil == nil || len(got.Gaps.Features) != 0 {
		t.Errorf("%+v", got)
	}
	if _, err := c.SendHeartbeat(ctx, wang, time.Now()); err != nil {
		t.Fatal(err)
	}
	liveIsAsOfT(ctx, t, c, id, "of a post")
	for range 10 {
		_, err = c.CheckIn(ctx, wang, post, "111111", time.Now())
	}
	if !client.IsStatus(err, http.StatusTooManyRequests) {
		t.Errorf("ten wrong codes in a row: %v", err)
	}
	for body, door := range map[string]string{
		`{}`:                                      "heartbeat",
		`{"t":"yesterday"}`:                       "heartbeat",
		`{"t":"2001-01-01T00:00:00Z"}`:            "heartbeat",
		`{"t":"` + inMs(time.Hour) + `"}`:         "heartbeat",
		`{"t":"` + inMs(0) + `","lon":1}`:         "heartbeat",
		`{"code":"123456","t":"` + inMs(0) + `"}`: "checkin",
		`[]`: "checkin",
	} {
		s.bearer(t, wang).post("/ingest/"+door, body).wantProblem(t, http.StatusUnprocessableEntity)
	}
	s.nobody(t).post("/ingest/heartbeat", `{"t":"`+inMs(0)+`"}`).wantProblem(t, http.StatusUnauthorized)
	admin.get("/api/checkpoints/"+uuid.NewString()+"/code").wantProblem(t, http.StatusNotFound)
	admin.write("DELETE", item("checkpoints", checkpoint), "", "").wantProblem(t, http.StatusConflict)
}
