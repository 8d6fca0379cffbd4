package store

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// Kinds of rows in the feed.
const (
	fixesKind      = "fixes"      // payload: spans, 32 bytes each: tracker, from, to (Unix ms, big-endian)
	footprintsKind = "footprints" // payload: spans, as for fixes
	signsKind      = "signs"      // payload: spans, as for fixes
	createdKind    = "created"    // of a feature; payload: id (16 bytes), collection
	featureKind    = "feature"    // any other change of one; payload likewise
	importedKind   = "imported"   // many features of one collection, all new; payload: the collection
	gapsKind       = "gaps"       // payload: ids, 16 bytes each: the watch, then its gaps
)

const spanBytes = 32

// feedSQL takes the next seq and writes its row. The lock that it takes on the head
// is held to the commit: nothing else of a transaction comes after it.
const feedSQL = `
	WITH head AS (UPDATE feed_head SET seq = seq + 1 RETURNING seq)
	INSERT INTO feed (seq, kind, payload)
	SELECT seq, $1, $2 FROM head
	RETURNING seq`

func appendToFeed(ctx context.Context, tx pgx.Tx, kind string, payload []byte) (seq int64, err error) {
	err = tx.QueryRow(ctx, feedSQL, kind, payload).Scan(&seq)
	return seq, err
}

// Head returns the seq of the last change that was committed, 0 before the first.
func (s *Store) Head(ctx context.Context) (seq int64, err error) {
	const q = `SELECT seq FROM feed_head`
	err = s.db.QueryRow(ctx, q).Scan(&seq)
	return seq, failed("read the feed's head", err)
}

func encodeSpans(spans []patrol.Span) []byte {
	b := make([]byte, 0, len(spans)*spanBytes)
	for _, s := range spans {
		b = append(b, s.Tracker[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(s.FromMs))
		b = binary.BigEndian.AppendUint64(b, uint64(s.ToMs))
	}
	return b
}

func decodeSpans(b []byte) (spans []patrol.Span) {
	for ; len(b) > 0; b = b[spanBytes:] {
		spans = append(spans, patrol.Span{
			Tracker: uuid.UUID(b[:16]),
			FromMs:  int64(binary.BigEndian.Uint64(b[16:])),
			ToMs:    int64(binary.BigEndian.Uint64(b[24:])),
		})
	}
	return spans
}

func encodeFeatureRow(collection string, id uuid.UUID) []byte {
	return append(id[:], collection...)
}

func encodeGapsRow(watch uuid.UUID, changes []patrol.GapChange) []byte {
	b := watch[:]
	for _, c := range changes {
		b = append(b, c.Gap.ID[:]...)
	}
	return b
}

// scanChange reads seq, kind and payload of one row of the feed.
func scanChange(row pgx.CollectableRow) (c patrol.Change, err error) {
	var kind string
	var payload []byte
	if err := row.Scan(&c.Seq, &kind, &payload); err != nil {
		return c, err
	}
	switch {
	case kind == fixesKind && len(payload)%spanBytes == 0:
		c.Spans = decodeSpans(payload)
	case kind == footprintsKind && len(payload)%spanBytes == 0:
		c.Images = decodeSpans(payload)
	case kind == signsKind && len(payload)%spanBytes == 0:
		c.Signs = decodeSpans(payload)
	case (kind == createdKind || kind == featureKind) && len(payload) > 16:
		c.ID, c.Collection, c.Created = uuid.UUID(payload[:16]), string(payload[16:]), kind == createdKind
	case kind == importedKind:
		c.Collection, c.Imported = string(payload), true
	case kind == gapsKind:
		c.Collection = patrol.Gaps
	default:
		return c, fmt.Errorf("row %d of the feed cannot be read: kind %q, %d bytes", c.Seq, kind, len(payload))
	}
	return c, nil
}
