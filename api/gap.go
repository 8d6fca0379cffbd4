package api

import (
	"context"
	"encoding/json"
	"fmt"

	"xunfang/patrol"
)

// pageOfGaps lists recorded gaps: those that are not closed, or that were not at the time
// asked for, unless a state is asked for too.
func (s *server) pageOfGaps(ctx context.Context, q itemsQuery) (page, error) {
	query, err := gapQuery(q)
	if err != nil {
		return page{}, err
	}
	gaps, matched, err := s.Store.Gaps(ctx, query)
	if err != nil {
		return page{}, fmt.Errorf("list gaps: %w", err)
	}
	p := page{matched: matched}
	if len(gaps) > q.limit {
		gaps = gaps[:q.limit]
		p.next = cursorAfter(gaps[q.limit-1].ID)
	}
	p.features = make([]json.RawMessage, 0, len(gaps))
	for _, g := range gaps {
		written, err := patrol.GapFeature(g)
		if err != nil {
			return page{}, fmt.Errorf("write gap %v: %w", g.ID, err)
		}
		p.features = append(p.features, written)
	}
	return p, nil
}

func gapQuery(q itemsQuery) (patrol.GapQuery, error) {
	after, err := parseCursor(q.cursor)
	if err != nil {
		return patrol.GapQuery{}, err
	}
	query := patrol.GapQuery{
		Scope:  q.scope,
		Cause:  patrol.Cause(q.equal["cause"]),
		Level:  patrol.SeverityLevel(q.equal["severity_level"]),
		BBox:   q.bbox,
		During: q.during,
		Limit:  q.limit + 1,
		After:  after,
	}
	state, asked := q.equal["state"]
	query.State = patrol.GapState(state)
	query.Stands = !asked && q.during == nil
	if watch, asked := q.equal["watch"]; asked {
		id, err := patrol.ParseID("watch", watch)
		if err != nil {
			return patrol.GapQuery{}, asParameter(err)
		}
		query.Watch = &id
	}
	return query, nil
}

func (s *server) gapItem(ctx context.Context, id string) (json.RawMessage, error) {
	parsed, err := itemID(id)
	if err != nil {
		return nil, err
	}
	gap, err := s.Store.Gap(ctx, parsed)
	if err != nil {
		return nil, fmt.Errorf("read gap %v: %w", parsed, err)
	}
	return patrol.GapFeature(gap)
}
