package patrol

import (
	"math"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
)

const (
	standS   = 30 // a part is recorded when it has stood so many seconds
	rewriteS = 60 // a gap that only changes its shape is written again this often
)

// record is the gaps of one watch that this Keeper has recorded, and the parts that may
// become gaps.
type record []standing

// surroundings are what bears on the gaps of a watch beside the evidence.
type surroundings struct {
	zones zoning
	staff Staffing
}

// standing is a stale part that is followed from survey to survey.
type standing struct {
	part    part
	since   geo.Stamp // since when it has stood at the size that counts; 0 while it is smaller
	gap     Gap       // as last written; gap.ID is nil until it is recorded
	off     uuid.UUID // the gap that it split off before it was recorded
	checked geo.Stamp // when what is written was last held against the part
}

func (s standing) recorded() bool { return s.gap.ID != uuid.Nil }

// resume takes up gaps that were recorded earlier, here or on another node.
func resume(g gauge, gaps []Gap, at geo.Stamp) record {
	var r record
	for _, gap := range gaps {
		r = append(r, standing{part: g.find(gap.PureGap), since: before(at, standS), gap: gap, checked: at})
	}
	return r
}

// waiting reports whether something is due though nothing was painted or went stale: a
// part has stood long enough, or a gap may have changed its shape or cause.
func (r record) waiting(at geo.Stamp) bool {
	return slices.ContainsFunc(r, func(s standing) bool {
		if s.recorded() {
			return at >= s.checked+rewriteS
		}
		return s.since != 0 && at >= s.since+standS
	})
}

// update follows the stale parts as of T and returns the record after it with the
// changes to write; r itself is not changed. A gap opens when its part has stood standS
// at the watch's least size or more, and closes below half of that. Through moving,
// splitting and merging it keeps its identity by lineage. around is what bears on all of it.
func (r record) update(watch Watch, g gauge, parts []part, around surroundings, at geo.Stamp) (record, []GapChange) {
	least := watch.leastGap()
	parts = slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.size < least/2 })
	kin := r.trace(parts)
	whys := g.whys(parts, at)
	if why, ok := around.staff.why(watch, at); ok {
		for i := range whys {
			whys[i] = why
		}
	}
	next := make(record, 0, len(parts))
	var changes []GapChange
	for i, p := range parts {
		s := standing{since: kin.since[i], off: kin.off[i]} // split off ground that has stood already
		if j := kin.heirTo[i]; j >= 0 {
			s = r[j]
		}
		s.part = p
		if !s.recorded() && p.size < least {
			s.since = 0
		} else if s.since == 0 {
			s.since = at
			if p.begun != 0 {
				s.since = p.begun
			}
		}
		severity := watch.severity(p, at, around.zones)
		switch due := at >= s.checked+rewriteS; {
		case s.recorded() && (severity != s.gap.Severity || s.outdated(p, whys[i], due)):
			s.gap.PureGap, s.gap.Severity, s.checked = g.draw(p, whys[i]), severity, at
			changes = append(changes, GapChange{Event: "changed", Gap: s.gap})
		case s.recorded() && due:
			s.checked = at
		case !s.recorded() && s.since != 0 && at >= s.since+standS:
			s.gap = Gap{
				ID: uuid.Must(uuid.NewV7()), Watch: watch.ID, WatchName: watch.Name,
				PureGap: g.draw(p, whys[i]), Severity: severity, State: GapOpen, OpenedMs: int64(at) * 1000,
			}
			s.checked = at
			changes = append(changes, GapChange{Event: "opened", Gap: s.gap, Other: s.off})
		}
		next = append(next, s)
	}
	for j, s := range r {
		if s.recorded() && !slices.Contains(kin.heirTo, j) {
			s.gap.State, s.gap.ClosedMs = GapClosed, int64(at)*1000
			closed := GapChange{Event: "closed", Gap: s.gap}
			if i := kin.into[j]; i >= 0 {
				closed.Other = next[i].gap.ID
			}
			changes = append(changes, closed)
		}
	}
	return next, changes
}

// outdated reports whether what is written of a gap should be written anew: its cause or
// its age is another, its size has changed by a tenth, or, when it is due, its shape at
// all. That never-seen ground grows older with T is no change.
func (s standing) outdated(p part, why Why, due bool) bool {
	sinceMs := int64(p.oldest) * 1000
	younger := why.Cause != Never && sinceMs > s.gap.SinceMs
	resized := math.Abs(p.size - s.gap.Size)
	return why.Cause != s.gap.Why.Cause || resized > s.gap.Size/10 ||
		due && (resized > 0.5 || younger)
}
