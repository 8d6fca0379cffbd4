package main

import (
	"bytes"
	"fmt"
	"math"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"xunfang/client"
	"xunfang/patrol"
	"xunfang/store/storetest"
)

// BenchmarkImport sends 100,000 buildings of 20 vertices in GCJ-02 to a server in a process
// of its own, and reads how long that takes and what memory the server has held at most;
// the database is not counted.
func BenchmarkImport(b *testing.B) {
	file := buildings(100_000)
	seconds, most := 0.0, 0.0
	for b.Loop() {
		at := freeAddress(b)
		server := startChild(b, at, storetest.URL(b))
		c := client.New("http://"+at, client.Auth{User: "admin", Password: adminPassword})
		began := time.Now()
		state, err := c.Import(b.Context(), url.Values{"kind": {"areas"}, "datum": {"gcj02"}, "area_kind": {"building"}}, bytes.NewReader(file), func(patrol.ImportState) {})
		if err != nil || state.Report.Created != 100_000 {
			b.Fatalf("%v, %+v", err, state)
		}
		seconds += time.Since(began).Seconds()
		most = max(most, peakMB(b, server.cmd.Process.Pid))
		c.Close()
		server.kill()
		<-server.ended
	}
	b.ReportMetric(seconds/float64(b.N), "s/import")
	b.ReportMetric(most, "MB")
}

// buildings returns n rounded squares in rows, as GeoJSON.
func buildings(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	side := int(math.Ceil(math.Sqrt(float64(n))))
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		lon, lat := 113.5+float64(i%side)*4e-4, 34.6+float64(i/side)*4e-4
		var ring []string
		for k := range 19 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 19)
			ring = append(ring, fmt.Sprintf("[%.7f,%.7f]", lon+1.5e-4*cos, lat+1.5e-4*sin))
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"name":"%d号楼","floors":%d},"geometry":{"type":"Polygon","coordinates":[[%s,%s]]}}`, i, i%30, strings.Join(ring, ","), ring[0])
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// peakMB returns the most memory that a process has held, in millions of bytes.
func peakMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	return memoryLine(b, status, "VmHWM:")
}
