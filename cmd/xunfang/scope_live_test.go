package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// watching is a raw connection to /live: every byte that came is kept as text.
type watching struct {
	t     *testing.T
	conn  *websocket.Conn
	heard []string // text frames as they are, positions as "ref lon lat"
}

// watch looks with what a's requests are signed with.
func (a asker) watch(t *testing.T) *watching {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, a.url+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	a.sign(r)
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(a.url, "http")+"/live", r.Header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &watching{t: t, conn: conn}
}

// until reads until something with all of the words in it was heard.
func (w *watching) until(words ...string) {
	w.t.Helper()
	from := 0
	for {
		for ; from < len(w.heard); from++ {
			if containsAll(w.heard[from], words) {
				return
			}
		}
		kind, message, err := w.conn.ReadMessage()
		if err != nil {
			w.t.Fatalf("waiting for %q: %v; heard %q", words, err, w.heard)
		}
		if kind == websocket.TextMessage {
			w.heard = append(w.heard, string(message))
			continue
		}
		n := int(binary.LittleEndian.Uint32(message[4:]))
		for i := range n {
			ref := binary.LittleEndian.Uint32(message[8+8*n+4*i:])
			lon := float64(int32(binary.LittleEndian.Uint32(message[8+12*n+4*i:]))) / 1e7
			lat := float64(int32(binary.LittleEndian.Uint32(message[8+16*n+4*i:]))) / 1e7
			w.heard = append(w.heard, fmt.Sprintf("position ref=%d %.5f %.5f", ref, lon, lat))
		}
	}
}

// closed reads to the end, and returns the code that the server closed with and after
// how long.
func (w *watching) closed() (code int, after time.Duration) {
	w.t.Helper()
	start := time.Now()
	for {
		if _, _, err := w.conn.ReadMessage(); err != nil {
			var end *websocket.CloseError
			if !errors.As(err, &end) {
				w.t.Fatal(err)
			}
			return end.Code, time.Since(start)
		}
	}
}

func containsAll(s string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(s, word) {
			return false
		}
	}
	return true
}

// seen tells where a tracker is now.
func (d *subdistrict) seen(t *testing.T, url string, lon float64) {
	t.Helper()
	phone := asker{t, url, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+d.trackerToken) }}
	phone.post("/ingest/fixes", fmt.Sprintf(`{"fixes":[{"t":%q,"lon":%.5f,"lat":34.71,"accuracy_m":5}]}`,
		time.Now().UTC().Format(time.RFC3339Nano), lon)).want(t, http.StatusOK)
}

// openGap records a gap in a subdistrict as the Keeper would.
func (d *subdistrict) openGap(t *testing.T, s *server, db string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	lease := patrol.Lease{Watch: uuid.MustParse(d.watches[0])}
	for lease.Term == 0 { // until the server keeps the watch
		err := conn.QueryRow(t.Context(), `SELECT holder, term FROM watch_leases WHERE watch = $1`, lease.Watch).Scan(&lease.Holder, &lease.Term)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
	}
	id, west := uuid.Must(uuid.NewV7()), d.west
	d.collections["gaps"] = id.String()
	d.secrets = append(d.secrets, id.String())
	shape := orb.MultiPolygon{orb.Bound{Min: orb.Point{west + 0.0131, 34.7131}, Max: orb.Point{west + 0.0141, 34.7141}}.ToPolygon()}
	if _, _, err := s.store.WriteGaps(t.Context(), lease, []patrol.GapChange{{Event: "opened", Gap: patrol.Gap{
		ID: id, Watch: lease.Watch, WatchName: d.mark, State: patrol.GapOpen, OpenedMs: time.Now().UnixMilli(), Severity: patrol.Severity{Level: patrol.Moderate},
		PureGap: patrol.PureGap{Kind: patrol.Ground, Shape: shape, Label: orb.Point{west + 0.0135, 34.7135}, Why: patrol.Why{Cause: patrol.Never}},
	}}}); err != nil {
		t.Fatal(err)
	}
}

func TestNeighboursHearNothingOfEachOther(t *testing.T) {
	var db string
	s := startConsole(t, func(cfg *Config) { db = cfg.DatabaseURL })
	admin := s.admin(t)
	a, b, _ := neighbours(t, admin)
	who := s.person(t, "王芳", patrol.Grant{Role: patrol.Viewer, Area: uuid.MustParse(a.area)})
	everything := admin.watch(t)
	for _, d := range []*subdistrict{b, a} {
		d.openGap(t, s, db)
	}
	everything.until("gap", b.collections["gaps"])
	everything.until("gap", a.collections["gaps"])
	w := who.watch(t)
	w.until(`"type":"snapshot"`, a.tracker, a.drone, a.collections["gaps"])
	w.until("position", fmt.Sprintf("%.5f", a.west+0.0153))

	// The same happens here and there; what is told here last comes after all of it.
	for _, d := range []*subdistrict{b, a} {
		d.seen(t, s.url, d.west+0.0171)
		d.openGap(t, s, db)
		admin.create("zones", box(d.west+0.0131, d.west+0.0181), fmt.Sprintf(`{"name":"%s新区","level":"sealed"}`, d.mark))
		admin.create("watches", `null`, fmt.Sprintf(`{"name":"%s新","kind":"ground","subject":"areas/%s","revisit_s":3600}`, d.mark, d.area))
		admin.ask(http.MethodDelete, "/ogc/collections/streets/items/"+d.collections["streets"], "", "").want(t, http.StatusNoContent)
		admin.ask(http.MethodDelete, "/ogc/collections/assignments/items/"+d.collections["assignments"], "", "").want(t, http.StatusNoContent)
		admin.ask(http.MethodDelete, "/ogc/collections/trackers/items/"+d.drone, "", "").want(t, http.StatusNoContent)
	}
	w.until("position", fmt.Sprintf("%.5f", a.west+0.0171))
	w.until(`"type":"gap"`, a.watches[0])
	w.until(`"type":"feature"`, "甲新区")
	w.until(`"type":"feature"`, "deleted", a.collections["streets"])
	w.until(`"type":"feature"`, "deleted", a.collections["assignments"])
	w.until(`"type":"feature"`, "deleted", a.drone)
	for _, line := range w.heard {
		if secret := b.leak([]byte(line)); secret != "" {
			t.Errorf("heard %q of the neighbour: %.300s", secret, line)
		}
	}

	// Who walks in is seen for as long as they are there.
	b.seen(t, s.url, a.west+0.0111)
	w.until(`"type":"tracker"`, b.tracker)
	w.until("position", fmt.Sprintf("%.5f", a.west+0.0111))
	who.get("/ogc/collections/trackers/items/"+b.tracker).want(t, http.StatusOK)
	b.seen(t, s.url, b.west+0.0141)
	w.until(`"type":"feature"`, "deleted", b.tracker)
	who.get("/ogc/collections/trackers/items/"+b.tracker).wantProblem(t, http.StatusNotFound)
	if n := len(w.heard); strings.Contains(strings.Join(w.heard, "\n"), fmt.Sprintf("%.5f", b.west+0.0141)) {
		t.Errorf("among %d things heard is where the neighbour's tracker went", n)
	}
	// Of what it did, that which it did here is seen.
	var fixes featureList
	who.get("/ogc/collections/fixes/items?tracker="+b.tracker+"&datetime="+b.secondsOfFix).into(t, &fixes)
	if fixes.NumberMatched != 1 {
		t.Errorf("%d fixes of the neighbour's tracker are seen, want the one here", fixes.NumberMatched)
	}

	// What moves over the edge goes from one and comes to the other.
	zone := admin.ask(http.MethodPut, "/ogc/collections/streets/items/"+newStreet(admin, a), "application/geo+json",
		fmt.Sprintf(`{"type":"Feature","geometry":{"type":"LineString","coordinates":[[%v,34.711],[%v,34.712]]},"properties":{"kind":"road","name":"搬走"}}`, b.west+0.0131, b.west+0.0141))
	zone.want(t, http.StatusOK)
	var moved struct{ ID string }
	zone.into(t, &moved)
	w.until(`"type":"feature"`, "deleted", moved.ID)
	if strings.Contains(strings.Join(w.heard, "\n"), "搬走") {
		t.Error("what has left is still told of")
	}
}

func newStreet(admin asker, d *subdistrict) string {
	id, _ := admin.create("streets", fmt.Sprintf(`{"type":"LineString","coordinates":[[%v,34.711],[%v,34.712]]}`, d.west+0.0131, d.west+0.0141), `{"kind":"road","name":"搬来"}`)
	return id
}

// Whoever may look no longer, or sees another part, is let go within five seconds.
func TestOpenSocketsFollowTheRoles(t *testing.T) {
	s := startConsole(t, nil)
	admin := s.admin(t)
	a, _, _ := neighbours(t, admin)
	mine := patrol.Grant{Role: patrol.Viewer, Area: uuid.MustParse(a.area)}
	user := func(name string) (asker, *watching) {
		who := s.person(t, name, mine)
		w := who.watch(t)
		w.until(`"type":"snapshot"`)
		return who, w
	}
	for _, c := range []struct {
		name   string
		change func(who asker, name string)
		code   int
		status int // of what they ask next
	}{
		{"who signs out elsewhere", nil, websocket.ClosePolicyViolation, http.StatusUnauthorized},
		{"whose password changes", func(who asker, name string) {
			who.ask(http.MethodPut, "/api/password", "application/json", `{"old":"`+somePassword+`","new":"another one of some length"}`).want(t, http.StatusNoContent)
		}, websocket.ClosePolicyViolation, http.StatusUnauthorized},
		{"whose area is parted", func(asker, string) {
			admin.create("areas", box(113.601, 113.602), fmt.Sprintf(`{"name":"新","kind":"building","parent":%q}`, a.area))
		}, websocket.CloseTryAgainLater, http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, w := user(c.name)
			if c.change == nil {
				who, w = s.signedInAs(t, c.name)
				w.until(`"type":"snapshot"`)
				who.ask(http.MethodDelete, "/api/session", "", "").want(t, http.StatusNoContent)
			} else {
				c.change(who, c.name)
			}
			if code, after := w.closed(); code != c.code || after > 5*time.Second {
				t.Errorf("closed with %d after %v, want %d within 5 s", code, after, c.code)
			}
			who.get("/ogc/collections/areas/items").want(t, c.status)
		})
	}
}

// signedInAs signs a person in with a cookie, and looks with it.
func (s *server) signedInAs(t *testing.T, name string) (asker, *watching) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"user": name, "password": somePassword})
	if err != nil {
		t.Fatal(err)
	}
	got := s.nobody(t).post("/api/session", string(body))
	got.want(t, http.StatusOK)
	value, _, _ := strings.Cut(got.header.Get("Set-Cookie"), ";")
	who := asker{t, s.url, func(r *http.Request) { r.Header.Set("Cookie", value) }}
	return who, who.watch(t)
}
