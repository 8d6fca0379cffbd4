package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"xunfang/client"
	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// childMark, in the environment, makes this test binary a server: kill -9 needs a
// process of its own.
const childMark = "XUNFANG_TEST_SERVES"

// serveAsChild is what the test binary does then.
func serveAsChild() int {
	flags, cfg := serveFlags("serve")
	err := cfg.parse(flags, nil)
	if err == nil {
		err = serve(context.Background(), *cfg, func(_ context.Context, s *server) error { return s.announce(os.Stdout) })
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// child is a server in a process of its own.
type child struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

func startChild(t testing.TB, addr, database string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childMark+"=1", "XUNFANG_ADDR="+addr, "DATABASE_URL="+database,
		"XUNFANG_DATA="+t.TempDir(), "XUNFANG_ADMIN_PASSWORD="+adminPassword)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var trouble strings.Builder
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, ended: make(chan struct{})}
	lines := bufio.NewScanner(out)
	up := false
	for !up && lines.Scan() {
		up = strings.HasPrefix(lines.Text(), "listening on ")
	}
	go func() {
		for lines.Scan() {
		}
		_ = cmd.Wait() // killed: no exit code of interest
		close(c.ended)
	}()
	if !up {
		<-c.ended
		t.Fatalf("the server did not come up: %s", trouble.String())
	}
	return c
}

func (c *child) kill() { _ = c.cmd.Process.Kill() }

// Killed twenty times, between COPY and commit and between commit and publish, the
// server comes back with a live raster that is the one computed from the store, to the
// bit, and with every fix that it acknowledged.
func TestKilledInTheMiddleOfACommit(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	database := storetest.URL(t)
	proxy, through := proxyFor(t, database)
	addr := freeAddress(t)
	server := startChild(t, addr, through)
	defer func() { server.kill(); <-server.ended }()

	admin := client.New("http://"+addr, client.Auth{User: "admin", Password: adminPassword})
	defer admin.Close()
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0.3)
	watch := newWatch(t, admin, orb.Polygon{{plane.LonLat(0, 0), plane.LonLat(400, 0), plane.LonLat(400, 300), plane.LonLat(0, 300), plane.LonLat(0, 0)}},
		map[string]any{"revisit_s": 900, "sources": []string{"person"}})

	acknowledged := make(chan struct{})
	volunteers := make([]*volunteer, 4)
	var group errgroup.Group
	sending, stop := context.WithCancel(ctx)
	defer stop()
	for i := range volunteers {
		id, token := newTracker(t, admin, fmt.Sprintf("walker %d", i))
		volunteers[i] = &volunteer{tracker: id, token: token, acknowledged: map[int64]bool{}}
		group.Go(func() error { return volunteers[i].walk(sending, admin, plane, float64(60+60*i), acknowledged) })
	}
	for round := range 20 {
		for range 12 { // let some batches through
			select {
			case <-acknowledged:
			case <-ctx.Done():
				t.Fatalf("round %d: nothing is acknowledged", round)
			}
		}
		when := beforeCommit
		if round%2 == 1 {
			when = afterCommit
		}
		proxy.set(when, server.kill)
		for killed := false; !killed; {
			select {
			case <-acknowledged:
			case <-server.ended:
				killed = true
			case <-ctx.Done():
				t.Fatalf("round %d: no batch was committed", round)
			}
		}
		server = startChild(t, addr, through)
		liveIsAsOfT(ctx, t, admin, watch, fmt.Sprintf("after kill %d", round+1))
	}
	stop()
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, w := range volunteers {
		w.check(t, asker{t, "http://" + addr, func(r *http.Request) { r.SetBasicAuth("admin", adminPassword) }})
	}
}

// liveIsAsOfT waits until live and as-of answers stand at the same position of the
// feed, and holds them against each other.
func liveIsAsOfT(ctx context.Context, t *testing.T, c *client.Client, watch uuid.UUID, when string) {
	t.Helper()
	for {
		live, err := c.Coverage(ctx, watch, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		stored, err := c.Coverage(ctx, watch, live.At)
		if err != nil {
			t.Fatal(err)
		}
		if live.Seq != stored.Seq {
			continue // something was committed between the two
		}
		if diff := cmp.Diff(stored, live); diff != "" {
			t.Fatalf("%s: %s", when, diff)
		}
		if live.Share == 0 {
			t.Fatalf("%s: nothing is covered, nothing was compared", when)
		}
		return
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// volunteer walks a lane: it sends fixes and remembers which of them the server acknowledged.
type volunteer struct {
	tracker uuid.UUID
	token   string

	acknowledged map[int64]bool // of the fixes' times
}

// walk goes up and down a lane at y metres, from a quarter of an hour ago on, as fast as
// the server answers, and sends every batch until it is acknowledged.
func (w *volunteer) walk(ctx context.Context, c *client.Client, plane geo.Plane, y float64, acknowledged chan<- struct{}) error {
	ms := time.Now().Add(-15 * time.Minute).UnixMilli()
	for step := 0; ctx.Err() == nil; {
		var batch []patrol.Fix
		for range 3 {
			x := float64(step*7%800) - 400
			at := plane.LonLat(max(x, -x), y)
			f := bareFix(ms, at[0], at[1])
			f.AccuracyM = 4
			batch = append(batch, f)
			ms += 700
			step++
		}
		if ms > time.Now().UnixMilli() {
			ms = time.Now().Add(-14 * time.Minute).UnixMilli() // an older stretch again: late evidence
		}
		receipt, err := c.SendFixes(ctx, w.token, batch)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil || len(receipt.Rejected) > 0 {
			return fmt.Errorf("send: %v %w", receipt.Rejected, err)
		}
		for _, f := range batch {
			w.acknowledged[f.TMs] = true
		}
		select {
		case acknowledged <- struct{}{}:
		case <-ctx.Done():
		}
	}
	return nil
}

// check finds every acknowledged fix in the store.
func (w *volunteer) check(t *testing.T, admin asker) {
	t.Helper()
	now := time.Now()
	span := patrol.FormatMs(now.Add(-time.Hour).UnixMilli()) + "/" + patrol.FormatMs(now.Add(time.Minute).UnixMilli())
	query := url.Values{"tracker": {w.tracker.String()}, "datetime": {span}, "limit": {"10000"}}
	var page struct {
		NumberMatched int `json:"numberMatched"`
		Features      []struct {
			Properties struct {
				T time.Time `json:"t"`
			} `json:"properties"`
		} `json:"features"`
	}
	got := admin.get("/ogc/collections/fixes/items?" + query.Encode())
	got.want(t, http.StatusOK)
	got.into(t, &page)
	if len(w.acknowledged) == 0 || page.NumberMatched != len(page.Features) {
		t.Fatalf("%d acknowledged, %d of %d listed", len(w.acknowledged), len(page.Features), page.NumberMatched)
	}
	there := map[int64]bool{}
	for _, f := range page.Features {
		there[f.Properties.T.UnixMilli()] = true
	}
	for ms := range w.acknowledged {
		if !there[ms] {
			t.Errorf("the acknowledged fix of %s is lost", patrol.FormatMs(ms))
		}
	}
}
