package patrol

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// tailFixes is how many of a tracker's newest fixes a Keeper holds: enough to judge a
// fix that comes in its turn or a little late without asking the store.
const tailFixes = 128

// tail is the newest fixes of one tracker, exactly as they are painted.
type tail struct {
	kind Kind
	deep bool // so many of its fixes are unusable that judging one takes a longer memory
	stretch
	told  []*keeping // the watches that its last fixes may have told something
	among *nearby    // the watches that told is of; another's is worth nothing
}

// merge returns the fixes with more added, both in time order; of two with the same
// time the better one stays (rule 1). changedMs is the time of the first difference,
// or ok is false when there is none.
func merge(fixes, more []Fix) (merged []Fix, changedMs int64, ok bool) {
	if inTurn(fixes, more) {
		return append(fixes, more...), more[0].TMs, true // beyond what fixes shows
	}
	merged = slices.Clone(fixes)
	for _, f := range more {
		i := indexAt(merged, f.TMs)
		switch {
		case i == len(merged) || merged[i].TMs != f.TMs:
			merged = slices.Insert(merged, i, f)
		case f.Beats(merged[i]):
			merged[i] = f
		default:
			continue
		}
		if !ok || f.TMs < changedMs {
			changedMs, ok = f.TMs, true
		}
	}
	return merged, changedMs, ok
}

// inTurn reports whether more are all later than fixes, and each later than the one before.
func inTurn(fixes, more []Fix) bool {
	for i, f := range more {
		if i > 0 && f.TMs <= more[i-1].TMs || i == 0 && len(fixes) > 0 && f.TMs <= fixes[len(fixes)-1].TMs {
			return false
		}
	}
	return len(more) > 0
}

// trim drops what is older than the newest fixes a tail holds.
func (t *tail) trim() {
	n := len(t.fixes) - tailFixes
	if n > 0 && t.deep {
		n = min(n, indexAt(t.fixes, t.fixes[len(t.fixes)-1].TMs-affectedAfterMs))
	}
	if n > tailFixes {
		t.sinceMs = t.fixes[n].TMs
		t.fixes = slices.Clone(t.fixes[n:])
	}
}

// affected returns the marks of s from the last usable fix before a time on, which is
// where a change at that time begins to tell. known is false when that lies before what
// s holds.
func (s stretch) affected(rule Rule, changedMs int64) (marks []Mark, known bool) {
	from := indexAt(s.fixes, changedMs)
	prev, known := s.usableBefore(rule, from, changedMs)
	if prev >= 0 {
		from = prev
	}
	marks, ok := s.marks(rule, from)
	return marks, known && ok
}

// byTracker sorts fixes into one slice a tracker, in time order.
func byTracker(fixes []Fix) map[uuid.UUID][]Fix {
	out := map[uuid.UUID][]Fix{}
	for _, f := range fixes {
		out[f.Tracker] = append(out[f.Tracker], f)
	}
	for _, fs := range out {
		slices.SortFunc(fs, func(a, b Fix) int { return cmp.Compare(a.TMs, b.TMs) })
	}
	return out
}
