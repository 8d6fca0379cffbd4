package patrol

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"xunfang/geo"
)

const (
	sampleEvery   = 60 // seconds, on whole minutes
	reviseEvery   = time.Second / 4
	missedMinutes = 10 // how many minutes that nobody kept a Keeper makes good
)

// Sample is what coverage of one watch was as of a whole minute.
type Sample struct {
	AtMs       int64
	Share      float64
	WorstIdleS int64
	MeanIdleS  *float64 // nil when nothing was seen
	Gaps       int      // stale parts
	RevisedMs  int64    // when late evidence last changed it, or it was made good; 0: never
}

func sampleOf(c Coverage, gaps int) Sample {
	return Sample{AtMs: c.AtMs, Share: c.Share, WorstIdleS: c.WorstIdleS, MeanIdleS: c.MeanIdleS, Gaps: gaps}
}

// WatchSample is a sample with the lease under which it is written.
type WatchSample struct {
	Lease  Lease
	Sample Sample
}

// sampled is a gauge that tells what a sample holds without drawing gaps.
type sampled interface {
	sample(at geo.Stamp) Sample
}

func (g groundGauge) sample(at geo.Stamp) Sample {
	s := g.survey(at)
	return sampleOf(g.answer(at, 0, g.tally(s)), len(s.Parts))
}

func (g perimeterGauge) sample(at geo.Stamp) Sample {
	s := g.survey(at)
	return sampleOf(g.answer(at, 0, g.tally(s)), len(s.Parts))
}

// sample reads a gauge as of T.
func sample(g gauge, at geo.Stamp) Sample {
	if s, ok := g.(sampled); ok {
		return s.sample(at)
	}
	c := g.coverage(at, 0)
	return sampleOf(c, len(c.Gaps))
}

// minuteOf returns the whole minute at or before T.
func minuteOf(at geo.Stamp) geo.Stamp { return at - at%sampleEvery }

// advance moves T on to now. Where a whole minute lies between, T stops there and the
// watches are sampled. Of several only the last can be read from the gauges: no evidence
// may lie further ahead of T than aheadMs. The rest is read from the store.
func (k *Keeper) advance(ctx context.Context) error {
	now := k.now()
	if minute := minuteOf(now); minute > k.at {
		if last := minute - sampleEvery; last > k.at {
			k.makeGood(last)
		}
		k.at = minute
		if err := k.catchUp(ctx, false); err != nil {
			return err
		}
		if err := k.sampleAll(ctx); err != nil {
			return err
		}
	}
	k.at = max(k.at, now)
	return nil
}

// makeGood has the minutes up to last at which nothing was sampled sampled from the store.
func (k *Keeper) makeGood(last geo.Stamp) {
	for _, w := range k.kept {
		first := max(w.sampled+sampleEvery, before(last, (missedMinutes-1)*sampleEvery))
		w.sampled = last
		k.noteLate(w, int64(first)*1000)
	}
}

// sampleAll samples every watch that is active, as of T, a whole minute.
func (k *Keeper) sampleAll(ctx context.Context) error {
	var samples []WatchSample
	for _, w := range k.kept {
		w.sampled = k.at
		if w.watch.activeAt(k.at) {
			samples = append(samples, WatchSample{w.lease, sample(w.gauge, k.at)})
		}
	}
	if len(samples) == 0 {
		return nil
	}
	return k.cfg.Ledger.AddSamples(ctx, samples)
}

func (w Watch) activeAt(at geo.Stamp) bool {
	nowMs := int64(at) * 1000
	return nowMs >= w.ActiveFromMs && (w.ActiveToMs == 0 || nowMs < w.ActiveToMs)
}

// late are the minutes of one watch whose samples evidence may have changed since.
type late struct {
	lease    Lease
	from, to geo.Stamp // both included
}

// noteLate notes evidence of a time, Unix ms, that samples should have shown.
func (k *Keeper) noteLate(w *keeping, ms int64) {
	from := stampOf(ms)
	if from%sampleEvery != 0 {
		from = minuteOf(from) + sampleEvery // the first minute as of which it counts
	}
	if from > w.sampled {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	l, ok := k.late[w.watch.ID]
	if !ok || l.lease != w.lease {
		l = late{lease: w.lease, from: from}
	}
	l.from, l.to = min(l.from, from), w.sampled
	k.late[w.watch.ID] = l
}

// reviseAll samples anew what late evidence has touched, four minutes of a watch a second,
// the newest first, until ctx ends.
func (k *Keeper) reviseAll(ctx context.Context) {
	due := time.NewTicker(reviseEvery)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-due.C:
			if _, err := k.revise(ctx); err != nil && ctx.Err() == nil {
				k.cfg.Log.Warn("a sample is not revised", "error", err)
			}
		}
	}
}

// revise samples one minute of one watch anew from the store; false when there is none to.
func (k *Keeper) revise(ctx context.Context) (bool, error) {
	lease, minute, ok := k.nextLate()
	if !ok {
		return false, nil
	}
	atMs := int64(minute) * 1000
	w, err := k.cfg.Demands.WatchAt(ctx, lease.Watch, wholeSecond(atMs))
	gone := (*Gone)(nil)
	switch {
	case errors.Is(err, ErrNotFound):
		return true, nil
	case err != nil:
		return true, err
	case !w.activeAt(minute):
		return true, nil
	}
	g := k.layout(w).gauge()
	err = k.cfg.Archive.At(ctx, func(past Past) error {
		_, err := g.mend(ctx, past, minute, atMs)
		return err
	})
	switch {
	case errors.As(err, &gone):
		return true, nil
	case err != nil:
		return true, err
	}
	s := sample(g, minute)
	s.RevisedMs = k.cfg.Now().UnixMilli()
	return true, k.cfg.Ledger.AddSamples(ctx, []WatchSample{{lease, s}})
}

// nextLate takes the newest minute that is to be revised.
func (k *Keeper) nextLate() (lease Lease, minute geo.Stamp, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var next uuid.UUID
	for id, l := range k.late {
		if !ok || l.to > minute || l.to == minute && compareIDs(id, next) < 0 {
			next, lease, minute, ok = id, l.lease, l.to, true
		}
	}
	if !ok {
		return lease, 0, false
	}
	l := k.late[next]
	if l.to -= sampleEvery; l.to < l.from {
		delete(k.late, next)
	} else {
		k.late[next] = l
	}
	return lease, minute, true
}
