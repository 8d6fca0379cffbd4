package api

import (
	"context"
	"encoding/json"
	"fmt"

	"xunfang/patrol"
)

// maxTrackFixes is how many fixes one track may be drawn from.
const maxTrackFixes = 200_000

// pageOfTracks serves the one track of a tracker in an interval.
func (s *server) pageOfTracks(ctx context.Context, q itemsQuery) (page, error) {
	if q.cursor != "" {
		return page{}, badCursor()
	}
	tracker, asked, err := s.evidenceOf(ctx, q)
	if err != nil {
		return page{}, err
	}
	track, err := s.track(ctx, tracker, asked)
	if err != nil {
		return page{}, err
	}
	return page{features: []json.RawMessage{track}, matched: 1}, nil
}

// track draws the legs of a tracker between two times under the default settings.
func (s *server) track(ctx context.Context, tracker patrol.Tracker, q patrol.EvidenceQuery) (json.RawMessage, error) {
	q.Limit = maxTrackFixes + 1
	fixes, err := s.Store.FixesOf(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read a track: %w", err)
	}
	if len(fixes) > maxTrackFixes {
		return nil, badParameterf("datetime", "holds more than %d fixes; ask for less time", maxTrackFixes)
	}
	if len(fixes) == 0 && q.Inside != nil {
		return nil, patrol.ErrNotFound
	}
	return patrol.TrackFeature(tracker, fixes, q.FromMs, q.ToMs)
}

// trackItem returns the track that its id, TRACKER_FROM_TO in milliseconds, names.
func (s *server) trackItem(ctx context.Context, id string) (json.RawMessage, error) {
	trackerID, times, err := parseEvidenceID(id, 2)
	if err != nil {
		return nil, err
	}
	i := patrol.Times{FromMs: times[0], ToMs: times[1]}
	if i.FromMs > i.ToMs || checkBounded(i) != nil {
		return nil, patrol.ErrNotFound
	}
	tracker, err := s.trackerByID(ctx, trackerID)
	if err != nil {
		return nil, err
	}
	inside, err := s.evidenceGround(ctx, patrol.ScopeFrom(ctx), trackerID)
	if err != nil {
		return nil, err
	}
	return s.track(ctx, tracker, patrol.EvidenceQuery{Tracker: trackerID, Times: i, Inside: inside})
}
