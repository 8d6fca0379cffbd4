package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

const (
	readEvery   = 2 * time.Second // a node reads the feed at least so often
	readTimeout = 5 * time.Second // a store that takes longer is away
	boardPast   = 24 * time.Hour  // a board starts with the last fixes of so long
	openGapsMax = 100_000
)

// Opening is what a picture starts from.
type Opening interface {
	Head(ctx context.Context) (int64, error)
	Trackers(ctx context.Context) ([]patrol.Tracker, error)
	LastFixes(ctx context.Context, sinceMs int64) ([]patrol.Fix, error)
}

// Documents are read again when their change was missed on the bus.
type Documents interface {
	Feature(ctx context.Context, collection string, id uuid.UUID) (patrol.Feature, error)
	Gaps(ctx context.Context, q patrol.GapQuery) (gaps []patrol.Gap, matched int, err error)
	Gap(ctx context.Context, id uuid.UUID) (patrol.Gap, error)
}

// Sink takes what a Follower finds, from one goroutine.
type Sink interface {
	// Reset gives the whole picture; what was known before is void.
	Reset(p Picture)
	// Apply gives the next changes. Seq never falls, and nothing up to it is missing,
	// save fixes of trackers that have newer ones. seen tells what Scopes see of them.
	Apply(e patrol.Event, seen Seen)
	// Scopes lists those with which somebody looks, other than the whole deployment.
	Scopes() []*patrol.Scope
	// Warn gives a warning, which is in no sequence.
	Warn(w patrol.Warning)
	// Away says that the store went away or is back.
	Away(away bool)
}

// Picture is everything that is live at one position of the feed.
type Picture struct {
	Seq      int64
	Trackers []patrol.Tracker
	Fixes    []patrol.Fix // the last of each tracker
	Gaps     []patrol.Gap // the open ones
}

// FollowerConfig is what a Follower needs.
type FollowerConfig struct {
	Archive   patrol.Archive
	Opening   Opening
	Documents Documents
	Sights    Sights
	Hints     <-chan patrol.Event // from a Bus
	Sink      Sink
	Now       func() time.Time
	Log       *slog.Logger
}

// Follower makes one exact sequence of the bus's hints and the store's feed: a hint
// that continues the sequence is passed on at once; a hole, and every two seconds
// whatever the bus lost, is read from the feed.
type Follower struct {
	cfg    FollowerConfig
	cursor int64
	open   map[uuid.UUID]bool // gaps that the sink holds for open
}

// NewFollower makes a Follower; Open comes before Run.
func NewFollower(cfg FollowerConfig) *Follower { return &Follower{cfg: cfg} }

// Open reads the picture from the store and gives it to the sink.
func (f *Follower) Open(ctx context.Context) error {
	// The head is read first: what is committed meanwhile is both in the picture and
	// in the feed after it, and applying it twice changes nothing.
	head, err := f.cfg.Opening.Head(ctx)
	if err != nil {
		return fmt.Errorf("open the live picture: %w", err)
	}
	p := Picture{Seq: head}
	if p.Trackers, err = f.cfg.Opening.Trackers(ctx); err != nil {
		return fmt.Errorf("open the live picture: %w", err)
	}
	if p.Fixes, err = f.cfg.Opening.LastFixes(ctx, f.cfg.Now().Add(-boardPast).UnixMilli()); err != nil {
		return fmt.Errorf("open the live picture: %w", err)
	}
	if p.Gaps, err = f.openGaps(ctx); err != nil {
		return fmt.Errorf("open the live picture: %w", err)
	}
	f.cursor = head
	f.open = make(map[uuid.UUID]bool, len(p.Gaps))
	for _, g := range p.Gaps {
		f.open[g.ID] = true
	}
	f.cfg.Sink.Reset(p)
	return nil
}

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	due := time.NewTicker(readEvery)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case hint := <-f.cfg.Hints:
			switch {
			case hint.Warning != nil:
				f.cfg.Sink.Warn(*hint.Warning)
			case hint.Seq == f.cursor+1 && f.apply(ctx, hint) == nil:
			case hint.Seq > f.cursor:
				f.catchUp(ctx)
			}
		case <-due.C:
			f.catchUp(ctx)
		}
	}
}

// apply passes the next changes on, or returns why it cannot be told who sees them; then
// they are read again from the feed.
func (f *Follower) apply(ctx context.Context, e patrol.Event) error {
	seen, err := look(ctx, f.cfg.Sights, f.cfg.Sink.Scopes(), e)
	if err != nil {
		return err
	}
	for _, change := range e.Gaps {
		if change.Event == "closed" {
			delete(f.open, change.Gap.ID)
		} else {
			f.open[change.Gap.ID] = true
		}
	}
	f.cursor = max(f.cursor, e.Seq)
	f.cfg.Sink.Apply(e, seen)
	return nil
}

// catchUp reads the feed past the cursor; what cannot be read now is read next time.
func (f *Follower) catchUp(ctx context.Context) {
	timed, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	events, err := f.missed(timed)
	if errors.Is(err, patrol.ErrFeedGone) {
		f.cfg.Log.Warn("the feed no longer reaches back: the live picture is read anew")
		err = f.Open(timed)
	}
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		f.cfg.Log.Warn("cannot read the feed", "error", err)
		f.cfg.Sink.Away(true)
		return
	}
	f.cfg.Sink.Away(false)
	for _, e := range events {
		if err := f.apply(timed, e); err != nil {
			f.cfg.Log.Warn("cannot pass changes on", "error", err)
			return
		}
	}
}

// missed returns what the feed holds past the cursor: features in order of seq, then,
// as of the feed's head, gaps and the newest fix of every tracker that moved.
func (f *Follower) missed(ctx context.Context) ([]patrol.Event, error) {
	var (
		head    int64
		changes []patrol.Change
		fixes   []patrol.Fix
	)
	err := f.cfg.Archive.At(ctx, func(past patrol.Past) (err error) {
		if head, changes, err = past.Since(ctx, f.cursor); err != nil {
			return err
		}
		if ends := spanEnds(changes); len(ends) > 0 {
			fixes, err = past.Fixes(ctx, ends)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	var events []patrol.Event
	gapsChanged := false
	for _, c := range changes {
		switch {
		case c.Collection == "":
		case c.Collection == patrol.Users:
			of := patrol.Feature{Collection: c.Collection, ID: c.ID}
			events = append(events, patrol.Event{Seq: c.Seq, Feature: &patrol.FeatureChange{Event: "replaced", Feature: of}})
		case c.Collection == "gaps":
			gapsChanged = true
		case c.Imported:
			events = append(events, patrol.Event{Seq: c.Seq, Imported: c.Collection})
		default:
			feature, err := f.feature(ctx, c)
			if err != nil {
				return nil, err
			}
			events = append(events, patrol.Event{Seq: c.Seq, Feature: feature})
		}
	}
	if gapsChanged {
		gaps, err := f.gapChanges(ctx)
		if err != nil {
			return nil, err
		}
		events = append(events, patrol.Event{Seq: head, Gaps: gaps})
	}
	if head > f.cursor {
		events = append(events, patrol.Event{Seq: head, Fixes: fixes})
	}
	return events, nil
}

// spanEnds returns the last moment of each tracker's spans: its newest fix stands there.
func spanEnds(changes []patrol.Change) []patrol.Span {
	last := make(map[uuid.UUID]int64)
	for _, c := range changes {
		for _, s := range c.Spans {
			last[s.Tracker] = max(last[s.Tracker], s.ToMs)
		}
	}
	ends := make([]patrol.Span, 0, len(last))
	for tracker, ms := range last {
		ends = append(ends, patrol.Span{Tracker: tracker, FromMs: ms, ToMs: ms})
	}
	return ends
}

func (f *Follower) feature(ctx context.Context, c patrol.Change) (*patrol.FeatureChange, error) {
	feature, err := f.cfg.Documents.Feature(ctx, c.Collection, c.ID)
	switch {
	case errors.Is(err, patrol.ErrNotFound):
		gone := patrol.Feature{Collection: c.Collection, ID: c.ID, Properties: []byte("{}")}
		return &patrol.FeatureChange{Event: "deleted", Feature: gone}, nil
	case err != nil:
		return nil, fmt.Errorf("read what changed: %w", err)
	case c.Created:
		return &patrol.FeatureChange{Event: "created", Feature: feature}, nil
	default:
		return &patrol.FeatureChange{Event: "replaced", Feature: feature}, nil
	}
}

// gapChanges holds the open gaps against those that the sink has.
func (f *Follower) gapChanges(ctx context.Context) ([]patrol.GapChange, error) {
	gaps, err := f.openGaps(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what changed: %w", err)
	}
	var changes []patrol.GapChange
	still := make(map[uuid.UUID]bool, len(gaps))
	for _, g := range gaps {
		still[g.ID] = true
		event := "opened"
		if f.open[g.ID] {
			event = "changed"
		}
		changes = append(changes, patrol.GapChange{Event: event, Gap: g})
	}
	for id := range f.open {
		if still[id] {
			continue
		}
		g, err := f.cfg.Documents.Gap(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read what changed: %w", err)
		}
		changes = append(changes, patrol.GapChange{Event: "closed", Gap: g})
	}
	return changes, nil
}

func (f *Follower) openGaps(ctx context.Context) ([]patrol.Gap, error) {
	gaps, _, err := f.cfg.Documents.Gaps(ctx, patrol.GapQuery{Scope: patrol.Everything, Stands: true, Limit: openGapsMax})
	return gaps, err
}
