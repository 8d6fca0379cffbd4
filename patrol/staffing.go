package patrol

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
)

// Staffing is what the assignments to a watch's subject say as of T. The zero Staffing
// says nothing.
type Staffing struct {
	known   bool
	reports []geo.Stamp // of each person assigned the last report, the newest first; 0: none in the look-back
}

// neededPeople is how many people must be assigned to a watch's subject.
func (w Watch) neededPeople() int {
	if w.Kind == AtPost {
		return w.Post.MinStaff
	}
	return 1
}

// readStaffing reads when those who are assigned to a watch's subject last reported.
func readStaffing(ctx context.Context, past Past, w Watch, r Roster, at geo.Stamp) (Staffing, error) {
	members, known := r.Assigned(w, int64(at)*1000)
	s := Staffing{known: known}
	if len(members) == 0 {
		return s, nil
	}
	ids := make([]uuid.UUID, len(members))
	for i, m := range members {
		ids[i] = m.Tracker
	}
	last, err := past.LastReports(ctx, ids, int64(w.horizon(at))*1000+1, int64(at)*1000)
	if err != nil {
		return Staffing{}, err
	}
	signs, err := past.Signs(ctx, spansOf(ids, int64(w.horizon(at))*1000+1, int64(at)*1000))
	if err != nil {
		return Staffing{}, err
	}
	for _, sign := range signs {
		last[sign.Tracker] = max(last[sign.Tracker], sign.TMs)
	}
	people := map[string]geo.Stamp{}
	for _, m := range members {
		who := cmp.Or(m.Person, m.Tracker.String())
		people[who] = max(people[who], stampOf(last[m.Tracker]))
	}
	for _, stamp := range people {
		s.reports = append(s.reports, stamp)
	}
	slices.Sort(s.reports)
	slices.Reverse(s.reports)
	return s, nil
}

// spansOf returns the same times of several trackers.
func spansOf(trackers []uuid.UUID, fromMs, toMs int64) []Span {
	spans := make([]Span, len(trackers))
	for i, t := range trackers {
		spans[i] = Span{Tracker: t, FromMs: fromMs, ToMs: toMs}
	}
	return spans
}

// explain puts the cause that lies with who is assigned, if one does, in the place of what
// evidence says of the gaps.
func (s Staffing) explain(w Watch, c *Coverage) {
	if why, ok := s.why(w, geo.Stamp(c.AtMs/1000)); ok {
		for i := range c.Gaps {
			c.Gaps[i].Why = why
		}
	}
}

// why returns the cause that lies with who is assigned, if one does. Rule 10: a subject is
// understaffed when fewer people than it needs are assigned to it at T, though assignments
// there are; and those are silent when fewer than that have reported anything from
// anywhere, usable or not, for less than revisit_s. It holds for every gap alike.
func (s Staffing) why(w Watch, at geo.Stamp) (Why, bool) {
	needed := w.neededPeople()
	switch {
	case !s.known || w.Kind == AtPost: // a post is understaffed when people are not there
		return Why{}, false
	case len(s.reports) < needed:
		return Why{Cause: Understaffed, Setting: "assignments", Value: float64(len(s.reports)), Limit: float64(needed)}, true
	case s.reports[needed-1] <= before(at, w.RevisitS):
		quietS := int64(at) - int64(max(s.reports[needed-1], w.horizon(at)))
		return Why{Cause: Silent, Setting: "revisit_s", Value: float64(quietS), Limit: float64(w.RevisitS)}, true
	}
	return Why{}, false
}
