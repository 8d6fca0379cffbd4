package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

// Samples are kept under the lease, revised in the open, and read in steps.
func TestSamples(t *testing.T) {
	ctx := t.Context()
	s := storetest.OpenURL(t, storetest.URL(t), func() time.Time { return time.UnixMilli(t0).Add(48 * time.Hour) })
	watch := uuid.Must(uuid.NewV7())
	lease := takeLease(t, s, "here", watch)
	lost := lease
	lost.Term--
	mean := func(v float64) *float64 { return &v }
	sample := func(minute int64, share float64, meanS *float64, gaps int, revisedMs int64) patrol.Sample {
		return patrol.Sample{AtMs: t0 + minute*60_000, Share: share, WorstIdleS: 100 * minute, MeanIdleS: meanS, Gaps: gaps, RevisedMs: revisedMs}
	}
	add := func(l patrol.Lease, samples ...patrol.Sample) {
		t.Helper()
		var all []patrol.WatchSample
		for _, sample := range samples {
			all = append(all, patrol.WatchSample{Lease: l, Sample: sample})
		}
		if err := s.AddSamples(ctx, all); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, during patrol.Times, stepS int64, samples ...patrol.Sample) {
		t.Helper()
		got, err := s.Samples(ctx, watch, during, stepS)
		if err != nil || !cmp.Equal(got, samples, cmpopts.EquateEmpty()) {
			t.Errorf("%s: %v\n%s", what, err, cmp.Diff(samples, got))
		}
	}
	all := patrol.Times{FromMs: t0, ToMs: t0 + 3_600_000}
	add(lease, sample(0, 0.5, mean(10), 2, 0))
	add(lease, sample(1, 0.25, nil, 1, 0))
	add(lease, sample(2, 1, mean(20), 0, 0))
	add(lease, sample(2, 0, nil, 9, 0))           // another node's at the same time
	add(lost, sample(1, 0, nil, 9, t0+1))         // of a keeper that slept
	add(lease, sample(0, 0.5, mean(10), 2, t0+7)) // looked at again, and the same
	first, second, third := sample(0, 0.5, mean(10), 2, 0), sample(1, 0.25, nil, 1, 0), sample(2, 1, mean(20), 0, 0)
	want("as they were sampled", all, 60, first, second, third)

	second = sample(1, 0.75, mean(30), 1, t0+9)
	add(lease, second)
	want("with one revised", all, 60, first, second, third)
	want("some of them", patrol.Times{FromMs: t0 + 60_000, ToMs: t0 + 60_000}, 60, second)
	want("in steps of two minutes", all, 120,
		patrol.Sample{AtMs: t0, Share: 0.625, WorstIdleS: 100, MeanIdleS: mean(20), Gaps: 2, RevisedMs: t0 + 9}, third)
	if err := s.Sweep(ctx, 1); err != nil {
		t.Fatal(err)
	}
	want("past retention", all, 60)
}
