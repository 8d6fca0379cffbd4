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

// evidence is a collection of what one tracker sent, a moment at a time; an item's id
// is TRACKER_MS. Times are Unix ms, both ends of an interval included.
type evidence[T any] struct {
	name    string // of one, in errors
	count   func(ctx context.Context, tracker uuid.UUID, fromMs, toMs int64) (int, error)
	list    func(ctx context.Context, tracker uuid.UUID, fromMs, toMs int64, limit int) ([]T, error)
	timeMs  func(T) int64
	feature func(T) (json.RawMessage, error)
}

// page lists one tracker's evidence in order of time.
func (e evidence[T]) page(ctx context.Context, s *server, q itemsQuery) (page, error) {
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
	matched, err := e.count(ctx, tracker.ID, asked.FromMs, asked.ToMs)
	if err != nil {
		return page{}, fmt.Errorf("count each %s: %w", e.name, err)
	}
	found, err := e.list(ctx, tracker.ID, from, asked.ToMs, q.limit+1)
	if err != nil {
		return page{}, fmt.Errorf("read each %s: %w", e.name, err)
	}
	p := page{matched: matched}
	if len(found) > q.limit {
		found = found[:q.limit]
		p.next = cursorAfterMs(e.timeMs(found[q.limit-1]))
	}
	p.features = make([]json.RawMessage, 0, len(found))
	for _, one := range found {
		written, err := e.feature(one)
		if err != nil {
			return page{}, fmt.Errorf("write a %s: %w", e.name, err)
		}
		p.features = append(p.features, written)
	}
	return p, nil
}

// item returns the one that an id names.
func (e evidence[T]) item(ctx context.Context, id string) (json.RawMessage, error) {
	tracker, times, err := parseEvidenceID(id, 1)
	if err != nil {
		return nil, err
	}
	found, err := e.list(ctx, tracker, times[0], times[0], 1)
	if err != nil {
		return nil, fmt.Errorf("read a %s: %w", e.name, err)
	}
	if len(found) == 0 {
		return nil, patrol.ErrNotFound
	}
	return e.feature(found[0])
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
