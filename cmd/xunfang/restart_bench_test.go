package main

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xunfang/client"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// restartFixes is how many fixes of the last 17 hours there are, by 1,000 trackers.
const restartFixes = 10_000_000

// BenchmarkRestart kills a server that keeps 200 watches over 10 million fixes, lets
// fixes come in meanwhile, and starts it again. rebuild-s is what the first
// start took, without snapshots, restart-s what one with them takes: from the start of the
// process until it keeps all watches, which begins when the leases of the one that was
// killed have run out.
func BenchmarkRestart(b *testing.B) {
	url := storetest.URL(b)
	s := storetest.OpenURL(b, url, time.Now)
	c := newCity(b, url, s, 200, 1, 5)
	now := time.Now().Truncate(time.Second)
	const each = restartFixes / 1000
	from := now.Add(-each * 6 * time.Second)
	visit(b, store.NewFlusher(s), c, from, now)
	fill(b, url, c, from, each)

	start := func() (*child, float64) {
		addr, begin := freeAddress(b), time.Now()
		server := startChild(b, addr, url)
		admin := client.New("http://"+addr, client.Auth{User: "admin", Password: adminPassword})
		defer admin.Close()
		awaitLeases(b, url, len(c.watches), begin)
		for { // what takes long is asked for more than once
			got, err := admin.Coverage(b.Context(), c.watches[len(c.watches)-1], time.Time{})
			if err == nil && got.Share > 0 {
				break
			}
			if time.Since(begin) > 10*time.Minute {
				b.Fatal(got.Share, err)
			}
		}
		return server, time.Since(begin).Seconds()
	}
	server, rebuild := start()
	megabytes := snapshotMB(b, url, len(c.watches))
	flusher, restarts := store.NewFlusher(s), 0.0
	for b.Loop() {
		server.kill()
		<-server.ended
		var meanwhile []patrol.Fix
		until := time.Now()
		for i := range c.trackers {
			meanwhile = append(meanwhile, c.fixes(i, now.Add(3*time.Millisecond), until, 6*time.Second)...)
		}
		now = until
		if _, err := flusher.Flush(b.Context(), meanwhile); err != nil {
			b.Fatal(err)
		}
		var restart float64
		server, restart = start()
		restarts += restart
	}
	server.kill()
	<-server.ended
	b.ReportMetric(rebuild, "rebuild-s")
	b.ReportMetric(restarts/float64(b.N), "restart-s")
	b.ReportMetric(megabytes, "snapshots-MB")
}

// awaitLeases waits until so many watches are leased in one hand that took them after begin:
// it answers for one of them as soon as it keeps them all.
func awaitLeases(b *testing.B, url string, watches int, begin time.Time) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for n := 0; n < watches; time.Sleep(betweenQuestions) {
		const q = `SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM watch_leases WHERE expires_at > $1 GROUP BY holder) held`
		if err := conn.QueryRow(b.Context(), q, begin.Add(5*time.Second)).Scan(&n); err != nil {
			b.Fatal(err)
		}
	}
}

// visit stores enough fixes in the regular way that every tracker is known to have been in
// its place in every ten minutes.
func visit(b *testing.B, flusher *store.Flusher, c *city, from, to time.Time) {
	b.Helper()
	for i := range c.trackers {
		if _, err := flusher.Flush(b.Context(), c.fixes(i, from.Add(time.Millisecond), to, 5*time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
}

// fill copies in, for each tracker, one fix in 6 seconds.
func fill(b *testing.B, url string, c *city, from time.Time, each int) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	n := 0
	_, err = conn.CopyFrom(b.Context(), pgx.Identifier{"fixes"}, []string{"tracker", "t", "received_at", "lon", "lat", "accuracy_m"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if n == each*len(c.trackers) {
				return nil, nil
			}
			f := c.fix(n/each, from.Add(time.Duration(n%each)*6*time.Second+2*time.Millisecond))
			n++
			t := time.UnixMilli(f.TMs)
			return []any{f.Tracker, t, t, f.Lon, f.Lat, f.AccuracyM}, nil
		}))
	if err != nil {
		b.Fatal(err)
	}
}

// snapshotMB waits until every watch has a snapshot, and returns how large they are.
func snapshotMB(b *testing.B, url string, watches int) float64 {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for {
		var n int
		var bytes float64
		const q = `SELECT count(*), coalesce(sum(length(data)), 0)::float8 FROM watch_snapshots`
		if err := conn.QueryRow(b.Context(), q).Scan(&n, &bytes); err != nil {
			b.Fatal(err)
		}
		if n == watches {
			return bytes / 1e6
		}
		time.Sleep(betweenQuestions)
	}
}
