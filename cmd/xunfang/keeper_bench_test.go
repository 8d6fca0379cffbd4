package main

import (
	"context"
	"log/slog"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"xunfang/live"
	"xunfang/patrol"
	"xunfang/store"
	"xunfang/store/storetest"
)

// BenchmarkKeeper keeps 1,000 watches, four over every fix, while 10,000 trackers send one
// fix a second, on one processor: cores is how much of it storing (PostgreSQL not counted)
// and keeping take for each second of fixes, keeping how much of that is the Keeper's,
// lag-ms how long after the last second an answer takes, and MB what the Keeper holds.
func BenchmarkKeeper(b *testing.B) {
	url := storetest.URL(b)
	s := storetest.OpenURL(b, url, time.Now)
	c := newCity(b, url, s, 250, 4, 40)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	flusher := store.NewFlusher(s)
	second := func(at time.Time, to patrol.Publisher) {
		fixes := make([]patrol.Fix, len(c.trackers))
		for i := range fixes {
			fixes[i] = c.fix(i, at.Truncate(time.Second).Add(-time.Duration(i%1000)*time.Millisecond))
		}
		done, err := flusher.Flush(b.Context(), fixes)
		if err != nil {
			b.Fatal(err)
		}
		to.Publish(patrol.Event{Seq: done.Seq, Fixes: done.Stored})
	}
	due := time.NewTicker(time.Second)
	defer due.Stop()
	run := func(seconds int, to patrol.Publisher) (cores float64) {
		cpu := processorTime(b)
		for range seconds {
			second(<-due.C, to)
		}
		return (processorTime(b) - cpu).Seconds() / float64(seconds)
	}
	for b.Loop() {
		storing := run(5, &live.Bus{})
		before := heapMB()
		keeper := patrol.NewKeeper(patrol.KeeperConfig{
			Archive: s, Demands: s, Ledger: s, Shelf: s, Publisher: &live.Bus{}, Now: time.Now,
			Holder: uuid.NewString(), Log: slog.New(slog.DiscardHandler),
		})
		keeping := begin(b.Context(), func(ctx context.Context) { _ = keeper.Run(ctx) })
		answer := func() {
			if got, err := keeper.Coverage(b.Context(), c.watches[0]); err != nil || got.Share == 0 {
				b.Fatal(got.Share, err)
			}
		}
		run(3, keeper) // it gets to know the trackers
		answer()
		cores := run(20, keeper)
		asked := time.Now()
		answer()
		b.ReportMetric(float64(time.Since(asked).Milliseconds()), "lag-ms")
		b.ReportMetric(cores, "cores")
		b.ReportMetric(cores-storing, "keeping")
		b.ReportMetric(heapMB()-before, "MB")
		keeping.stop()
	}
}

// processorTime returns what this process has spent.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heapMB() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}
