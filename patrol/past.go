package patrol

import (
	"context"
	"errors"
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// ErrFeedGone: the feed no longer reaches back to the cursor; rebuild.
var ErrFeedGone = errors.New("the feed no longer reaches back that far")

// Change is one row of the feed, as it is read back from the store.
type Change struct {
	Seq        int64
	Spans      []Span    // of a batch of fixes
	Images     []Span    // of a batch of footprints
	Signs      []Span    // of a batch of signs
	Collection string    // of a feature, or "gaps"; empty for fixes, footprints and signs
	Created    bool      // the feature is new
	Imported   bool      // many features of Collection are, and ID says nothing
	ID         uuid.UUID // of that feature; uuid.Nil for the rest
}

// Past is the store as of one position of the feed: every method of one Past reads
// the same snapshot.
type Past interface {
	Reports
	Feed
	Evidence
	Imagery
	Attendance
}

// Feed is what has changed, in the order of commits.
type Feed interface {
	// Since returns the feed's head and its rows after cursor in order of seq; with
	// ErrFeedGone, when they are not all there, the head alone.
	Since(ctx context.Context, cursor int64) (head int64, changes []Change, err error)
}

// Evidence is the stored fixes, by tracker or by place.
type Evidence interface {
	// Fixes returns the fixes within spans, by tracker and time.
	Fixes(ctx context.Context, spans []Span) ([]Fix, error)
	// Superseded returns the fixes within spans that lost to another one of the same
	// tracker and millisecond, by tracker and time.
	Superseded(ctx context.Context, spans []Span) ([]Fix, error)
	// Tracks returns, for every tracker of one of the kinds that was in a map cell
	// meeting where between from and to, its fixes of those ten-minute slots with
	// marginMs more on both sides, cut to [from-margin, to]; times are Unix ms.
	// A *Gone error when from lies before what retention has kept.
	Tracks(ctx context.Context, q TrackQuery) ([]Track, error)
}

// Reports are when trackers were last heard of.
type Reports interface {
	// LastReports returns the time, Unix ms, of the newest fix of each tracker that has one
	// from..to, both included.
	LastReports(ctx context.Context, trackers []uuid.UUID, fromMs, toMs int64) (map[uuid.UUID]int64, error)
}

// Imagery is the stored footprints, by tracker or by place.
type Imagery interface {
	// Footprints returns the footprints within spans, in any order.
	Footprints(ctx context.Context, spans []Span) ([]Footprint, error)
	// FootprintsIn returns at least those footprints between from and to (Unix ms, both
	// included) that show anything within where.
	FootprintsIn(ctx context.Context, where []orb.Bound, fromMs, toMs int64) ([]Footprint, error)
}

// Attendance is the stored signs, by tracker or by checkpoint, and whose they are.
type Attendance interface {
	// Signs returns the signs within spans, in any order.
	Signs(ctx context.Context, spans []Span) ([]Sign, error)
	// CheckIns returns the trackers that checked in at a checkpoint between two times, Unix
	// ms, both included.
	CheckIns(ctx context.Context, checkpoint uuid.UUID, fromMs, toMs int64) ([]uuid.UUID, error)
	// Carriers returns what applied of trackers at a time, Unix ms.
	Carriers(ctx context.Context, trackers []uuid.UUID, atMs int64) (map[uuid.UUID]Carrier, error)
}

// headOf returns the position at which the feed stands.
func headOf(ctx context.Context, feed Feed) (int64, error) {
	head, _, err := feed.Since(ctx, math.MaxInt64)
	if errors.Is(err, ErrFeedGone) {
		err = nil
	}
	return head, err
}

// TrackQuery asks a Past who was where.
type TrackQuery struct {
	Where        []orb.Bound // lon/lat boxes, grown by the caller; any of them
	FromMs, ToMs int64
	MarginMs     int64
	Kinds        []Kind
}

// Archive opens the store at its present position of the feed.
type Archive interface {
	// At runs f on one snapshot (read only, repeatable read).
	At(ctx context.Context, f func(Past) error) error
}

// Lease says that a node keeps a watch. The database's clock alone judges it.
type Lease struct {
	Watch  uuid.UUID
	Holder string
	Term   int64
}

// Ledger is where a Keeper records gaps and samples, under leases.
type Ledger interface {
	// AddSamples keeps those samples whose leases are still held. One that is there already
	// gives way only to one that carries a time of revision and says something else.
	AddSamples(ctx context.Context, samples []WatchSample) error
	// Lease takes what is free or run out of the watches, renews what holder has,
	// and returns the leases now held.
	Lease(ctx context.Context, holder string, watches []uuid.UUID) ([]Lease, error)
	// OpenGaps returns the recorded gaps of a watch that are not closed.
	OpenGaps(ctx context.Context, watch uuid.UUID) ([]Gap, error)
	// WriteGaps commits what evidence has changed of one watch's gaps and returns the seq
	// in the feed with the gaps as they now stand, handled as people have them; or
	// ErrLeaseLost when the lease is no longer the holder's: then nothing was written.
	WriteGaps(ctx context.Context, lease Lease, changes []GapChange) (seq int64, written []GapChange, err error)
}

// Demands is what shall be seen, and whose passing counts.
type Demands interface {
	// Watches lists the watches that apply now, each over its subject as that is now.
	Watches(ctx context.Context) ([]Watch, error)
	// WatchAt returns a watch and its subject in the versions that applied at a
	// time, Unix ms; ErrNotFound when it was deleted before.
	WatchAt(ctx context.Context, id uuid.UUID, atMs int64) (Watch, error)
	// WatchKnown is WatchAt in the versions that were recorded by when a moment may be known.
	WatchKnown(ctx context.Context, id uuid.UUID, m Moment) (Watch, error)
	// RosterKnown returns who answers for what in the versions that applied at a moment, of
	// those recorded by when it may be known.
	RosterKnown(ctx context.Context, m Moment) (Roster, error)
	// Restrictions returns the zones in force now, by id.
	Restrictions(ctx context.Context) ([]Restriction, error)
	// TrackerKinds returns the kind of every tracker there ever was: what one that is
	// deleted has seen stays seen.
	TrackerKinds(ctx context.Context) (map[uuid.UUID]Kind, error)
}
