package patrol

import (
	"bytes"
	"cmp"
	"slices"

	"xunfang/geo"
)

// tally is what a surface shows as of T, in the unit of its subject.
type tally struct {
	subject, covered, never, seen float64
	idleSum                       float64 // seconds × unit, of what was seen
	oldest, oldestFresh           geo.Stamp
}

// answer writes a tally as coverage, with the figures of what has painted.
func (c *canvas) answer(at geo.Stamp, seq int64, t tally) Coverage {
	out := Coverage{
		Watch: c.watch.ID, Version: c.watch.Version, Kind: c.watch.Kind, AtMs: int64(at) * 1000,
		Subject: t.subject, Covered: t.covered, Never: t.never, Share: min(1, t.covered/t.subject),
		WorstIdleS: int64(at) - int64(t.oldest), Seq: seq,
	}
	if t.seen > 0 {
		mean := t.idleSum / t.seen
		out.MeanIdleS = &mean
	}
	if t.oldestFresh > 0 {
		next := (int64(t.oldestFresh) + c.watch.RevisitS) * 1000
		out.NextStaleMs = &next
	}
	stale, fixes, unknown := before(at, c.watch.RevisitS), 0, 0
	for _, ps := range c.proofs {
		for _, p := range ps {
			if stamp := stampOf(p.tMs); stamp > stale && stamp <= at {
				fixes++
				out.LongestLegM = max(out.LongestLegM, float64(p.legM))
				if p.unknown {
					unknown++
				}
			}
		}
	}
	if fixes > 0 {
		out.UnknownAccuracyShare = float64(unknown) / float64(fixes)
	}
	return out
}

// gapsOf draws stale parts as gaps.
func gapsOf(g gauge, parts []part, at geo.Stamp) []PureGap {
	whys := g.whys(parts, at)
	out := make([]PureGap, len(parts))
	for i, p := range parts {
		out[i] = g.draw(p, whys[i])
	}
	return out
}

// reasons is rule 10 for parts of which newest is the newest stamp: one is inaccurate when
// an unusable mark of the window lies near it, sparse when one does that could not be
// joined, expired when any of it was seen since the horizon, else never. Of several marks
// the newest speaks. near tells the parts that a mark is about.
func (c *canvas) reasons(newest []geo.Stamp, at geo.Stamp, near func(f flawed, tell func(part int))) []Why {
	out := make([]Why, len(newest))
	horizon, stale := c.watch.horizon(at), before(at, c.watch.RevisitS)
	for i, stamp := range newest {
		out[i].Cause = Never
		if stamp > horizon {
			out[i].Cause = Expired
		}
	}
	if len(out) == 0 || len(c.flaws) == 0 {
		return out
	}
	for _, f := range c.flawsInOrder() {
		if stamp := f.mark.Stamp(); stamp <= stale || stamp > at {
			continue
		}
		why := f.why()
		near(f, func(part int) {
			if w := &out[part]; why.Cause == Inaccurate || w.Cause != Inaccurate {
				*w = why
			}
		})
	}
	return out
}

// flawsInOrder returns the flaws from the oldest to the newest.
func (c *canvas) flawsInOrder() []flawed {
	out := make([]flawed, 0, len(c.flaws))
	for _, f := range c.flaws {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b flawed) int {
		return cmp.Or(cmp.Compare(a.mark.TMs, b.mark.TMs), bytes.Compare(a.tracker[:], b.tracker[:]))
	})
	return out
}

// why says what a flawed mark shows, and which setting it missed.
func (f flawed) why() Why {
	value := float64(f.mark.Value)
	switch f.mark.flaw {
	case tooPoor:
		return Why{Cause: Inaccurate, Setting: "max_accuracy_m", Value: value, Limit: f.rule.MaxAccuracyM}
	case tooFast:
		return Why{Cause: Inaccurate, Setting: "max_speed_mps", Value: value, Limit: f.rule.MaxSpeedMPS}
	case tooFar:
		return Why{Cause: Sparse, Setting: "join_m", Value: value, Limit: f.rule.JoinM}
	case tooLonely:
		return Why{Cause: Sparse, Setting: "join_s", Value: reachMs / 1000, Limit: float64(f.rule.JoinMs) / 1000}
	default:
		return Why{Cause: Sparse, Setting: "join_s", Value: value, Limit: float64(f.rule.JoinMs) / 1000}
	}
}
