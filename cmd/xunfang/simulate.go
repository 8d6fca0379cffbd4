package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"xunfang/client"
	"xunfang/patrol"
)

const (
	walkMPS         = 1.4 // a person's pace
	simulatedAccM   = 5
	metresADegree   = 111_320 // of latitude
	createsParallel = 8
	maxHz           = 1000 // a tracker has one fix a millisecond
)

// simulated is what simulate measured. A latency is of one request that was
// acknowledged: from sending it to the server's word that its fix is committed.
type simulated struct {
	Sent         int     `json:"sent"`
	Acknowledged int     `json:"acknowledged"`
	Errors       int     `json:"errors"`
	P50Ms        float64 `json:"p50_ms"`
	P99Ms        float64 `json:"p99_ms"`
	MaxMs        float64 `json:"max_ms"`
}

// runSimulate loads a server with random walkers, each sending fix by fix.
func runSimulate(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("xunfang simulate", flag.ContinueOnError)
	server := serverFlag(flags)
	trackers := flags.Int("trackers", 10, "`N` walkers")
	hz := flags.Float64("hz", 1, "`F` fixes a second, each")
	duration := flags.Duration("duration", time.Minute, "for so long (`D`, like 90s or 5m)")
	seed := flags.Uint64("seed", 1, "`N`: the same walks for the same seed")
	bbox := bboxFlag{&orb.Bound{Min: orb.Point{113.60, 34.74}, Max: orb.Point{113.64, 34.77}}}
	flags.Var(&bbox, "bbox", "walk in the box `W,S,E,N`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *trackers < 1 || !(*hz > 0 && *hz <= maxHz) || *duration <= 0 {
		return fmt.Errorf("simulate needs at least one tracker, hz above 0 and up to %d, and a duration above 0", maxHz)
	}
	c := connect(*server)
	defer c.Close()

	walkers := make([]*walker, *trackers)
	creating, creatingCtx := errgroup.WithContext(ctx)
	creating.SetLimit(createsParallel)
	for i := range walkers {
		creating.Go(func() (err error) {
			walkers[i], err = newWalker(creatingCtx, c, fmt.Sprintf("sim %04d", i+1), *bbox.bound, rand.New(rand.NewPCG(*seed, uint64(i))))
			return err
		})
	}
	if err := creating.Wait(); err != nil {
		return err
	}
	period := time.Duration(float64(time.Second) / *hz)
	timed, cancel := context.WithTimeout(ctx, *duration)
	defer cancel()
	var walking sync.WaitGroup
	for i, w := range walkers {
		delay := period * time.Duration(i) / time.Duration(len(walkers)) // they take turns
		walking.Go(func() { w.walk(timed, c, delay, period) })
	}
	walking.Wait()
	return json.NewEncoder(out).Encode(summary(walkers))
}

// walker is one simulated tracker.
type walker struct {
	token   string
	within  orb.Bound
	rand    *rand.Rand
	at      orb.Point
	heading float64 // radians from north

	sent, errors int
	latencies    []time.Duration
}

func newWalker(ctx context.Context, c *client.Client, name string, within orb.Bound, r *rand.Rand) (*walker, error) {
	_, token, err := c.CreateTracker(ctx, map[string]any{"name": name, "kind": patrol.Person})
	if err != nil {
		return nil, err
	}
	size := orb.Point{within.Max[0] - within.Min[0], within.Max[1] - within.Min[1]}
	return &walker{
		token: token, within: within, rand: r,
		at:      orb.Point{within.Min[0] + r.Float64()*size[0], within.Min[1] + r.Float64()*size[1]},
		heading: r.Float64() * 2 * math.Pi,
	}, nil
}

// walk sends where the walker is, every period, until ctx ends.
func (w *walker) walk(ctx context.Context, c *client.Client, delay, period time.Duration) {
	if sleepUntil(ctx, time.Now().Add(delay)) != nil {
		return
	}
	next := time.NewTicker(period)
	defer next.Stop()
	for {
		w.step(period)
		w.send(ctx, c)
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
	}
}

// step goes on for as long as a period lasts, and turns back at the box's edge.
func (w *walker) step(period time.Duration) {
	w.heading += w.rand.NormFloat64() * 0.2
	metres := walkMPS * period.Seconds()
	to := orb.Point{
		w.at[0] + metres*math.Sin(w.heading)/(metresADegree*math.Cos(w.at[1]*math.Pi/180)),
		w.at[1] + metres*math.Cos(w.heading)/metresADegree,
	}
	if !w.within.Contains(to) {
		w.heading += math.Pi
		return
	}
	w.at = to
}

func (w *walker) send(ctx context.Context, c *client.Client) {
	now := time.Now()
	degrees := math.Mod(w.heading*180/math.Pi, 360)
	if degrees < 0 {
		degrees += 360
	}
	_, err := c.PostFixes(ctx, w.token, []patrol.Fix{{
		TMs: now.UnixMilli(), Lon: w.at[0], Lat: w.at[1], AccuracyM: simulatedAccM,
		AltitudeM: patrol.Unknown, SpeedMPS: walkMPS, HeadingDeg: float32(degrees), Battery: 1,
	}})
	switch {
	case err == nil:
		w.latencies = append(w.latencies, time.Since(now))
	case ctx.Err() != nil:
		return // the time is over: this one does not count
	default:
		w.errors++
	}
	w.sent++
}

func summary(walkers []*walker) simulated {
	var s simulated
	var all []time.Duration
	for _, w := range walkers {
		s.Sent += w.sent
		s.Errors += w.errors
		all = append(all, w.latencies...)
	}
	s.Acknowledged = len(all)
	if len(all) == 0 {
		return s
	}
	slices.Sort(all)
	ms := func(share float64) float64 {
		return float64(all[int(share*float64(len(all)-1))].Microseconds()) / 1000
	}
	s.P50Ms, s.P99Ms, s.MaxMs = ms(0.5), ms(0.99), ms(1)
	return s
}
