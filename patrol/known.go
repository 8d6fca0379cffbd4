package patrol

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// known is a Past limited to what had been received by a time, Unix ms: of two fixes of one
// tracker and millisecond the one that won among those stands, whatever beat it later.
type known struct {
	Past
	byMs int64
}

func (k known) Fixes(ctx context.Context, spans []Span) ([]Fix, error) {
	won, err := k.Past.Fixes(ctx, spans)
	if err != nil {
		return nil, err
	}
	lost, err := k.Past.Superseded(ctx, spans)
	if err != nil {
		return nil, err
	}
	return k.standing(won, lost), nil
}

// standing returns, by tracker and time, which of some fixes stood by then.
func (k known) standing(won, lost []Fix) []Fix {
	all := slices.DeleteFunc(slices.Concat(won, lost), func(f Fix) bool { return f.ReceivedMs > k.byMs })
	slices.SortStableFunc(all, func(a, b Fix) int {
		return cmp.Or(compareIDs(a.Tracker, b.Tracker), cmp.Compare(a.TMs, b.TMs), rank(a, b))
	})
	return slices.CompactFunc(all, func(a, b Fix) bool { return a.Tracker == b.Tracker && a.TMs == b.TMs })
}

// rank orders two fixes of one millisecond, the better one first.
func rank(a, b Fix) int {
	switch {
	case a.Beats(b):
		return -1
	case b.Beats(a):
		return 1
	}
	return 0
}

func (k known) Tracks(ctx context.Context, q TrackQuery) ([]Track, error) {
	tracks, err := k.Past.Tracks(ctx, q)
	if err != nil {
		return nil, err
	}
	// Where one lost that stood then, it was in the same map cells: its track is among these.
	spans := make([]Span, len(tracks))
	for i, t := range tracks {
		spans[i] = Span{Tracker: t.Tracker, FromMs: q.FromMs - q.MarginMs, ToMs: q.ToMs}
	}
	lost, err := k.Past.Superseded(ctx, spans)
	if err != nil {
		return nil, err
	}
	beaten := byTracker(lost)
	for i, t := range tracks {
		tracks[i].Fixes = k.standing(t.Fixes, beaten[t.Tracker])
	}
	return tracks, nil
}

func (k known) Superseded(context.Context, []Span) ([]Fix, error) {
	return nil, nil // Fixes and Tracks have taken back what stood
}

func (k known) Footprints(ctx context.Context, spans []Span) ([]Footprint, error) {
	out, err := k.Past.Footprints(ctx, spans)
	return k.shown(out), err
}

func (k known) FootprintsIn(ctx context.Context, where []orb.Bound, fromMs, toMs int64) ([]Footprint, error) {
	out, err := k.Past.FootprintsIn(ctx, where, fromMs, toMs)
	return k.shown(out), err
}

func (k known) shown(footprints []Footprint) []Footprint {
	return slices.DeleteFunc(footprints, func(f Footprint) bool { return f.ReceivedMs > k.byMs })
}

func (k known) Signs(ctx context.Context, spans []Span) ([]Sign, error) {
	out, err := k.Past.Signs(ctx, spans)
	return slices.DeleteFunc(out, func(s Sign) bool { return s.ReceivedMs > k.byMs }), err
}

func (k known) LastReports(ctx context.Context, trackers []uuid.UUID, fromMs, toMs int64) (map[uuid.UUID]int64, error) {
	fixes, err := k.Fixes(ctx, spansOf(trackers, fromMs, toMs))
	if err != nil {
		return nil, err
	}
	last := map[uuid.UUID]int64{}
	for _, f := range fixes {
		last[f.Tracker] = max(last[f.Tracker], f.TMs)
	}
	return last, nil
}

// Moment is a time in the past with how much of the present may be known of it, Unix ms.
type Moment struct {
	AtMs    int64
	KnownMs int64 // what was received and recorded by then; math.MaxInt64: all
}

// allOf is a time with all that is known of it now.
func allOf(atMs int64) Moment { return Moment{atMs, math.MaxInt64} }

// limit returns past with what may be known of it.
func (m Moment) limit(past Past) Past {
	if m.KnownMs == math.MaxInt64 {
		return past
	}
	return known{past, m.KnownMs}
}
