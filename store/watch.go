package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/patrol"
)

// Watches lists the watches that apply now with their subjects, oldest first. One that cannot be read, or whose subject is not there, is left out and
// logged: it must not stop the others from being kept.
func (s *Store) Watches(ctx context.Context) ([]patrol.Watch, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = 'watches' AND applies(f, $1)
		 ORDER BY f.id`
	now := s.now()
	rows, _ := s.db.Query(ctx, q, now)
	fs, err := pgx.CollectRows(rows, scanFeature)
	if err != nil {
		return nil, failed("list watches", err)
	}
	subjects, err := s.subjects(ctx, fs, now)
	if err != nil {
		return nil, failed("list watches", err)
	}
	var watches []patrol.Watch
	for _, f := range fs {
		w, err := parseWatch(f, subjects)
		if err != nil {
			s.log.Warn("a watch is not kept", "watch", f.ID, "because", err)
			continue
		}
		watches = append(watches, w)
	}
	return watches, nil
}

// WatchAt returns a watch and its subject in the versions that applied
// at a time, Unix ms; patrol.ErrNotFound when there was none.
func (s *Store) WatchAt(ctx context.Context, id uuid.UUID, atMs int64) (patrol.Watch, error) {
	at := timeOf(atMs)
	f, err := s.FeatureAt(ctx, patrol.Watches, id, at)
	if err != nil {
		return patrol.Watch{}, err
	}
	subjects, err := s.subjects(ctx, []patrol.Feature{f}, at)
	if err != nil {
		return patrol.Watch{}, failed("find a watch's subject", err)
	}
	return parseWatch(f, subjects)
}

// WatchKnown is WatchAt in the versions that were recorded by when the moment may be known.
func (s *Store) WatchKnown(ctx context.Context, id uuid.UUID, m patrol.Moment) (patrol.Watch, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = $3 AND f.id = $4 AND ` + knownF
	find := func(collection string, id uuid.UUID) (patrol.Feature, error) {
		rows, _ := s.db.Query(ctx, q, timeOf(m.AtMs), knownBy(m), collection, id)
		return pgx.CollectExactlyOneRow(rows, scanFeature)
	}
	f, err := find(patrol.Watches, id)
	if err != nil {
		return patrol.Watch{}, failed("find a watch", err)
	}
	collection, id, err := patrol.WatchSubject(f)
	if err != nil {
		return patrol.Watch{}, err
	}
	subject, err := find(collection, id)
	if err != nil {
		return patrol.Watch{}, failed("find a watch's subject", err)
	}
	return patrol.ParseWatch(f, subject)
}

// knownBy returns by when a moment may be known; nil: there is no limit.
func knownBy(m patrol.Moment) *time.Time {
	if m.KnownMs == math.MaxInt64 {
		return nil
	}
	by := timeOf(m.KnownMs)
	return &by
}

// Restrictions returns the zones in force now, by id. One that cannot be read is left out
// and logged.
func (s *Store) Restrictions(ctx context.Context) ([]patrol.Restriction, error) {
	now := s.now().UnixMilli()
	zones, _, err := s.Features(ctx, patrol.Query{
		Scope:      patrol.Everything,
		Collection: patrol.Zones, InForce: &patrol.Times{FromMs: now, ToMs: now}, Limit: maxRestrictions,
	})
	if err != nil {
		return nil, err
	}
	var out []patrol.Restriction
	for _, f := range zones {
		r, err := patrol.ParseRestriction(f)
		if err != nil {
			s.log.Warn("a zone does not weigh on gaps", "zone", f.ID, "because", err)
			continue
		}
		out = append(out, r)
	}
	return out, nil
}

// maxRestrictions is how many zones in force are held against gaps.
const maxRestrictions = 100_000

// subjects returns what the watches look after, as of a time, by id.
func (s *Store) subjects(ctx context.Context, watches []patrol.Feature, at time.Time) (map[uuid.UUID]patrol.Feature, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM unnest($2::text[], $3::uuid[]) AS want (collection, id)
		  JOIN features f ON f.collection = want.collection AND f.id = want.id AND applies(f, $1)`
	collections, ids := []string{}, []uuid.UUID{}
	for _, w := range watches {
		if collection, id, err := patrol.WatchSubject(w); err == nil {
			collections, ids = append(collections, collection), append(ids, id)
		}
	}
	rows, _ := s.db.Query(ctx, q, at, collections, ids)
	fs, err := pgx.CollectRows(rows, scanFeature)
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]patrol.Feature, len(fs))
	for _, f := range fs {
		byID[f.ID] = f
	}
	return byID, nil
}

func parseWatch(f patrol.Feature, subjects map[uuid.UUID]patrol.Feature) (patrol.Watch, error) {
	_, id, err := patrol.WatchSubject(f)
	if err != nil {
		return patrol.Watch{}, err
	}
	subject, ok := subjects[id]
	if !ok {
		return patrol.Watch{}, fmt.Errorf("its subject %v: %w", id, patrol.ErrNotFound)
	}
	return patrol.ParseWatch(f, subject)
}

// endWatch closes the open gaps of a watch, and takes its lease from every Keeper for
// ever, so that none opens another.
func endWatch(ctx context.Context, tx pgx.Tx, watch uuid.UUID, at time.Time) error {
	const (
		lease = `
		INSERT INTO watch_leases AS l (watch, holder, term, expires_at)
		VALUES ($1, '', 1, 'infinity')
		    ON CONFLICT (watch) DO UPDATE
		   SET holder = '', term = l.term + 1, expires_at = 'infinity'`
		forget  = `DELETE FROM watch_snapshots WHERE watch = $1`
		closing = `
		WITH ended AS (
		       UPDATE gaps
		          SET state = 'closed', closed_at = $2
		        WHERE watch = $1 AND state <> 'closed'
		    RETURNING id)
		INSERT INTO gap_events (gap, at, event, by, note, assigned_to)
		SELECT id, $2, 'closed', '', '', '' FROM ended`
	)
	if _, err := tx.Exec(ctx, lease, watch); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, forget, watch); err != nil {
		return err
	}
	closed, err := tx.Exec(ctx, closing, watch, at)
	if err != nil || closed.RowsAffected() == 0 {
		return err
	}
	_, err = appendToFeed(ctx, tx, gapsKind, watch[:])
	return err
}
