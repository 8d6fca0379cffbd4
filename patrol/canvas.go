package patrol

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// canvas is one watch's raster, with what explains it: the flawed marks and the proofs
// of its window. Painted from the same fixes in any order, at once or bit by bit, it
// comes out the same.
type canvas struct {
	watch  Watch
	reach  []orb.Bound // a fix outside proves nothing about the subject
	raster *geo.Raster
	flaws  map[markKey]flawed
	proofs map[uuid.UUID][]proof // by time, of each tracker
}

type markKey struct {
	tracker uuid.UUID
	tMs     int64
}

// flawed is a mark that was there and did not count in full.
type flawed struct {
	mark    Mark
	rule    Rule
	tracker uuid.UUID
}

// proof is what a painted mark adds to a window's figures.
type proof struct {
	tMs     int64
	legM    float32
	unknown bool
}

func newCanvas(watch Watch, ground *geo.Ground) *canvas {
	return &canvas{
		watch: watch, reach: ground.Boxes(watch.reachM()), raster: geo.NewRaster(ground),
		flaws: map[markKey]flawed{}, proofs: map[uuid.UUID][]proof{},
	}
}

// LayGround cuts a watch's subject into cells fine enough for its narrowest sweep.
func LayGround(w Watch) *geo.Ground {
	sweepM := 0.0
	for _, k := range w.Sources {
		if s := w.SweepM.Of(k); sweepM == 0 || s < sweepM {
			sweepM = s
		}
	}
	return geo.NewGround(w.Ground, sweepM)
}

// LookbackS is how far back a watch looks for when a piece was last seen, in seconds.
func (w Watch) LookbackS() int64 { return max(4*w.RevisitS, 86_400) }

// horizon returns the stamp at or before which, as of T, nothing is seen.
func (w Watch) horizon(at geo.Stamp) geo.Stamp { return before(at, w.LookbackS()) }

func before(at geo.Stamp, seconds int64) geo.Stamp { return geo.Stamp(max(0, int64(at)-seconds)) }

// reachM is how far from the subject a fix can matter: a leg and half a sweep.
func (w Watch) reachM() float64 {
	m := 0.0
	for _, k := range w.Sources {
		m = max(m, w.JoinM.Of(k)+w.SweepM.Of(k)/2)
	}
	return m
}

// add lays a mark on the canvas.
func (c *canvas) add(tracker uuid.UUID, m Mark, rule Rule) {
	if !geo.InAny(c.reach, m.At) {
		return
	}
	if m.Usable && c.raster.Paint(m.brush(rule.RadiusM), nil) {
		ps := c.proofs[tracker]
		i, _ := slices.BinarySearchFunc(ps, m.TMs, func(p proof, t int64) int { return cmp.Compare(p.tMs, t) })
		c.proofs[tracker] = slices.Insert(ps, i, proof{m.TMs, m.LegM, m.Unknown})
	}
	if m.flaw != sound {
		c.flaws[markKey{tracker, m.TMs}] = flawed{m, rule, tracker}
	}
}

// remove takes a mark back, and adds the blocks that must be rebuilt to dirty.
func (c *canvas) remove(tracker uuid.UUID, m Mark, rule Rule, dirty geo.Blocks) {
	if m.Usable {
		c.raster.Holding(m.brush(rule.RadiusM), dirty)
	}
	c.forget(tracker, m.TMs, m.TMs)
}

// change replaces marks of one tracker by others, both in time order.
func (c *canvas) change(tracker uuid.UUID, old, now []Mark, rule Rule, dirty geo.Blocks) {
	for i, j := 0, 0; i < len(old) || j < len(now); {
		switch {
		case j == len(now) || i < len(old) && old[i].TMs < now[j].TMs:
			c.remove(tracker, old[i], rule, dirty)
			i++
		case i == len(old) || now[j].TMs < old[i].TMs:
			c.add(tracker, now[j], rule)
			j++
		default:
			if old[i] != now[j] {
				if old[i].Usable && (!now[j].Usable || old[i].brush(0) != now[j].brush(0)) {
					c.raster.Holding(old[i].brush(rule.RadiusM), dirty)
				}
				c.forget(tracker, old[i].TMs, old[i].TMs)
				c.add(tracker, now[j], rule)
			}
			i, j = i+1, j+1
		}
	}
}

// forget drops what explains the marks of a tracker from..to, both ends included.
func (c *canvas) forget(tracker uuid.UUID, fromMs, toMs int64) {
	c.proofs[tracker] = slices.DeleteFunc(c.proofs[tracker], func(p proof) bool { return p.tMs >= fromMs && p.tMs <= toMs })
	if fromMs == toMs {
		delete(c.flaws, markKey{tracker, fromMs})
		return
	}
	for k := range c.flaws {
		if k.tracker == tracker && k.tMs >= fromMs && k.tMs <= toMs {
			delete(c.flaws, k)
		}
	}
}

// prune drops what has left the window as of T.
func (c *canvas) prune(at geo.Stamp) {
	stale := before(at, c.watch.RevisitS)
	for k := range c.flaws {
		if stampOf(k.tMs) <= stale {
			delete(c.flaws, k)
		}
	}
	for tracker, ps := range c.proofs {
		i := 0
		for i < len(ps) && stampOf(ps[i].tMs) <= stale {
			i++
		}
		if i == len(ps) {
			delete(c.proofs, tracker)
		} else if i > 0 {
			c.proofs[tracker] = slices.Clone(ps[i:])
		}
	}
}

// paintTracks lays everything that tracks prove after the horizon of T; only limits it
// to some blocks, whose explanations are then left as they are.
func (c *canvas) paintTracks(tracks []Track, at geo.Stamp, only geo.Blocks) {
	horizon := c.watch.horizon(at)
	for _, track := range tracks {
		rule, paints := c.watch.Rule(track.Kind)
		if !paints {
			continue
		}
		marks, _ := stretch{fixes: track.Fixes}.marks(rule, 0)
		for _, m := range marks {
			switch {
			case m.Stamp() <= horizon || m.Stamp() > at:
			case only == nil:
				c.add(track.Tracker, m, rule)
			case m.Usable:
				c.raster.Paint(m.brush(rule.RadiusM), only)
			}
		}
	}
}

// survey reads the raster as of T.
func (c *canvas) survey(at geo.Stamp) geo.Survey {
	return c.raster.Survey(c.watch.horizon(at), before(at, c.watch.RevisitS), at)
}

// Coverage answers for the canvas as of T.
func (c *canvas) coverage(at geo.Stamp, seq int64) Coverage {
	g, s := c.raster.Ground(), c.survey(at)
	hash := c.raster.Hash(c.watch.horizon(at), at)
	out := Coverage{
		Watch: c.watch.ID, Version: c.watch.Version, Kind: c.watch.Kind, AtMs: int64(at) * 1000,
		SubjectM2: g.AreaM2, CoveredM2: s.CoveredM2, NeverM2: s.NeverM2, Share: min(1, s.CoveredM2/g.AreaM2),
		WorstIdleS: int64(at) - int64(s.Oldest), CellM: g.CellM, Coarse: g.Coarse,
		Gaps: c.explain(s.Parts, at), Seq: seq, RasterSHA256: hex.EncodeToString(hash[:]),
	}
	if s.SeenM2 > 0 {
		mean := s.IdleSum / s.SeenM2
		out.MeanIdleS = &mean
	}
	if s.OldestFresh > 0 {
		next := (int64(s.OldestFresh) + c.watch.RevisitS) * 1000
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

// explain turns stale parts into gaps with outlines and causes. Rule 10: a part is
// inaccurate when an unusable mark of the window lies within half the sweep of it,
// sparse when one does that could not be joined, expired when any of it was seen since
// the horizon, else never. Of several marks the newest speaks. A usable mark has painted
// half the sweep around itself, so that the part begins just there: near reaches a
// cell's diagonal further.
func (c *canvas) explain(parts []geo.Part, at geo.Stamp) []PureGap {
	whys := c.whys(parts, at)
	out := make([]PureGap, len(parts))
	for i, p := range parts {
		out[i] = c.pureGap(p, whys[i])
	}
	return out
}

// pureGap draws one part.
func (c *canvas) pureGap(p geo.Part, why Why) PureGap {
	g := c.raster.Ground()
	return PureGap{
		Kind: c.watch.Kind, Outline: g.Outline(p), Label: g.Label(p),
		SizeM2: p.SizeM2, SinceMs: int64(p.Oldest) * 1000, Why: why,
	}
}

func (c *canvas) whys(parts []geo.Part, at geo.Stamp) []Why {
	out := make([]Why, len(parts))
	horizon, stale := c.watch.horizon(at), before(at, c.watch.RevisitS)
	for i, p := range parts {
		out[i].Cause = Never
		if p.Newest > horizon {
			out[i].Cause = Expired
		}
	}
	if len(parts) == 0 || len(c.flaws) == 0 {
		return out
	}
	index := geo.NewPartIndex(c.raster.Ground(), parts)
	for _, f := range c.flawsInOrder() {
		if stamp := f.mark.Stamp(); stamp <= stale || stamp > at {
			continue
		}
		why := f.why()
		index.Near(f.mark.At, f.rule.RadiusM+math.Sqrt2*c.raster.Ground().CellM, func(part int) {
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
