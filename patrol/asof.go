package patrol

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// CoverageAsOf answers for a watch as of a time (Unix ms, floored to seconds), from the
// store alone. It is *Gone when the watch's window reaches into dropped days.
func CoverageAsOf(ctx context.Context, archive Archive, layout *Layout, atMs int64) (Coverage, error) {
	return coverageAsOf(ctx, archive, layout, Roster{}, allOf(atMs))
}

// coverageAsOf is CoverageAsOf under a roster, with what may be known of the moment.
func coverageAsOf(ctx context.Context, archive Archive, layout *Layout, roster Roster, m Moment) (Coverage, error) {
	at, err := stampAt(m.AtMs)
	if err != nil {
		return Coverage{}, err
	}
	g := layout.gauge()
	var seq int64
	var staff Staffing
	err = archive.At(ctx, func(past Past) error {
		var err error
		if seq, err = headOf(ctx, past); err != nil {
			return err
		}
		past = m.limit(past)
		if _, err = g.mend(ctx, past, at, int64(at)*1000); err != nil {
			return err
		}
		staff, err = readStaffing(ctx, past, layout.Watch, roster, at)
		return err
	})
	if err != nil {
		return Coverage{}, fmt.Errorf("coverage of watch %v: %w", layout.Watch.ID, err)
	}
	c := g.coverage(at, seq)
	staff.explain(layout.Watch, &c)
	return c, nil
}

// stampAt returns T of a time, Unix ms, floored to seconds.
func stampAt(atMs int64) (geo.Stamp, error) {
	if atMs < 0 || atMs/1000 > math.MaxUint32 {
		return 0, Invalidf("at", "must lie between 1970 and 2106")
	}
	return geo.Stamp(atMs / 1000), nil
}

// wholeSecond returns the last millisecond of T's second: whatever was written in it counts.
func wholeSecond(atMs int64) int64 { return atMs - atMs%1000 + 999 }

// readTracks reads every track, up to a time, that can have painted within boxes after the
// horizon of T. Where retention cuts the look-back but not the window, what is left answers.
func readTracks(ctx context.Context, past Evidence, watch Watch, boxes []orb.Bound, at geo.Stamp, toMs int64) ([]Track, error) {
	q := TrackQuery{
		Where: boxes, FromMs: int64(watch.horizon(at)) * 1000, ToMs: toMs,
		MarginMs: EvidenceMarginMs, Kinds: watch.Sources,
	}
	tracks, err := past.Tracks(ctx, q)
	var gone *Gone
	if errors.As(err, &gone) && gone.HorizonMs <= int64(before(at, watch.RevisitS))*1000 {
		q.FromMs = gone.HorizonMs
		tracks, err = past.Tracks(ctx, q)
	}
	return tracks, err
}

// cutTracks cuts off what lies after T, and returns that.
func cutTracks(tracks []Track, at geo.Stamp) (later []Fix) {
	for i, t := range tracks {
		due := indexAt(t.Fixes, int64(at)*1000+1)
		later = append(later, t.Fixes[due:]...)
		tracks[i].Fixes = t.Fixes[:due]
	}
	return later
}
