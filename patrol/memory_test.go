package patrol

import (
	"bytes"
	"cmp"
	"context"
	"reflect"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// memory is what the store promises a Keeper, in the plainest way: it lets a property
// test try thousands of orders of arrival. (The same is tried with the real store
// through the public door, in cmd/xunfang.)
type memory struct {
	fixes        map[markKey]Fix
	lost         []Fix
	images       []Footprint
	feed         []Change
	trackers     []Tracker
	watches      []Watch
	gaps         map[uuid.UUID]Gap
	restrictions []Restriction
	roster       Roster
	samples      map[sampleKey]Sample
	written      []GapChange
	shelf        map[uuid.UUID]Snapshot
	signs        []Sign
	person       map[uuid.UUID]string // who carries a tracker
	warnings     []Warning
}

func newMemory(watches []Watch, trackers ...Tracker) *memory {
	return &memory{
		fixes: map[markKey]Fix{}, watches: watches, trackers: trackers, gaps: map[uuid.UUID]Gap{},
		shelf: map[uuid.UUID]Snapshot{}, samples: map[sampleKey]Sample{},
	}
}

// commit stores a batch by rule 1 and returns the hint for the bus.
func (m *memory) commit(batch []Fix) Event {
	spans := map[uuid.UUID]Span{}
	stored := map[markKey]Fix{}
	for _, f := range batch {
		key := markKey{f.Tracker, f.TMs}
		if old, ok := m.fixes[key]; ok {
			if !f.Beats(old) {
				m.lost = append(m.lost, f)
				continue
			}
			m.lost = append(m.lost, old)
		}
		m.fixes[key], stored[key] = f, f
		s, ok := spans[f.Tracker]
		if !ok {
			s = Span{f.Tracker, f.TMs, f.TMs}
		}
		s.FromMs, s.ToMs = min(s.FromMs, f.TMs), max(s.ToMs, f.TMs)
		spans[f.Tracker] = s
	}
	if len(stored) == 0 {
		return Event{}
	}
	c := Change{Seq: int64(len(m.feed)) + 1}
	for _, s := range spans {
		c.Spans = append(c.Spans, s)
	}
	m.feed = append(m.feed, c)
	e := Event{Seq: c.Seq}
	for _, f := range stored {
		e.Fixes = append(e.Fixes, f)
	}
	return e
}

// expose stores footprints, of each moment the first, and returns the hint for the bus.
func (m *memory) expose(batch []Footprint) Event {
	c := Change{Seq: int64(len(m.feed)) + 1}
	e := Event{Seq: c.Seq}
	for _, f := range batch {
		if !slices.ContainsFunc(m.images, func(g Footprint) bool { return g.Tracker == f.Tracker && g.TMs == f.TMs }) {
			m.images, e.Footprints = append(m.images, f), append(e.Footprints, f)
			c.Images = append(c.Images, Span{f.Tracker, f.TMs, f.TMs})
		}
	}
	if len(e.Footprints) == 0 {
		return Event{}
	}
	m.feed = append(m.feed, c)
	return e
}

func (m *memory) Footprints(_ context.Context, spans []Span) (out []Footprint, err error) {
	for _, f := range m.images {
		if within(spans, Fix{Tracker: f.Tracker, TMs: f.TMs}) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (m *memory) FootprintsIn(_ context.Context, where []orb.Bound, fromMs, toMs int64) (out []Footprint, err error) {
	for _, f := range m.images {
		if f.TMs >= fromMs && f.TMs <= toMs && slices.ContainsFunc(where, f.Ring.Bound().Intersects) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (m *memory) At(_ context.Context, f func(Past) error) error { return f(m) }

func (m *memory) Since(_ context.Context, cursor int64) (int64, []Change, error) {
	head := int64(len(m.feed))
	if cursor > head {
		return head, nil, ErrFeedGone
	}
	return head, m.feed[cursor:], nil
}

func (m *memory) Fixes(_ context.Context, spans []Span) ([]Fix, error) {
	var out []Fix
	for _, f := range m.fixes {
		if within(spans, f) {
			out = append(out, f)
		}
	}
	return inOrder(out), nil
}

func (m *memory) Superseded(_ context.Context, spans []Span) ([]Fix, error) {
	var out []Fix
	for _, f := range m.lost {
		if within(spans, f) {
			out = append(out, f)
		}
	}
	return inOrder(out), nil
}

func within(spans []Span, f Fix) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Tracker == f.Tracker && f.TMs >= s.FromMs && f.TMs <= s.ToMs })
}

func inOrder(fixes []Fix) []Fix {
	slices.SortFunc(fixes, func(a, b Fix) int {
		return cmp.Or(bytes.Compare(a.Tracker[:], b.Tracker[:]), cmp.Compare(a.TMs, b.TMs))
	})
	return fixes
}

func (m *memory) Tracks(ctx context.Context, q TrackQuery) ([]Track, error) {
	var out []Track
	for _, t := range m.trackers {
		fixes, err := m.Fixes(ctx, []Span{{t.ID, q.FromMs - q.MarginMs, q.ToMs}})
		if err != nil {
			return nil, err
		}
		near := slices.ContainsFunc(fixes, func(f Fix) bool {
			return slices.ContainsFunc(q.Where, func(b orb.Bound) bool { return b.Contains(f.point()) })
		})
		if near && slices.Contains(q.Kinds, t.Kind) {
			out = append(out, Track{Tracker: t.ID, Kind: t.Kind, Fixes: fixes})
		}
	}
	return out, nil
}

func (m *memory) Watches(context.Context) ([]Watch, error) { return m.watches, nil }

func (m *memory) WatchAt(_ context.Context, id uuid.UUID, _ int64) (Watch, error) {
	for _, w := range m.watches {
		if w.ID == id {
			return w, nil
		}
	}
	return Watch{}, ErrNotFound
}

func (m *memory) AddSamples(_ context.Context, samples []WatchSample) error {
	for _, s := range samples {
		key := sampleKey{s.Lease.Watch, s.Sample.AtMs}
		old, there := m.samples[key]
		old.RevisedMs = s.Sample.RevisedMs
		if !there || s.Sample.RevisedMs != 0 && !reflect.DeepEqual(old, s.Sample) {
			m.samples[key] = s.Sample
		}
	}
	return nil
}

type sampleKey struct {
	watch uuid.UUID
	atMs  int64
}

func (m *memory) RosterKnown(context.Context, Moment) (Roster, error) { return m.roster, nil }

func (m *memory) WatchKnown(ctx context.Context, id uuid.UUID, at Moment) (Watch, error) {
	return m.WatchAt(ctx, id, at.AtMs)
}

func (m *memory) LastReports(_ context.Context, trackers []uuid.UUID, fromMs, toMs int64) (map[uuid.UUID]int64, error) {
	last := map[uuid.UUID]int64{}
	for _, f := range m.fixes {
		if slices.Contains(trackers, f.Tracker) && f.TMs >= fromMs && f.TMs <= toMs {
			last[f.Tracker] = max(last[f.Tracker], f.TMs)
		}
	}
	return last, nil
}

func (m *memory) Restrictions(context.Context) ([]Restriction, error) { return m.restrictions, nil }

func (m *memory) TrackerKinds(context.Context) (map[uuid.UUID]Kind, error) {
	kinds := map[uuid.UUID]Kind{}
	for _, t := range m.trackers {
		kinds[t.ID] = t.Kind
	}
	return kinds, nil
}

func (m *memory) Lease(_ context.Context, holder string, watches []uuid.UUID) ([]Lease, error) {
	var out []Lease
	for _, w := range watches {
		out = append(out, Lease{w, holder, 1})
	}
	return out, nil
}

func (m *memory) OpenGaps(_ context.Context, watch uuid.UUID) ([]Gap, error) {
	var out []Gap
	for _, g := range m.gaps {
		if g.Watch == watch && g.State == "open" {
			out = append(out, g)
		}
	}
	return out, nil
}

func (m *memory) WriteGaps(_ context.Context, _ Lease, changes []GapChange) (int64, []GapChange, error) {
	for _, c := range changes {
		m.gaps[c.Gap.ID] = c.Gap
	}
	m.written = append(m.written, changes...)
	m.feed = append(m.feed, Change{Seq: int64(len(m.feed)) + 1, Collection: "gaps"})
	return int64(len(m.feed)), changes, nil
}

func (m *memory) SaveSnapshot(_ context.Context, _ Lease, s Snapshot) error {
	m.shelf[s.Watch] = s
	return nil
}

func (m *memory) Snapshot(_ context.Context, watch uuid.UUID) (Snapshot, error) {
	s, ok := m.shelf[watch]
	if !ok {
		return Snapshot{}, ErrNotFound
	}
	return s, nil
}

func (m *memory) Publish(e Event) {
	if e.Warning != nil {
		m.warnings = append(m.warnings, *e.Warning)
	}
}

// sign stores a sign unless it is there, and returns the hint for the bus.
func (m *memory) sign(s Sign) Event {
	if slices.ContainsFunc(m.signs, func(o Sign) bool {
		return o.Tracker == s.Tracker && o.TMs == s.TMs && o.Checkpoint == s.Checkpoint
	}) {
		return Event{}
	}
	m.signs = append(m.signs, s)
	c := Change{Seq: int64(len(m.feed)) + 1, Signs: []Span{{s.Tracker, s.TMs, s.TMs}}}
	m.feed = append(m.feed, c)
	return Event{Seq: c.Seq, Signs: []Sign{s}}
}

// recarry notes in the feed that a tracker has another version.
func (m *memory) recarry(tracker uuid.UUID) Event {
	c := Change{Seq: int64(len(m.feed)) + 1, Collection: Trackers, ID: tracker}
	m.feed = append(m.feed, c)
	return Event{Seq: c.Seq, Feature: &FeatureChange{Event: "replaced", Feature: Feature{Collection: Trackers, ID: tracker}}}
}

func (m *memory) Signs(_ context.Context, spans []Span) (out []Sign, err error) {
	for _, s := range m.signs {
		if within(spans, Fix{Tracker: s.Tracker, TMs: s.TMs}) {
			out = append(out, s)
		}
	}
	return out, nil
}

func (m *memory) CheckIns(_ context.Context, checkpoint uuid.UUID, fromMs, toMs int64) (out []uuid.UUID, err error) {
	for _, s := range m.signs {
		if s.Checkpoint == checkpoint && s.TMs >= fromMs && s.TMs <= toMs && !slices.Contains(out, s.Tracker) {
			out = append(out, s.Tracker)
		}
	}
	return out, nil
}

func (m *memory) Carriers(_ context.Context, trackers []uuid.UUID, _ int64) (map[uuid.UUID]Carrier, error) {
	out := map[uuid.UUID]Carrier{}
	for _, t := range m.trackers {
		if slices.Contains(trackers, t.ID) {
			out[t.ID] = Carrier{Kind: t.Kind, Person: m.person[t.ID]}
		}
	}
	return out, nil
}
