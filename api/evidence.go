package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// evidence is a collection of what one tracker sent, a moment at a time; an item's id
// is TRACKER_MS. Times are Unix ms, both ends of an interval included.
type evidence[T any] struct {
	name    string // of one, in errors
	count   func(context.Context, patrol.EvidenceQuery) (int, error)
	list    func(context.Context, patrol.EvidenceQuery) ([]T, error)
	timeMs  func(T) int64
	feature func(T) (json.RawMessage, error)
}

// page lists one tracker's evidence in order of time.
func (e evidence[T]) page(ctx context.Context, s *server, q itemsQuery) (page, error) {
	_, asked, err := s.evidenceOf(ctx, q)
	if err != nil {
		return page{}, err
	}
	matched, err := e.count(ctx, asked)
	if err != nil {
		return page{}, fmt.Errorf("count each %s: %w", e.name, err)
	}
	if matched == 0 && asked.Inside != nil {
		return page{}, patrol.ErrNotFound
	}
	asked.Limit = q.limit + 1
	if q.cursor != "" {
		after, err := parseCursorMs(q.cursor)
		if err != nil {
			return page{}, err
		}
		asked.FromMs = max(asked.FromMs, after+1)
	}
	found, err := e.list(ctx, asked)
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
func (e evidence[T]) item(ctx context.Context, s *server, id string) (json.RawMessage, error) {
	tracker, times, err := parseEvidenceID(id, 1)
	if err != nil {
		return nil, err
	}
	asked := patrol.EvidenceQuery{Tracker: tracker, Times: patrol.Times{FromMs: times[0], ToMs: times[0]}, Limit: 1}
	if asked.Inside, err = s.evidenceGround(ctx, patrol.ScopeFrom(ctx), tracker); err != nil {
		return nil, err
	}
	found, err := e.list(ctx, asked)
	if err != nil {
		return nil, fmt.Errorf("read a %s: %w", e.name, err)
	}
	if len(found) == 0 {
		return nil, patrol.ErrNotFound
	}
	return e.feature(found[0])
}

// evidenceOf returns the tracker that q names, and what of its evidence q may see. What
// Inside bounds and is empty then is as good as not there.
func (s *server) evidenceOf(ctx context.Context, q itemsQuery) (t patrol.Tracker, asked patrol.EvidenceQuery, err error) {
	if err := checkBounded(*q.during); err != nil {
		return t, asked, err
	}
	id, err := patrol.ParseID("tracker", q.equal["tracker"])
	if err != nil {
		return t, asked, asParameter(err)
	}
	if t, err = s.trackerByID(ctx, id); err != nil {
		return t, asked, err
	}
	inside, err := s.evidenceGround(ctx, q.scope, id)
	return t, patrol.EvidenceQuery{Tracker: id, Times: *q.during, Inside: inside}, err
}

// evidenceGround returns the ground outside of which a scope sees none of a tracker's
// evidence; nil, anywhere, when the tracker is of the scope's teams.
func (s *server) evidenceGround(ctx context.Context, scope *patrol.Scope, tracker uuid.UUID) (orb.MultiPolygon, error) {
	own, err := s.Store.Sees(ctx, scope, patrol.Trackers, tracker)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for tracker %v: %w", tracker, err)
	case own:
		return nil, nil
	case scope == nil || len(scope.Ground) == 0:
		return nil, patrol.ErrNotFound
	}
	return scope.Ground, nil
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
