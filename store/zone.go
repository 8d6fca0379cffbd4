package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// momentsSQL gives the moments at which the clock alone changes a zone: those that lay
// ahead when the version was written, and at which it applies.
const momentsSQL = `
		WITH moments AS (
		     SELECT f.id, m.at
		       FROM features f
		      CROSS JOIN LATERAL (VALUES (f.applies_from), (f.in_force_from), (f.in_force_to)) AS m (at)
		      WHERE f.collection = 'zones' AND m.at > f.created_at AND applies(f, m.at))`

// TurnZones writes to the feed the zones that the clock has changed up to now since it
// was last asked, here or on another node, and returns those changes and when the next
// one is due: the zero time when none is.
func (s *Store) TurnZones(ctx context.Context, now time.Time) (changes []patrol.Event, next time.Time, err error) {
	const (
		told = `SELECT told FROM zone_clock FOR UPDATE`
		due  = momentsSQL + `SELECT DISTINCT id FROM moments WHERE at > $1 AND at <= $2 ORDER BY id`
		tell = `UPDATE zone_clock SET told = $1`
	)
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		changes = nil
		var until time.Time
		if err := tx.QueryRow(ctx, told).Scan(&until); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, due, until, now)
		zones, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		if next, err = nextMoment(ctx, tx, now); err != nil || len(zones) == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, tell, now); err != nil {
			return err
		}
		for _, id := range zones {
			e := patrol.Event{Feature: &patrol.FeatureChange{Event: "replaced", Feature: patrol.Feature{Collection: patrol.Zones, ID: id}}}
			if e.Seq, err = appendChange(ctx, tx, patrol.Zones, id); err != nil {
				return err
			}
			changes = append(changes, e)
		}
		return nil
	})
	for i := 0; i < len(changes) && err == nil; i++ {
		zone := &changes[i].Feature.Feature
		*zone, err = s.FeatureAt(ctx, zone.Collection, zone.ID, now)
	}
	return changes, next, failed("turn zones", err)
}

func nextMoment(ctx context.Context, tx pgx.Tx, now time.Time) (time.Time, error) {
	const q = momentsSQL + `SELECT min(at) FROM moments WHERE at > $1`
	var next *time.Time
	if err := tx.QueryRow(ctx, q, now).Scan(&next); err != nil {
		return time.Time{}, err
	}
	if next == nil {
		return time.Time{}, nil
	}
	return *next, nil
}
