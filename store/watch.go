package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"xunfang/geo"
	"xunfang/patrol"
)

// Watches lists the ground watches in force with their subjects' surfaces, oldest
// first. One that cannot be read, or whose subject is not there, is left out and
// logged: it must not stop the others from being kept.
func (s *Store) Watches(ctx context.Context) ([]patrol.Watch, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM features f
		 WHERE f.collection = 'watches' AND f.replaced_at IS NULL AND f.props->>'kind' = 'ground'
		 ORDER BY f.id`
	rows, _ := s.db.Query(ctx, q)
	fs, err := pgx.CollectRows(rows, scanFeature)
	if err != nil {
		return nil, failed("list watches", err)
	}
	subjects, err := s.subjects(ctx, fs)
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

// subjects returns what the watches look after, by id.
func (s *Store) subjects(ctx context.Context, watches []patrol.Feature) (map[uuid.UUID]patrol.Feature, error) {
	const q = `
		SELECT ` + featureColumns + `
		  FROM unnest($1::text[], $2::uuid[]) AS want (collection, id)
		  JOIN features f ON f.collection = want.collection AND f.id = want.id AND f.replaced_at IS NULL`
	collections, ids := []string{}, []uuid.UUID{}
	for _, w := range watches {
		if collection, id, err := patrol.WatchSubject(w); err == nil {
			collections, ids = append(collections, collection), append(ids, id)
		}
	}
	rows, _ := s.db.Query(ctx, q, collections, ids)
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
	ground, err := geo.ParseArea(subject.Geometry)
	if err != nil {
		return patrol.Watch{}, fmt.Errorf("its subject %v: %w", id, err)
	}
	return patrol.ParseWatch(f, ground)
}
