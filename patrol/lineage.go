package patrol

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
)

// lineage says how the parts found now descend from the standings of a record. A part
// continues the standing that it shares most with, and of two parts that share with one
// standing the one that shares more of it goes on as that: recorded gaps come before what
// is not recorded yet, and of equals the older before the younger.
type lineage struct {
	heirTo []int       // per part: the standing that it continues; -1: none
	off    []uuid.UUID // per part: the recorded gap it shares most with; uuid.Nil: none
	since  []geo.Stamp // per part: when the oldest standing that it shares with began; 0: none
	into   []int       // per standing: the part that shares most with it; -1: none
}

// trace finds the lineage of parts.
func (r record) trace(parts []part) lineage {
	type pair struct {
		part, standing int
		shared         float64
	}
	var pairs []pair
	l := lineage{make([]int, len(parts)), make([]uuid.UUID, len(parts)), make([]geo.Stamp, len(parts)), make([]int, len(r))}
	for j := range r {
		l.into[j] = -1
	}
	for i, p := range parts {
		l.heirTo[i] = -1
		for j, s := range r {
			if shared := p.place.overlap(s.part.place); shared > 0 {
				pairs = append(pairs, pair{i, j, shared})
				if s.since != 0 && (l.since[i] == 0 || s.since < l.since[i]) {
					l.since[i] = s.since
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		s, t := r[a.standing], r[b.standing]
		switch {
		case s.recorded() && !t.recorded():
			return -1
		case t.recorded() && !s.recorded():
			return 1
		}
		return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(s.gap.OpenedMs, t.gap.OpenedMs), cmp.Compare(s.since, t.since))
	})
	taken := make([]bool, len(r))
	for _, p := range pairs {
		if l.into[p.standing] < 0 {
			l.into[p.standing] = p.part
		}
		if s := r[p.standing]; s.recorded() && l.off[p.part] == uuid.Nil {
			l.off[p.part] = s.gap.ID
		}
		if l.heirTo[p.part] < 0 && !taken[p.standing] {
			l.heirTo[p.part], taken[p.standing] = p.standing, true
		}
	}
	return l
}
