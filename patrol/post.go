package patrol

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// postGauge is the gauge of a post watch: what the trackers that were there told, each
// whole. It reads a tracker from the store when it first comes, and again when what it
// told comes out of order. What happened before the horizon of T counts for nothing: who
// has stood there by heartbeats alone since then is not known to.
type postGauge struct {
	watch Watch
	clock *time.Location
	disc  []orb.Bound // a box around the post
	blank bool        // nothing has been read from the store yet
	doubt map[uuid.UUID]bool
	known map[uuid.UUID]*guard
}

// guard is one tracker at a post.
type guard struct {
	person string
	tells  []tell // in order, without those that change nothing
	lastMs int64  // of all that it told
}

// append adds what a tracker told last. While it is not there only what brings it there
// is of interest.
func (k *guard) append(t tell) {
	n := len(k.tells)
	away := n == 0 || k.tells[n-1].what == left
	if !away || t.what == inside || t.what == codeSeen {
		k.tells = append(k.tells, t)
	}
	k.lastMs = t.tMs
}

func newPostGauge(w Watch, clock *time.Location) *postGauge {
	return &postGauge{
		watch: w, clock: clock, disc: []orb.Bound{geo.Grow(w.Post.At.Bound(), w.Post.RadiusM)},
		blank: true, doubt: map[uuid.UUID]bool{}, known: map[uuid.UUID]*guard{},
	}
}

// holds reports whether a place lies within the post.
func (p Post) holds(at orb.Point) bool { return geo.DistanceM(p.At, at) <= p.RadiusM }

func (g *postGauge) bounds() []orb.Bound { return g.disc }

func (g *postGauge) meets(tracker uuid.UUID, box orb.Bound) bool {
	return g.known[tracker] != nil || geo.AnyMeets(g.disc, box)
}

// change appends what follows on what a tracker told before; for anything else the
// tracker is in doubt.
func (g *postGauge) change(tracker uuid.UUID, old, now []Mark, _ Rule) {
	known := g.known[tracker]
	switch {
	case g.doubt[tracker]:
		return
	case known == nil:
		if slices.ContainsFunc(now, func(m Mark) bool { return m.Usable && g.watch.Post.holds(m.At) }) {
			g.doubt[tracker] = true
		}
		return
	}
	was := g.tellsOf(old)
	for _, t := range g.tellsOf(now) {
		if len(was) > 0 && was[0] == t {
			was = was[1:]
			continue
		}
		if len(was) > 0 || t.tMs <= known.lastMs {
			g.doubt[tracker] = true
			return
		}
		known.append(t)
	}
	if len(was) > 0 {
		g.doubt[tracker] = true
	}
}

// tellsOf returns what marks say: usable ones alone say anything.
func (g *postGauge) tellsOf(marks []Mark) (tells []tell) {
	for _, m := range marks {
		switch {
		case !m.Usable:
		case g.watch.Post.holds(m.At):
			tells = append(tells, tell{m.TMs, inside})
		default:
			tells = append(tells, tell{m.TMs, left})
		}
	}
	return tells
}

func (g *postGauge) amend(s Span, fixes, beaten []Fix, _ Rule, _ geo.Stamp) {
	here := func(f Fix) bool { return g.watch.Post.holds(f.point()) }
	if g.known[s.Tracker] != nil || slices.ContainsFunc(fixes, here) || slices.ContainsFunc(beaten, here) {
		g.doubt[s.Tracker] = true
	}
}

// show takes signs in, those of a later time too: they wait here for T. Footprints prove
// nobody's presence.
func (g *postGauge) show(s sights, _ geo.Stamp) (tells bool) {
	for _, sign := range s.signs {
		switch known := g.known[sign.Tracker]; {
		case g.doubt[sign.Tracker]:
		case known != nil && sign.TMs > known.lastMs:
			known.append(sign.tell(g.watch.Post.Checkpoint))
			tells = true
		case known != nil || sign.Checkpoint == g.watch.Post.Checkpoint:
			g.doubt[sign.Tracker], tells = true, true
		}
	}
	return tells
}

// tell returns what a sign says at a checkpoint: a check-in elsewhere proves that its
// tracker lives, as a heartbeat does.
func (s Sign) tell(at uuid.UUID) tell {
	if s.Checkpoint == at {
		return tell{s.TMs, codeSeen}
	}
	return tell{s.TMs, beat}
}

func (g *postGauge) carried(tracker uuid.UUID) {
	if g.known[tracker] != nil {
		g.doubt[tracker] = true
	}
}

func (g *postGauge) inDoubt() bool { return g.blank || len(g.doubt) > 0 }

func (g *postGauge) mend(ctx context.Context, past Past, at geo.Stamp, toMs int64) (later, error) {
	if !g.inDoubt() {
		return later{}, nil
	}
	var l later
	if g.blank {
		tracks, err := readTracks(ctx, past, g.watch, g.disc, at, toMs)
		if err != nil {
			return later{}, err
		}
		checked, err := past.CheckIns(ctx, g.watch.Post.Checkpoint, int64(g.watch.horizon(at))*1000, toMs)
		if err != nil {
			return later{}, err
		}
		for _, t := range tracks {
			if slices.ContainsFunc(t.Fixes, func(f Fix) bool { return g.watch.Post.holds(f.point()) }) {
				g.doubt[t.Tracker] = true
			}
		}
		for _, tracker := range checked {
			g.doubt[tracker] = true
		}
		l.fixes = cutTracks(tracks, at)
	}
	if err := g.read(ctx, past, at, &l); err != nil {
		return later{}, err
	}
	g.blank, g.doubt = false, map[uuid.UUID]bool{}
	return l, nil
}

// readAheadMs is how far after T trackers are read: further than T may lag behind the clock.
// Signs then wait here for it, fixes where all do.
const readAheadMs = 86_400_000

// read reads anew what the trackers in doubt told, and notes them in l.
func (g *postGauge) read(ctx context.Context, past Past, at geo.Stamp, l *later) error {
	trackers := slices.SortedFunc(maps.Keys(g.doubt), compareIDs)
	if len(trackers) == 0 {
		return nil
	}
	carriers, err := past.Carriers(ctx, trackers, int64(at)*1000+999)
	if err != nil {
		return err
	}
	spans := make([]Span, len(trackers))
	for i, tracker := range trackers {
		spans[i] = Span{tracker, int64(g.watch.horizon(at))*1000 - EvidenceMarginMs, int64(at)*1000 + readAheadMs}
	}
	fixes, err := past.Fixes(ctx, spans)
	if err != nil {
		return err
	}
	signs, err := past.Signs(ctx, spans)
	if err != nil {
		return err
	}
	told := map[uuid.UUID][]tell{}
	for _, s := range signs {
		told[s.Tracker] = append(told[s.Tracker], s.tell(g.watch.Post.Checkpoint))
	}
	reported := byTracker(fixes)
	for _, tracker := range trackers {
		c := carriers[tracker]
		rule, counts := g.watch.Rule(c.Kind)
		if !counts {
			delete(g.known, tracker)
			continue
		}
		due := indexAt(reported[tracker], int64(at)*1000+1)
		l.fixes = append(l.fixes, reported[tracker][due:]...)
		marks, _ := stretch{fixes: reported[tracker][:due]}.marks(rule, 0)
		tells := append(told[tracker], g.tellsOf(marks)...)
		slices.SortFunc(tells, compareTells)
		known := &guard{person: c.Person}
		for _, t := range tells {
			known.append(t)
		}
		g.known[tracker] = known
		l.learned = append(l.learned, tracker)
	}
	return nil
}

// prune forgets what lies before the horizon of T, and who was not there since.
func (g *postGauge) prune(at geo.Stamp) {
	horizonMs := int64(g.watch.horizon(at)) * 1000
	for tracker, known := range g.known {
		i, _ := slices.BinarySearchFunc(known.tells, horizonMs+1, func(t tell, ms int64) int {
			if t.tMs < ms {
				return -1
			}
			return 1
		})
		known.tells = known.tells[i:]
		if !slices.ContainsFunc(known.tells, func(t tell) bool { return t.what == inside || t.what == codeSeen }) {
			delete(g.known, tracker)
		}
	}
}
