package patrol

import (
	"cmp"
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

// standing is a stale part that is followed from survey to survey.
type standing struct {
	part    part
	since   geo.Stamp // since when it has stood at the size that counts; 0 while it is smaller
	gap     Gap       // as last written; gap.ID is nil until it is recorded
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
// at the watch's least size or more, and closes below half of that. It keeps its identity
// through moving, splitting and merging: it goes to the part it shares most with, and of
// two gaps that want one part the one that shares more of it stays, then the older.
func (r record) update(watch Watch, g gauge, parts []part, at geo.Stamp) (record, []GapChange) {
	least := watch.leastGap()
	parts = slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.size < least/2 })
	heir, stoodSince := r.match(parts)
	whys := g.whys(parts, at)
	var next record
	var changes []GapChange
	inherited := make([]bool, len(r))
	for i, p := range parts {
		s := standing{since: stoodSince[i]} // split off ground that has stood already
		if j := heir[i]; j >= 0 {
			s, inherited[j] = r[j], true
		}
		s.part = p
		if !s.recorded() && p.size < least {
			s.since = 0
		} else if s.since == 0 {
			s.since = at
		}
		switch due := at >= s.checked+rewriteS; {
		case s.recorded() && s.outdated(p, whys[i], due):
			s.gap.PureGap, s.checked = g.draw(p, whys[i]), at
			changes = append(changes, GapChange{"changed", s.gap})
		case s.recorded() && due:
			s.checked = at
		case !s.recorded() && s.since != 0 && at >= s.since+standS:
			s.gap = Gap{
				ID: uuid.Must(uuid.NewV7()), Watch: watch.ID, WatchName: watch.Name,
				PureGap: g.draw(p, whys[i]), State: "open", OpenedMs: int64(at) * 1000,
			}
			s.checked = at
			changes = append(changes, GapChange{"opened", s.gap})
		}
		next = append(next, s)
	}
	for j, s := range r {
		if s.recorded() && !inherited[j] {
			s.gap.State, s.gap.ClosedMs = "closed", int64(at)*1000
			changes = append(changes, GapChange{"closed", s.gap})
		}
	}
	return next, changes
}

// match gives every part the standing that it continues (-1: none), and when the oldest
// standing that it shares anything with began (0: none).
func (r record) match(parts []part) (heir []int, since []geo.Stamp) {
	type pair struct {
		part, standing int
		shared         float64
	}
	var pairs []pair
	heir, since = make([]int, len(parts)), make([]geo.Stamp, len(parts))
	for i, p := range parts {
		heir[i] = -1
		for j, s := range r {
			if n := p.place.overlap(s.part.place); n > 0 {
				pairs = append(pairs, pair{i, j, n})
				if s.since != 0 && (since[i] == 0 || s.since < since[i]) {
					since[i] = s.since
				}
			}
		}
	}
	age := func(j int) int64 {
		if r[j].recorded() {
			return r[j].gap.OpenedMs
		}
		return math.MaxInt64
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(
			cmp.Compare(b.shared, a.shared),
			cmp.Compare(age(a.standing), age(b.standing)),
			cmp.Compare(r[a.standing].since, r[b.standing].since))
	})
	taken := make([]bool, len(r))
	for _, p := range pairs {
		if heir[p.part] < 0 && !taken[p.standing] {
			heir[p.part], taken[p.standing] = p.standing, true
		}
	}
	return heir, since
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
