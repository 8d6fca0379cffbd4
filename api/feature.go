package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// pageOfFeatures lists the collections that are posted.
func (s *server) pageOfFeatures(ctx context.Context, c patrol.Collection, q itemsQuery) (page, error) {
	after, err := parseCursor(q.cursor)
	if err != nil {
		return page{}, err
	}
	query := patrol.Query{Collection: c.Name, Scope: q.scope, BBox: q.bbox, Equal: q.equal, Limit: q.limit + 1, After: after}
	if c.Name == patrol.Zones {
		query.InForce = q.during
	}
	features, matched, err := s.selected(ctx, query, s.sieveFor(ctx, c, q))
	if err != nil {
		return page{}, fmt.Errorf("list %s: %w", c.Name, err)
	}
	p := page{matched: matched}
	if len(features) > q.limit {
		features = features[:q.limit]
		p.next = cursorAfter(features[q.limit-1].ID)
	}
	p.features = make([]json.RawMessage, 0, len(features))
	for _, f := range features {
		written, err := s.featureJSON(ctx, f)
		if err != nil {
			return page{}, err
		}
		p.features = append(p.features, written)
	}
	return p, nil
}

// featureJSON writes f as it is served: a tracker where it was last.
func (s *server) featureJSON(ctx context.Context, f patrol.Feature) (json.RawMessage, error) {
	if f.Collection == patrol.Trackers {
		var err error
		if f, err = s.located(ctx, f); err != nil {
			return nil, err
		}
	}
	written, err := patrol.FeatureJSON(f, s.Now())
	if err != nil {
		return nil, fmt.Errorf("write %s/%v: %w", f.Collection, f.ID, err)
	}
	return written, nil
}

// sieve says whether a feature is asked for, where that takes more than the store knows.
type sieve func(patrol.Feature) (bool, error)

// sieveFor returns the sieve that q needs, nil when the store decides alone: where
// trackers are, when watches are active and when assignments hold are not stored by
// themselves.
func (s *server) sieveFor(ctx context.Context, c patrol.Collection, q itemsQuery) sieve {
	switch {
	case c.Name == patrol.Trackers && (q.bbox != nil || q.during != nil || q.scope != patrol.Everything):
		return s.trackerSieve(ctx, q)
	case c.Name == patrol.Watches && q.during != nil:
		return func(f patrol.Feature) (bool, error) {
			return patrol.WatchWasActive(f, *q.during)
		}
	case c.Name == patrol.Assignments && q.during != nil:
		return func(f patrol.Feature) (bool, error) {
			a, err := patrol.ParseAssignment(f)
			return a.HeldDuring(*q.during), err
		}
	default:
		return nil
	}
}

// selected returns the features of query, and how many there are on all its pages.
// What needs a sieve is read whole: there are at most some thousands of those.
func (s *server) selected(ctx context.Context, query patrol.Query, keep sieve) (fs []patrol.Feature, matched int, err error) {
	if keep == nil {
		return s.Store.Features(ctx, query)
	}
	after, limit := query.After, query.Limit
	query.After, query.Limit = uuid.Nil, maxLimit
	if query.Collection == patrol.Trackers {
		// Of their places, of which the store's features have none.
		query.BBox, query.Scope = nil, patrol.Everything
	}
	for {
		read, _, err := s.Store.Features(ctx, query)
		if err != nil {
			return nil, 0, err
		}
		for _, f := range read {
			kept, err := keep(f)
			if err != nil {
				return nil, 0, err
			}
			if !kept {
				continue
			}
			matched++
			if len(fs) < limit && bytes.Compare(f.ID[:], after[:]) > 0 {
				fs = append(fs, f)
			}
		}
		if len(read) < maxLimit {
			return fs, matched, nil
		}
		query.After = read[len(read)-1].ID
	}
}
