package patrol

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/google/uuid"

	"xunfang/geo"
)

// Snapshot is all that a Keeper knows of one watch as of a position of the feed, so that
// another start need not read it all from the store again.
type Snapshot struct {
	Watch          uuid.UUID
	Version        int // of the watch
	SubjectVersion int
	Seq            int64     // the position of the feed
	At             geo.Stamp // what is stamped later was held back
	Data           []byte
}

// Shelf is where a Keeper lays snapshots by.
type Shelf interface {
	// SaveSnapshot puts s in the place of the watch's snapshot, or returns ErrLeaseLost
	// when the lease is no longer the holder's: then nothing was written.
	SaveSnapshot(ctx context.Context, lease Lease, s Snapshot) error
	// Snapshot returns a watch's snapshot, or ErrNotFound.
	Snapshot(ctx context.Context, watch uuid.UUID) (Snapshot, error)
}

const (
	snapshotFormat   = 1               // the first byte; another is not read
	snapshotMaxBytes = 64 << 20        // a larger one is not laid by
	snapshotEveryS   = 60              // of a watch of which something was laid
	snapshotRenewS   = 15 * 60         // of any other, so that the feed reaches back to it
	tellersKeptMs    = 2 * 3600 * 1000 // how long it is known who told a watch something
)

// errSnapshot says that a snapshot is of something else: of another version, or format.
var errSnapshot = errors.New("not a snapshot of this watch")

// saver is a gauge that can be laid by.
type saver interface {
	// save appends what the gauge holds.
	save(b []byte) []byte
	// load fills a blank gauge with what save wrote of the same layout. After an error the
	// gauge is worth nothing.
	load(b []byte) error
}

// tellers is who told a watch something: of each tracker the time of its newest fix then,
// Unix ms. Who is not there has told nothing at or after sinceMs.
type tellers struct {
	newest  map[uuid.UUID]int64
	sinceMs int64
}

// note remembers that a tracker, whose newest fix is of ms, told something.
func (t *tellers) note(tracker uuid.UUID, ms int64) {
	t.newest[tracker] = max(t.newest[tracker], ms)
}

// silentFrom reports whether a tracker has told nothing at or after a time.
func (t *tellers) silentFrom(tracker uuid.UUID, ms int64) bool {
	newest, told := t.newest[tracker]
	return told && newest < ms || !told && ms >= t.sinceMs
}

// forget drops what is older than tellersKeptMs.
func (t *tellers) forget(nowMs int64) {
	t.sinceMs = max(t.sinceMs, nowMs-tellersKeptMs)
	for tracker, ms := range t.newest {
		if ms < t.sinceMs {
			delete(t.newest, tracker)
		}
	}
}

// snapshot returns what is known of the watch at a position of the feed; held is what is
// stamped after T. It is false when the gauge cannot be laid by now.
func (w *keeping) snapshot(seq int64, at geo.Stamp, held []Fix, unshown []Footprint) (Snapshot, bool) {
	g, ok := w.gauge.(saver)
	if !ok || w.gauge.inDoubt() {
		return Snapshot{}, false
	}
	w.tellers.forget(int64(at) * 1000)
	b := []byte{snapshotFormat}
	b = binary.AppendVarint(b, w.tellers.sinceMs)
	b = binary.AppendUvarint(b, uint64(len(w.tellers.newest)))
	for tracker, ms := range w.tellers.newest {
		b = appendMoment(b, tracker, ms)
	}
	b = binary.AppendUvarint(b, uint64(len(held)))
	for _, f := range held {
		b = appendMoment(b, f.Tracker, f.TMs)
	}
	b = binary.AppendUvarint(b, uint64(len(unshown)))
	for _, f := range unshown {
		b = appendMoment(b, f.Tracker, f.TMs)
	}
	b = g.save(b)
	s := Snapshot{w.watch.ID, w.watch.Version, w.watch.SubjectVersion, seq, at, b}
	return s, len(b) <= snapshotMaxBytes
}

// restored is what a snapshot held besides the gauge: what was stamped after its T.
type restored struct {
	held    []Span
	unshown []Span
}

// restore fills w, whose gauge is blank, from a snapshot.
func (w *keeping) restore(s Snapshot) (restored, error) {
	g, ok := w.gauge.(saver)
	if !ok || s.Version != w.watch.Version || s.SubjectVersion != w.watch.SubjectVersion || len(s.Data) == 0 || s.Data[0] != snapshotFormat {
		return restored{}, errSnapshot
	}
	in := savedReader{b: s.Data[1:]}
	w.tellers.sinceMs = in.varint()
	for _, m := range in.moments() {
		w.tellers.newest[m.Tracker] = m.FromMs
	}
	r := restored{held: in.moments(), unshown: in.moments()}
	if in.failed {
		return restored{}, errSnapshot
	}
	w.savedAt = s.At
	return r, g.load(in.b)
}
