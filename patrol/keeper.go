package patrol

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"xunfang/geo"
)

const (
	tickEvery  = time.Second             // T moves on
	leaseEvery = 1500 * time.Millisecond // leases run 5 s
	readEvery  = 2 * time.Second         // the feed is read at least so often
	hintsMax   = 1024                    // more are found again in the feed
	aheadMs    = (maxAheadS + 60) * 1000 // how far after T a stored fix may lie, nodes' clocks differing
)

// KeeperConfig is what a Keeper works with.
type KeeperConfig struct {
	Archive   Archive
	Demands   Demands
	Ledger    Ledger
	Shelf     Shelf
	Publisher Publisher
	Now       func() time.Time
	Holder    string         // names this node in leases
	TimeZone  *time.Location // the deployment's
	Log       *slog.Logger
}

// Keeper keeps watches: it holds their gauges, lays on them what the feed brings, and
// records the gaps that open, move and close, for the watches whose lease it has. What
// its gauges read is at every T what CoverageAsOf(T) reads from the store, to the bit.
// One goroutine, Run's, owns everything but the readings, the layouts and what is late.
type Keeper struct {
	cfg   KeeperConfig
	hints chan Event
	asks  chan ask

	// Owned by Run.
	at           geo.Stamp   // T: what is stamped after it is held back
	cursor       int64       // every change up to here is in tails, held and gauges
	readAt       time.Time   // when the feed was last read
	missed       bool        // a hint was lost or not in turn
	stale        bool        // watches or trackers may have changed
	inTurn       []Event     // hints that follow the cursor without a hole
	held         []Fix       // stamped after T
	unshown      []Footprint // stamped after T
	sifted       geo.Stamp   // T when held was last looked through
	tails        map[uuid.UUID]*tail
	kinds        map[uuid.UUID]Kind
	demanded     map[uuid.UUID]Watch
	kept         map[uuid.UUID]*keeping
	near         *nearby // of kept; nil: not known
	restrictions []Restriction
	roster       Roster

	readings readings

	mu      sync.Mutex
	layouts map[uuid.UUID]*Layout
	late    map[uuid.UUID]late
}

// keeping is one watch in this Keeper's hands.
type keeping struct {
	watch   Watch
	lease   Lease
	gauge   gauge
	record  record
	around  surroundings
	staffed geo.Stamp // when around.staff was read
	sampled geo.Stamp // the last whole minute that was
	changed bool      // evidence was laid since the record was last looked at
	active  bool      // the record was last looked at within the watch's active time
	flipsAt geo.Stamp // when the next covered piece goes stale
	warned  bool      // the lapse that is near has been told
	asked   int       // the question by place that it was last tried for
	tellers tellers
	savedAt geo.Stamp // T of the last snapshot that was laid by; 0: none yet
	laid    bool      // evidence was laid since then
}

// ask is a question for the owner goroutine.
type ask struct {
	watch  uuid.UUID
	view   func(*keeping) // looks at the gauge as it stands; nil: coverage is asked for
	answer chan answer
}

type answer struct {
	coverage Coverage
	kept     bool
	err      error
}

// NewKeeper returns a Keeper; Run makes it work.
func NewKeeper(cfg KeeperConfig) *Keeper {
	return &Keeper{cfg: cfg, hints: make(chan Event, hintsMax), asks: make(chan ask), layouts: map[uuid.UUID]*Layout{}, late: map[uuid.UUID]late{}}
}

// Publish tells the Keeper of a committed change. It never blocks: what does not fit is
// found in the feed.
func (k *Keeper) Publish(e Event) {
	select {
	case k.hints <- e:
	default:
	}
}

// Run keeps watches until ctx ends. Trouble with the store is logged and tried again:
// the gauges then start anew from the store.
func (k *Keeper) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var revising sync.WaitGroup
	revising.Add(1)
	go func() {
		defer revising.Done()
		k.reviseAll(ctx)
	}()
	defer revising.Wait()
	defer stop()
	for ctx.Err() == nil {
		err := k.keep(ctx)
		if ctx.Err() != nil {
			break
		}
		k.cfg.Log.Warn("keeper starts anew", "error", err)
		k.pause(ctx)
	}
	return nil
}

// pause waits a tick, and tells who asks meanwhile that there is no answer now.
func (k *Keeper) pause(ctx context.Context) {
	over := time.NewTimer(tickEvery)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-over.C:
			return
		case q := <-k.asks:
			q.answer <- answer{err: ErrUnavailable}
		}
	}
}

// begin forgets everything and starts from the store.
func (k *Keeper) begin(ctx context.Context) error {
	k.at, k.held, k.unshown, k.inTurn = k.now(), nil, nil, nil
	k.tails, k.kept = map[uuid.UUID]*tail{}, map[uuid.UUID]*keeping{}
	k.near, k.sifted = nil, 0
	k.stale, k.missed = true, true
	err := k.cfg.Archive.At(ctx, func(p Past) (err error) {
		k.cursor, err = headOf(ctx, p)
		return err
	})
	if err != nil {
		return err
	}
	return k.lease(ctx)
}

// keep works from a fresh start until trouble or the end of ctx.
func (k *Keeper) keep(ctx context.Context) error {
	if err := k.begin(ctx); err != nil {
		return err
	}
	tick, lease := time.NewTicker(tickEvery), time.NewTicker(leaseEvery)
	defer tick.Stop()
	defer lease.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e := <-k.hints:
			k.take(e)
		case <-lease.C:
			if err := k.lease(ctx); err != nil {
				return err
			}
		case <-tick.C:
			if err := k.tick(ctx); err != nil {
				return err
			}
		case q := <-k.asks:
			q.answer <- k.reply(ctx, q)
		}
	}
}

func (k *Keeper) now() geo.Stamp { return geo.Stamp(k.cfg.Now().Unix()) }

// take queues a hint that follows in turn, and notes one that does not.
func (k *Keeper) take(e Event) {
	next := k.cursor + 1
	if n := len(k.inTurn); n > 0 {
		next = k.inTurn[n-1].Seq + 1
	}
	switch {
	case e.Seq < next:
	case e.Seq > next:
		k.missed = true
	default:
		k.inTurn = append(k.inTurn, e)
	}
}

// takeAll queues the hints that wait.
func (k *Keeper) takeAll() {
	for {
		select {
		case e := <-k.hints:
			k.take(e)
		default:
			return
		}
	}
}

// tick moves T on, takes in what happened, and records gaps.
func (k *Keeper) tick(ctx context.Context) error {
	k.takeAll()
	if err := k.advance(ctx); err != nil {
		return err
	}
	now := k.cfg.Now()
	if err := k.catchUp(ctx, now.Sub(k.readAt) >= readEvery); err != nil {
		return err
	}
	for id, w := range k.kept {
		if err := k.look(ctx, id, w); err != nil {
			return err
		}
	}
	return k.saveSome(ctx)
}

// layout returns the watch's subject worked out, from hand where it is there.
func (k *Keeper) layout(w Watch) *Layout {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l, ok := k.layouts[w.ID]; ok && l.Watch.sameVersions(w) {
		return l
	}
	l := Lay(w, k.cfg.TimeZone)
	k.layouts[w.ID] = l
	return l
}

// Coverage answers from the live gauge, as of this second and of every fix committed
// before the call. A watch that another node keeps is answered from the store.
func (k *Keeper) Coverage(ctx context.Context, watch uuid.UUID) (Coverage, error) {
	a, err := k.ask(ctx, ask{watch: watch})
	if err == nil && !a.kept {
		return k.CoverageAt(ctx, watch, k.cfg.Now().UnixMilli())
	}
	return a.coverage, err
}

// ask asks the owner and waits for the answer.
func (k *Keeper) ask(ctx context.Context, q ask) (answer, error) {
	q.answer = make(chan answer, 1)
	select {
	case k.asks <- q:
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	select {
	case a := <-q.answer:
		return a, a.err
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// reply answers on the owner's side.
func (k *Keeper) reply(ctx context.Context, q ask) answer {
	if q.view == nil {
		return k.cover(ctx, q.watch)
	}
	w, ok := k.kept[q.watch]
	if ok {
		q.view(w)
	}
	return answer{kept: ok}
}

// cover is Coverage on the owner's side.
func (k *Keeper) cover(ctx context.Context, watch uuid.UUID) answer {
	k.takeAll()
	if err := k.advance(ctx); err != nil {
		return answer{err: err}
	}
	if err := k.catchUp(ctx, true); err != nil {
		return answer{err: err}
	}
	if k.stale {
		if err := k.lease(ctx); err != nil {
			return answer{err: err}
		}
		if err := k.catchUp(ctx, true); err != nil { // a later start may have brought more
			return answer{err: err}
		}
	}
	w, ok := k.kept[watch]
	if !ok {
		return answer{}
	}
	staff, err := k.staffing(ctx, w.watch, k.takeIn)
	if err != nil {
		return answer{err: err}
	}
	c := w.gauge.coverage(k.at, k.cursor)
	staff.explain(w.watch, &c)
	return answer{coverage: c, kept: true}
}

// staffing reads what the assignments to a watch's subject say, on a snapshot that was
// given to first before.
func (k *Keeper) staffing(ctx context.Context, w Watch, first func(context.Context, Past) error) (s Staffing, err error) {
	if _, known := k.roster.Assigned(w, int64(k.at)*1000); !known {
		return Staffing{}, nil
	}
	err = k.cfg.Archive.At(ctx, func(past Past) error {
		if err := first(ctx, past); err != nil {
			return err
		}
		s, err = readStaffing(ctx, past, w, k.roster, k.at)
		return err
	})
	return s, err
}

// CoverageAt answers from the stored fixes as of a time, Unix ms, for the watch and the
// subject as they were then.
func (k *Keeper) CoverageAt(ctx context.Context, watch uuid.UUID, atMs int64) (Coverage, error) {
	return k.CoverageKnown(ctx, watch, allOf(atMs))
}

// CoverageKnown is CoverageAt with no more than may be known of the moment.
func (k *Keeper) CoverageKnown(ctx context.Context, watch uuid.UUID, m Moment) (Coverage, error) {
	recorded := Moment{wholeSecond(m.AtMs), m.KnownMs}
	w, err := k.cfg.Demands.WatchKnown(ctx, watch, recorded)
	if err != nil {
		return Coverage{}, err
	}
	roster, err := k.cfg.Demands.RosterKnown(ctx, recorded)
	if err != nil {
		return Coverage{}, err
	}
	return coverageAsOf(ctx, k.cfg.Archive, k.layout(w), roster, m)
}

// WhatIf is WhatIfHeights for a watch and its subject as they were at a time, Unix ms.
func (k *Keeper) WhatIf(ctx context.Context, watch uuid.UUID, atMs int64) (*WhatIf, error) {
	w, err := k.cfg.Demands.WatchAt(ctx, watch, atMs-atMs%1000+999)
	if err != nil {
		return nil, err
	}
	return WhatIfHeights(ctx, k.cfg.Archive, k.layout(w), atMs)
}
