package patrol

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// tell is what one fix or sign of a tracker says about its presence at a post.
type tell struct {
	tMs  int64
	what telling
}

// telling is in the order in which those of one millisecond count.
type telling uint8

const (
	left     telling = iota // a usable fix outside
	beat                    // a heartbeat
	inside                  // a usable fix within
	codeSeen                // a check-in
)

func (w telling) proof() ProofKind {
	switch w {
	case beat:
		return ByHeartbeat
	case codeSeen:
		return ByCheckIn
	default:
		return ByFix
	}
}

func compareTells(a, b tell) int {
	return cmp.Or(cmp.Compare(a.tMs, b.tMs), cmp.Compare(a.what, b.what))
}

// stay is a stretch of time in which a tracker is present: from fromMs to before untilMs.
type stay struct {
	fromMs, untilMs int64
	last            tell // the last proof
}

// staysOf is rule 7 for one tracker, of what it told after afterMs and not after atMs, in
// order: it is present from a usable fix within or a check-in, and stays so until a usable
// fix outside or presenceMs after the last proof. A heartbeat prolongs a presence and
// begins none.
func staysOf(tells []tell, afterMs, atMs, presenceMs int64) (stays []stay) {
	for _, t := range tells {
		if t.tMs <= afterMs || t.tMs > atMs {
			continue
		}
		n := len(stays) - 1
		present := n >= 0 && t.tMs < stays[n].untilMs
		switch {
		case t.what == left && present:
			stays[n].untilMs = t.tMs
		case t.what == left || t.what == beat && !present:
		case present:
			stays[n].untilMs, stays[n].last = t.tMs+presenceMs, t
		default:
			stays = append(stays, stay{t.tMs, t.tMs + presenceMs, t})
		}
	}
	return stays
}

// attendance is who was at a post, and until when they are, as of a time.
type attendance struct {
	atMs    int64
	people  [][]interval // of each person, in order, joined
	proofs  []Proof      // of the trackers present at atMs, by person and tracker
	untilMs []int64      // of each person present at atMs: until when, the first to go first
}

// attend gathers the stays of trackers into those of their people: one person with two
// devices is one, there while either says so.
func attend(atMs int64, stays map[uuid.UUID][]stay, person func(uuid.UUID) string) attendance {
	a := attendance{atMs: atMs}
	by := map[string][]interval{}
	for tracker, list := range stays {
		name := person(tracker)
		who := name
		if who == "" {
			who = tracker.String()
		}
		for _, s := range list {
			by[who] = append(by[who], interval{s.fromMs, s.untilMs})
			if s.fromMs <= atMs && atMs < s.untilMs {
				a.proofs = append(a.proofs, Proof{tracker, name, s.last.what.proof(), s.last.tMs, s.untilMs})
			}
		}
	}
	slices.SortFunc(a.proofs, func(p, q Proof) int {
		return cmp.Or(cmp.Compare(p.Person, q.Person), compareIDs(p.Tracker, q.Tracker))
	})
	for _, list := range by {
		list = joined(list)
		a.people = append(a.people, list)
		for _, i := range list {
			if i.fromMs <= atMs && atMs < i.toMs {
				a.untilMs = append(a.untilMs, i.toMs)
			}
		}
	}
	slices.Sort(a.untilMs)
	slices.SortFunc(a.people, func(p, q []interval) int { return slices.CompareFunc(p, q, compareIntervals) })
	return a
}

func compareIntervals(a, b interval) int {
	return cmp.Or(cmp.Compare(a.fromMs, b.fromMs), cmp.Compare(a.toMs, b.toMs))
}

// joined returns intervals in order, those that meet as one.
func joined(list []interval) (out []interval) {
	slices.SortFunc(list, compareIntervals)
	for _, i := range list {
		if n := len(out); n > 0 && i.fromMs <= out[n-1].toMs {
			out[n-1].toMs = max(out[n-1].toMs, i.toMs)
		} else {
			out = append(out, i)
		}
	}
	return out
}

// present is how many people are there.
func (a attendance) present() int { return len(a.untilMs) }

// staffedUntilMs is when, if nothing more is heard, fewer than least people are there.
func (a attendance) staffedUntilMs(least int) (ms int64, staffed bool) {
	if a.present() < least {
		return 0, false
	}
	return a.untilMs[a.present()-least], true
}

// staffed returns when, from fromMs up to and with atMs, at least so many people were there.
func (a attendance) staffed(fromMs int64, least int) (out []interval) {
	type change struct {
		tMs int64
		by  int
	}
	var changes []change
	for _, list := range a.people {
		for _, i := range list {
			if from, to := max(i.fromMs, fromMs), min(i.toMs, a.atMs+1); from < to {
				changes = append(changes, change{from, 1}, change{to, -1})
			}
		}
	}
	slices.SortFunc(changes, func(p, q change) int { return cmp.Or(cmp.Compare(p.tMs, q.tMs), cmp.Compare(q.by, p.by)) })
	count, since := 0, int64(0)
	for _, c := range changes {
		before := count
		if count += c.by; before < least && count >= least {
			since = c.tMs
		} else if before >= least && count < least && since < c.tMs {
			out = append(out, interval{since, c.tMs})
		}
	}
	return joined(out)
}

// minus returns what of a is not in b; both in order, disjoint.
func minus(a, b []interval) (out []interval) {
	for _, i := range a {
		from := i.fromMs
		for _, j := range b {
			if j.toMs <= from || j.fromMs >= i.toMs {
				continue
			}
			if j.fromMs > from {
				out = append(out, interval{from, j.fromMs})
			}
			from = max(from, j.toMs)
		}
		if from < i.toMs {
			out = append(out, interval{from, i.toMs})
		}
	}
	return out
}

// total is how long intervals are together, ms.
func total(list []interval) (ms int64) {
	for _, i := range list {
		ms += i.toMs - i.fromMs
	}
	return ms
}
