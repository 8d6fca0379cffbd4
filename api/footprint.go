package api

import (
	"context"
	"encoding/json"
	"fmt"

	"xunfang/patrol"
)

// pageOfFootprints lists what one drone's images show, in order of time.
func (s *server) pageOfFootprints(ctx context.Context, q itemsQuery) (page, error) {
	tracker, asked, err := s.trackerAndTime(ctx, q)
	if err != nil {
		return page{}, err
	}
	from := asked.FromMs
	if q.cursor != "" {
		after, err := parseCursorMs(q.cursor)
		if err != nil {
			return page{}, err
		}
		from = max(from, after+1)
	}
	matched, err := s.Store.CountFootprints(ctx, tracker.ID, asked.FromMs, asked.ToMs)
	if err != nil {
		return page{}, fmt.Errorf("count footprints: %w", err)
	}
	footprints, err := s.Store.FootprintsOf(ctx, tracker.ID, from, asked.ToMs, q.limit+1)
	if err != nil {
		return page{}, fmt.Errorf("read footprints: %w", err)
	}
	p := page{matched: matched}
	if len(footprints) > q.limit {
		footprints = footprints[:q.limit]
		p.next = cursorAfterMs(footprints[q.limit-1].TMs)
	}
	p.features = make([]json.RawMessage, 0, len(footprints))
	for _, f := range footprints {
		written, err := patrol.FootprintFeature(f)
		if err != nil {
			return page{}, fmt.Errorf("write a footprint: %w", err)
		}
		p.features = append(p.features, written)
	}
	return p, nil
}

// footprintItem returns the footprint that its id, TRACKER_MS, names.
func (s *server) footprintItem(ctx context.Context, id string) (json.RawMessage, error) {
	tracker, times, err := parseEvidenceID(id, 1)
	if err != nil {
		return nil, err
	}
	footprints, err := s.Store.FootprintsOf(ctx, tracker, times[0], times[0], 1)
	if err != nil {
		return nil, fmt.Errorf("read a footprint: %w", err)
	}
	if len(footprints) == 0 {
		return nil, patrol.ErrNotFound
	}
	return patrol.FootprintFeature(footprints[0])
}
