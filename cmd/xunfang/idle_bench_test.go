package main

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"xunfang/store/storetest"
)

// BenchmarkIdleServer starts a server in a process of its own and reads what memory it
// keeps when nobody uses it; the database is not counted.
func BenchmarkIdleServer(b *testing.B) {
	most := 0.0
	for b.Loop() {
		server := startChild(b, freeAddress(b), storetest.URL(b))
		most = max(most, residentMB(b, server.cmd.Process.Pid))
		server.kill()
		<-server.ended
	}
	b.ReportMetric(most, "MB")
}

// residentMB returns how much memory a process holds, in millions of bytes.
func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	return memoryLine(b, status, "VmRSS:")
}

// memoryLine reads one line of /proc/PID/status, in millions of bytes.
func memoryLine(b *testing.B, status []byte, name string) float64 {
	b.Helper()
	var kB int
	_, line, found := bytes.Cut(status, []byte(name))
	if _, err := fmt.Sscan(string(line), &kB); !found || err != nil {
		b.Fatalf("no %s in %s", name, status)
	}
	return float64(kB) * 1024 / 1e6
}
