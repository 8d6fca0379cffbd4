package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

const footprintColumns = `f.tracker, f.t, f.received_at, f.lon, f.lat, ST_AsEWKB(f.geom), f.height_m, f.height_kind, f.gsd_cm`

// AddFootprints commits those whose tracker and millisecond are new, and returns them
// with their seq in the feed, 0 when there are none. Any error is a
// patrol.ErrUnavailable: the batch may or may not be there, and can be given again.
func (s *Store) AddFootprints(ctx context.Context, footprints []patrol.Footprint) (seq int64, added []patrol.Footprint, err error) {
	footprints = slices.Clone(footprints)
	// In one order everywhere, so that two who add the same do not wait for each other.
	slices.SortStableFunc(footprints, compareFootprints)
	footprints = slices.CompactFunc(footprints, func(a, b patrol.Footprint) bool { return compareFootprints(a, b) == 0 })
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if added, err = insertFootprints(ctx, tx, footprints); err != nil || len(added) == 0 {
			return err
		}
		if err := insertSightings(ctx, tx, added); err != nil {
			return err
		}
		seq, err = appendToFeed(ctx, tx, footprintsKind, encodeSpans(spansOf(added, footprintMoment)))
		return err
	})
	if err != nil {
		return 0, nil, fmt.Errorf("add %d footprints: %w: %w", len(footprints), patrol.ErrUnavailable, err)
	}
	return seq, added, nil
}

func compareFootprints(a, b patrol.Footprint) int {
	return cmp.Or(bytes.Compare(a.Tracker[:], b.Tracker[:]), cmp.Compare(a.TMs, b.TMs))
}

// insertFootprints returns those that were not there.
func insertFootprints(ctx context.Context, tx pgx.Tx, footprints []patrol.Footprint) (added []patrol.Footprint, err error) {
	const q = `
		INSERT INTO footprints (tracker, t, received_at, lon, lat, geom, height_m, height_kind, gsd_cm)
		VALUES ($1, $2, $3, $4, $5, ST_GeomFromEWKB($6), $7, $8, $9)
		ON CONFLICT DO NOTHING`
	batch := &pgx.Batch{}
	for _, f := range footprints {
		geom, err := encodeGeometry(orb.Polygon{f.Ring})
		if err != nil {
			return nil, err
		}
		batch.Queue(q, f.Tracker, timeOf(f.TMs), timeOf(f.ReceivedMs), f.At[0], f.At[1], geom, f.HeightM, f.HeightKind, f.GSDCm).
			Exec(func(done pgconn.CommandTag) error {
				if done.RowsAffected() > 0 {
					added = append(added, f)
				}
				return nil
			})
	}
	return added, tx.SendBatch(ctx, batch).Close()
}

// insertSightings notes in which cells footprints show something.
func insertSightings(ctx context.Context, tx pgx.Tx, footprints []patrol.Footprint) error {
	const q = `
		INSERT INTO sightings (cell, slot, tracker)
		SELECT DISTINCT * FROM unnest($1::bigint[], $2::int[], $3::uuid[]) ORDER BY 1, 2, 3
		ON CONFLICT DO NOTHING`
	var cells []int64
	var slots []int32
	var trackers []uuid.UUID
	for _, f := range footprints {
		in, _ := cellsOf(blocksOf([]orb.Bound{f.Ring.Bound()}), maxCells) // few: patrol bounds the height
		for _, cell := range in {
			cells, slots, trackers = append(cells, cell), append(slots, slotOf(f.TMs)), append(trackers, f.Tracker)
		}
	}
	_, err := tx.Exec(ctx, q, cells, slots, trackers)
	return err
}

// FootprintsOf returns the footprints that q selects, in order of time.
func (s *Store) FootprintsOf(ctx context.Context, q patrol.EvidenceQuery) ([]patrol.Footprint, error) {
	const list = `
		SELECT ` + footprintColumns + footprintsWhere + `
		 ORDER BY f.t
		 LIMIT $5`
	inside, err := encodeGround(q.Inside)
	if err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, list, q.Tracker, timeOf(q.FromMs), timeOf(q.ToMs), inside, q.Limit)
	footprints, err := pgx.CollectRows(rows, scanFootprint)
	return footprints, failed("read footprints", err)
}

// CountFootprints returns how many footprints q selects, whatever its limit.
func (s *Store) CountFootprints(ctx context.Context, q patrol.EvidenceQuery) (n int, err error) {
	inside, err := encodeGround(q.Inside)
	if err != nil {
		return 0, err
	}
	err = s.db.QueryRow(ctx, `SELECT count(*)`+footprintsWhere, q.Tracker, timeOf(q.FromMs), timeOf(q.ToMs), inside).Scan(&n)
	return n, failed("count footprints", err)
}

const footprintsWhere = `
		  FROM footprints f
		 WHERE f.tracker = $1 AND f.t BETWEEN $2 AND $3
		   AND ($4::bytea IS NULL OR ST_Intersects(ST_GeomFromEWKB($4), f.geom))`

// Footprints returns the footprints within spans.
func (p past) Footprints(ctx context.Context, spans []patrol.Span) ([]patrol.Footprint, error) {
	const q = `
		SELECT ` + footprintColumns + `
		  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS span (of, first, last)
		  JOIN footprints f ON f.tracker = span.of AND f.t BETWEEN span.first AND span.last`
	var trackers []uuid.UUID
	var firsts, lasts []time.Time
	for _, s := range mergeSpans(spans) {
		trackers = append(trackers, s.Tracker)
		firsts, lasts = append(firsts, timeOf(s.FromMs)), append(lasts, timeOf(s.ToMs))
	}
	rows, _ := p.tx.Query(ctx, q, trackers, firsts, lasts)
	footprints, err := pgx.CollectRows(rows, scanFootprint)
	return footprints, failed("read footprints", err)
}

// FootprintsIn returns the footprints between two times of every tracker and slot of
// which one showed something of the cells that the boxes meet.
func (p past) FootprintsIn(ctx context.Context, where []orb.Bound, fromMs, toMs int64) ([]patrol.Footprint, error) {
	const (
		who = `
			SELECT DISTINCT tracker, slot
			  FROM sightings
			 WHERE slot BETWEEN $1 AND $2 AND `
		inCells  = who + `cell = ANY ($3)`
		anywhere = who + `$3::bigint[] IS NULL`
	)
	sql := anywhere
	cells, few := cellsOf(blocksOf(where), maxCells)
	if few {
		sql = inCells
	}
	rows, _ := p.tx.Query(ctx, sql, slotOf(fromMs), slotOf(toMs), cells)
	var spans []patrol.Span
	var tracker uuid.UUID
	var slot int32
	_, err := pgx.ForEachRow(rows, []any{&tracker, &slot}, func() error {
		first := int64(slot) * slotMs
		spans = append(spans, patrol.Span{Tracker: tracker, FromMs: max(first, fromMs), ToMs: min(first+slotMs-1, toMs)})
		return nil
	})
	if err != nil {
		return nil, failed("find footprints", err)
	}
	return p.Footprints(ctx, spans)
}

func scanFootprint(row pgx.CollectableRow) (f patrol.Footprint, err error) {
	var t, received time.Time
	var geom []byte
	if err := row.Scan(&f.Tracker, &t, &received, &f.At[0], &f.At[1], &geom, &f.HeightM, &f.HeightKind, &f.GSDCm); err != nil {
		return f, err
	}
	polygon, err := decodeAs[orb.Polygon](geom)
	if err != nil {
		return f, err
	}
	f.TMs, f.ReceivedMs, f.Ring = t.UnixMilli(), received.UnixMilli(), polygon[0]
	return f, nil
}
