package main

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"xunfang/ingest"
	"xunfang/live"
	"xunfang/patrol"
)

// newMetrics returns a registry of what the process, the queue of fixes and the live
// picture tell. Doors add their own.
func newMetrics(intake *patrol.Intake, hub *live.Hub) *prometheus.Registry {
	metrics := prometheus.NewRegistry()
	gauge := func(name, help string, now func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(now()) })
	}
	metrics.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("xunfang_fixes_waiting", "Fixes that wait to be committed, those of the batch under way left out.", intake.Waiting),
		gauge("xunfang_viewers", "Open connections to /live.", hub.Viewers),
	)
	return metrics
}

// fixMeter is an intake that counts what becomes of fixes.
type fixMeter struct {
	intake ingest.Intake
	fixes  *prometheus.CounterVec
}

// newFixMeter returns an intake that counts; all of one registry count together.
func newFixMeter(intake ingest.Intake, metrics *prometheus.Registry) *fixMeter {
	fixes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xunfang_fixes_total", Help: "Fixes by what became of them; unanswered: the sender sends them again.",
	}, []string{"outcome"})
	if again := (prometheus.AlreadyRegisteredError{}); errors.As(metrics.Register(fixes), &again) {
		fixes = again.ExistingCollector.(*prometheus.CounterVec)
	}
	return &fixMeter{intake, fixes}
}

// Submit is the intake's.
func (m *fixMeter) Submit(ctx context.Context, t patrol.Tracker, fixes []patrol.Fix) (patrol.Receipt, error) {
	receipt, err := m.intake.Submit(ctx, t, fixes)
	if err != nil {
		m.add("unanswered", len(fixes))
		return receipt, err
	}
	m.add("stored", receipt.Stored)
	m.add("duplicate", receipt.Duplicate)
	m.add("rejected", len(receipt.Rejected))
	return receipt, nil
}

func (m *fixMeter) add(outcome string, n int) { m.fixes.WithLabelValues(outcome).Add(float64(n)) }

// meterMAVLink adds what became of frames that were heard, when there is a port for them.
func meterMAVLink(drones *ingest.MAVLink, metrics *prometheus.Registry) {
	if len(drones.Addrs()) == 0 {
		return
	}
	for outcome := range drones.Counts() {
		metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "xunfang_mavlink_total", Help: "MAVLink frames, and what they told of, by what became of them.",
			ConstLabels: prometheus.Labels{"outcome": outcome},
		}, func() float64 { return float64(drones.Counts()[outcome]) }))
	}
}
