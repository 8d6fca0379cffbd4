package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// pageOfFixes lists one tracker's fixes in order of time.
func (s *server) pageOfFixes(ctx context.Context, q itemsQuery) (page, error) {
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
	matched, err := s.Store.CountFixes(ctx, tracker.ID, asked.FromMs, asked.ToMs)
	if err != nil {
		return page{}, fmt.Errorf("count fixes: %w", err)
	}
	fixes, err := s.Store.FixesOf(ctx, tracker.ID, from, asked.ToMs, q.limit+1)
	if err != nil {
		return page{}, fmt.Errorf("read fixes: %w", err)
	}
	p := page{matched: matched}
	if len(fixes) > q.limit {
		fixes = fixes[:q.limit]
		p.next = cursorAfterMs(fixes[q.limit-1].TMs)
	}
	p.features = make([]json.RawMessage, 0, len(fixes))
	for _, f := range fixes {
		written, err := patrol.FixFeature(f)
		if err != nil {
			return page{}, fmt.Errorf("write a fix: %w", err)
		}
		p.features = append(p.features, written)
	}
	return p, nil
}

// trackerAndTime returns the tracker and the bounded interval that q names.
func (s *server) trackerAndTime(ctx context.Context, q itemsQuery) (patrol.Tracker, patrol.Times, error) {
	if err := checkBounded(*q.during); err != nil {
		return patrol.Tracker{}, patrol.Times{}, err
	}
	id, err := patrol.ParseID("tracker", q.equal["tracker"])
	if err != nil {
		return patrol.Tracker{}, patrol.Times{}, asParameter(err)
	}
	tracker, err := s.trackerByID(ctx, id)
	return tracker, *q.during, err
}

func (s *server) trackerByID(ctx context.Context, id uuid.UUID) (patrol.Tracker, error) {
	f, err := s.Store.Feature(ctx, patrol.Trackers, id)
	if err != nil {
		return patrol.Tracker{}, fmt.Errorf("tracker %v: %w", id, err)
	}
	return patrol.ParseTracker(f)
}

// fixItem returns the fix that patrol.FixID names.
func (s *server) fixItem(ctx context.Context, id string) (json.RawMessage, error) {
	tracker, times, err := parseEvidenceID(id, 1)
	if err != nil {
		return nil, err
	}
	fixes, err := s.Store.FixesOf(ctx, tracker, times[0], times[0], 1)
	if err != nil {
		return nil, fmt.Errorf("read a fix: %w", err)
	}
	if len(fixes) == 0 {
		return nil, patrol.ErrNotFound
	}
	return patrol.FixFeature(fixes[0])
}

// parseEvidenceID splits TRACKER_MS or TRACKER_MS_MS; ErrNotFound when it is neither.
func parseEvidenceID(id string, times int) (tracker uuid.UUID, ms []int64, err error) {
	parts := strings.Split(id, "_")
	if len(parts) != 1+times {
		return uuid.Nil, nil, patrol.ErrNotFound
	}
	if tracker, err = itemID(parts[0]); err != nil {
		return uuid.Nil, nil, err
	}
	for _, part := range parts[1:] {
		t, err := strconv.ParseInt(part, 10, 64)
		if err != nil || t < 0 || t > farMs {
			return uuid.Nil, nil, patrol.ErrNotFound
		}
		ms = append(ms, t)
	}
	return tracker, ms, nil
}
