package main

import (
	"context"
	"net/url"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"xunfang/client"
	"xunfang/geo"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// takeoverWithin is how soon another node must keep what a dead one kept.
const takeoverWithin = 10 * time.Second

// betweenQuestions spares the processor while something is waited for.
const betweenQuestions = 20 * time.Millisecond

// auditSQL notes which node, by a setting of its connections, writes a gap.
const auditSQL = `
	CREATE TABLE gap_writes (n bigserial PRIMARY KEY, node text NOT NULL, gap uuid NOT NULL, state text NOT NULL);
	CREATE FUNCTION note_gap_write() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
	    INSERT INTO gap_writes (node, gap, state) VALUES (current_setting('xunfang.node', true), NEW.id, NEW.state);
	    RETURN NEW;
	END $$;
	CREATE TRIGGER note_gap_write AFTER INSERT OR UPDATE ON gaps FOR EACH ROW EXECUTE FUNCTION note_gap_write()`

// twoNodes are two servers on one database, and what the test sees of that.
type twoNodes struct {
	ctx      context.Context
	t        *testing.T
	database *pgx.Conn
	watch    uuid.UUID
}

// node is one of them.
type node struct {
	*child
	*client.Client
	name string
}

func (n *twoNodes) start(database, name string) node {
	n.t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		n.t.Fatal(err)
	}
	q := u.Query()
	q.Set("options", "-cxunfang.node="+name)
	u.RawQuery = q.Encode()
	addr := freeAddress(n.t)
	c := startChild(n.t, addr, u.String())
	n.t.Cleanup(func() { c.kill(); <-c.ended })
	admin := client.New("http://"+addr, client.Auth{User: "admin", Password: adminPassword})
	n.t.Cleanup(admin.Close)
	return node{c, admin, name}
}

// holder returns who keeps the watch, by the database's clock; "" for nobody.
func (n *twoNodes) holder() (holder string) {
	n.t.Helper()
	const q = `SELECT coalesce(max(holder), '') FROM watch_leases WHERE watch = $1 AND expires_at > clock_timestamp()`
	if err := n.database.QueryRow(n.ctx, q, n.watch).Scan(&holder); err != nil {
		n.t.Fatal(err)
	}
	return holder
}

// another waits until somebody else than before keeps the watch.
func (n *twoNodes) another(before string) string {
	n.t.Helper()
	begin := time.Now()
	for {
		if h := n.holder(); h != "" && h != before {
			return h
		}
		if time.Since(begin) > takeoverWithin {
			n.t.Fatalf("nobody has taken the watch over in %v", takeoverWithin)
		}
		time.Sleep(betweenQuestions)
	}
}

// gaps returns the gaps that stand, by id.
func (n *twoNodes) gaps(of node) (ids []string) {
	n.t.Helper()
	items, err := of.Items(n.ctx, "gaps", url.Values{"watch": {n.watch.String()}, "state": {"open"}})
	if err != nil {
		n.t.Fatal(err)
	}
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	slices.Sort(ids)
	return ids
}

// writes returns how often a node has written a gap, after the nth write of all.
func (n *twoNodes) writes(node string, after int) (count, last int) {
	n.t.Helper()
	const q = `SELECT count(*) FILTER (WHERE node = $1), coalesce(max(n), 0) FROM gap_writes WHERE n > $2`
	if err := n.database.QueryRow(n.ctx, q, node, after).Scan(&count, &last); err != nil {
		n.t.Fatal(err)
	}
	return count, last
}

// written waits until a node has written a gap after the nth write of all.
func (n *twoNodes) written(node string, after int) (last int) {
	n.t.Helper()
	for {
		if count, last := n.writes(node, after); count > 0 {
			return last
		}
		if err := n.ctx.Err(); err != nil {
			n.t.Fatalf("%s has written nothing: %v", node, err)
		}
		time.Sleep(betweenQuestions)
	}
}

// Two servers keep one watch between them. The one that keeps it is stopped, and woken
// when the other has taken over: it writes nothing more, though it knows of gaps that
// change. Then the other is killed, and the first takes the watch up again. All the while
// the gap is the same.
func TestTakeover(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	database := storetest.URL(t)
	storetest.Exec(t, database, auditSQL)
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	n := &twoNodes{ctx: ctx, t: t, database: conn}

	first := n.start(database, "first")
	plane := geo.NewPlane(orb.Point{113.62, 34.75}, 0.3)
	n.watch = newWatch(t, first.Client, orb.Polygon{{plane.LonLat(0, 0), plane.LonLat(400, 0), plane.LonLat(400, 300), plane.LonLat(0, 300), plane.LonLat(0, 0)}},
		map[string]any{"revisit_s": 3600, "sources": []string{"person"}})
	_, token := newTracker(t, first.Client, "walker")
	lane := 0.0
	ms := time.Now().Add(-30 * time.Minute).UnixMilli()
	walk := func(through node) { // another lane: a tenth of the gap is gone
		t.Helper()
		for x := 0.0; x <= 400; x += 40 {
			at := plane.LonLat(x, 15+lane)
			ms += 20_000
			f := bareFix(ms, at[0], at[1])
			f.AccuracyM = 4
			if r, err := through.SendFixes(ctx, token, []patrol.Fix{f}); err != nil || len(r.Rejected) > 0 {
				t.Fatal(r, err)
			}
		}
		lane += 30
	}
	walk(first)
	n.written("first", 0) // the gap has stood long enough to be recorded
	gap := n.gaps(first)
	if len(gap) != 1 {
		t.Fatalf("gaps %v, want one", gap)
	}
	second := n.start(database, "second")
	kept := n.holder()

	if err := first.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_, asleep := n.writes("first", 0)
	taken := n.another(kept)
	walk(second)
	last := n.written("second", asleep)
	if err := first.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for range 3 { // while the other writes again and again, which takes it seconds
		walk(second)
		last = n.written("second", last)
		liveIsAsOfT(ctx, t, first.Client, n.watch, "of the one that was woken")
	}
	if count, _ := n.writes("first", asleep); count > 0 {
		t.Errorf("%d gaps were written under a lease that was lost", count)
	}
	if got := n.gaps(second); !slices.Equal(got, gap) {
		t.Errorf("the second node keeps gaps %v, want %v", got, gap)
	}
	liveIsAsOfT(ctx, t, second.Client, n.watch, "after the first takeover")

	second.kill()
	<-second.ended
	n.another(taken)
	walk(first)
	n.written("first", last)
	if got := n.gaps(first); !slices.Equal(got, gap) {
		t.Errorf("the first node keeps gaps %v, want %v", got, gap)
	}
	liveIsAsOfT(ctx, t, first.Client, n.watch, "after the second takeover")
}
