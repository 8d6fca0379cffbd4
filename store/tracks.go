package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// Tracks returns who was in the cells that q's boxes meet, by tracker.
func (p past) Tracks(ctx context.Context, q patrol.TrackQuery) ([]patrol.Track, error) {
	if err := p.checkHorizon(ctx, q.FromMs); err != nil {
		return nil, err
	}
	visitors, err := p.visitors(ctx, q)
	if err != nil {
		return nil, failed("find visitors", err)
	}
	kinds := map[uuid.UUID]patrol.Kind{}
	var spans []patrol.Span
	for _, v := range visitors {
		kinds[v.tracker] = v.kind
		from := int64(v.slot) * slotMs
		spans = append(spans, patrol.Span{
			Tracker: v.tracker,
			FromMs:  max(from, q.FromMs) - q.MarginMs,
			ToMs:    min(from+slotMs-1+q.MarginMs, q.ToMs),
		})
	}
	fixes, err := p.Fixes(ctx, spans)
	if err != nil {
		return nil, err
	}
	var tracks []patrol.Track
	for start := 0; start < len(fixes); {
		end := start + 1
		for end < len(fixes) && fixes[end].Tracker == fixes[start].Tracker {
			end++
		}
		id := fixes[start].Tracker
		tracks = append(tracks, patrol.Track{Tracker: id, Kind: kinds[id], Fixes: fixes[start:end:end]})
		start = end
	}
	return tracks, nil
}

// checkHorizon refuses, with a *patrol.Gone, a time of which fixes may have been
// dropped.
func (p past) checkHorizon(ctx context.Context, fromMs int64) error {
	const q = `SELECT horizon FROM retention WHERE horizon > $1`
	rows, _ := p.tx.Query(ctx, q, timeOf(fromMs))
	later, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return failed("read the horizon", err)
	}
	if len(later) > 0 {
		return &patrol.Gone{HorizonMs: later[0].UnixMilli()}
	}
	return nil
}

// visitor is a tracker with one of the slots in which it was in one of the cells.
type visitor struct {
	tracker uuid.UUID
	kind    patrol.Kind
	slot    int32
}

// maxCells is up to how many cells are looked up one by one in the index: a box
// around 100,000 km². Beyond it every visit of the slots is looked at.
const maxCells = 100_000

func (p past) visitors(ctx context.Context, q patrol.TrackQuery) ([]visitor, error) {
	const (
		who = `
			SELECT v.tracker, f.props->>'kind', v.slot
			  FROM (SELECT DISTINCT tracker, slot
			          FROM visits
			         WHERE slot BETWEEN $1 AND $2 AND `
		ofKinds = `) v
			  JOIN features f ON f.collection = 'trackers' AND f.id = v.tracker AND f.version = 1 -- the kind never changes
			 WHERE f.props->>'kind' = ANY ($3)`
		inCells  = who + `cell = ANY ($4)` + ofKinds
		inBlocks = who + `
			               EXISTS (SELECT FROM unnest($4::int[], $5::int[], $6::int[], $7::int[]) AS b (west, east, north, south)
			                        WHERE (cell >> 15) BETWEEN b.west AND b.east
			                          AND (cell & 32767) BETWEEN b.north AND b.south)` + ofKinds
	)
	args := []any{slotOf(q.FromMs), slotOf(q.ToMs), q.Kinds}
	blocks := blocksOf(q.Where)
	sql := inBlocks
	if cells, ok := cellsOf(blocks, maxCells); ok {
		sql, args = inCells, append(args, cells)
	} else {
		var west, east, north, south []int
		for _, b := range blocks {
			west, east = append(west, b.west), append(east, b.east)
			north, south = append(north, b.north), append(south, b.south)
		}
		args = append(args, west, east, north, south)
	}
	rows, _ := p.tx.Query(ctx, sql, args...)
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v visitor, err error) {
		err = row.Scan(&v.tracker, &v.kind, &v.slot)
		return v, err
	})
}
