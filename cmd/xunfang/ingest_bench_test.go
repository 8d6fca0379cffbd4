package main

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xunfang/patrol"
)

// BenchmarkIngestHTTP sends batches of 100 fixes over HTTP from 32 trackers at once,
// each waiting for its acknowledgement before it sends the next; the database is on
// the same machine. One operation is one batch.
func BenchmarkIngestHTTP(b *testing.B) {
	const senders, each = 32, 100
	s := startConsole(b, nil)
	c := clientOf(b, s)
	tokens := make([]string, senders)
	for i := range tokens {
		_, tokens[i] = newTracker(b, c, "bench")
	}
	start := time.Now().Add(-24 * time.Hour).UnixMilli()
	var next atomic.Int64
	b.ResetTimer()
	var sending sync.WaitGroup
	for _, token := range tokens {
		sending.Go(func() {
			batch := make([]patrol.Fix, each)
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				for i := range batch {
					batch[i] = patrol.Fix{
						TMs: start + (n*each+int64(i))*10, Lon: 113.62 + float64(i)*1e-5, Lat: 34.75 + float64(n%1000)*1e-5,
						AccuracyM: 4.5, AltitudeM: 101.5, SpeedMPS: 1.25, HeadingDeg: 90, Battery: 0.8,
					}
				}
				receipt, err := c.PostFixes(b.Context(), token, batch)
				if err != nil || receipt.Stored != each {
					b.Errorf("receipt %+v, %v", receipt, err)
					return
				}
			}
		})
	}
	sending.Wait()
	b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), "fixes/s")
}
