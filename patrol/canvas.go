package patrol

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// canvas is what is painted with strips, discs and footprints, in blocks, and what explains
// it: the flawed marks and the proofs of its window.
type canvas struct {
	watch   Watch
	subject subject
	surface surface
	reach   []orb.Bound // a fix outside proves nothing about the subject
	blank   bool        // nothing has been read from the store yet
	dirty   geo.Blocks  // to be rebuilt from the store
	flaws   map[markKey]flawed
	proofs  map[uuid.UUID][]proof // by time, of each tracker

	prunedAt geo.Stamp
}

// subject is where a canvas lies: a geo.Ground or geo.Perimeter.
type subject interface {
	Boxes(marginM float64) []orb.Bound
	BoxesOf(blocks geo.Blocks, marginM float64) []orb.Bound
}

// surface is what a canvas is painted on: a geo.Raster or geo.Tape.
type surface interface {
	Paint(s geo.Shape, only geo.Blocks) (touched bool)
	Holding(s geo.Shape, into geo.Blocks)
	Clear(blocks geo.Blocks)
}

// pruneEvery is how many seconds explanations may outlive the window.
const pruneEvery = 60

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

func newCanvas(watch Watch, on subject, s surface) *canvas {
	return &canvas{
		watch: watch, subject: on, surface: s, reach: on.Boxes(watch.reachM()),
		blank: true, dirty: geo.Blocks{}, flaws: map[markKey]flawed{}, proofs: map[uuid.UUID][]proof{},
	}
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
	if m.Usable && c.surface.Paint(m.brush(rule.RadiusM), nil) {
		ps := c.proofs[tracker]
		i, _ := slices.BinarySearchFunc(ps, m.TMs, func(p proof, t int64) int { return cmp.Compare(p.tMs, t) })
		c.proofs[tracker] = slices.Insert(ps, i, proof{m.TMs, m.LegM, m.Unknown})
	}
	if m.flaw != sound {
		c.flaws[markKey{tracker, m.TMs}] = flawed{m, rule, tracker}
	}
}

func (c *canvas) bounds() []orb.Bound { return c.reach }

// carried: who carries a tracker is all one to what it paints.
func (c *canvas) carried(uuid.UUID) {}

func (c *canvas) meets(_ uuid.UUID, box orb.Bound) bool { return geo.AnyMeets(c.reach, box) }

// remove takes a mark back; the blocks that hold it must be rebuilt.
func (c *canvas) remove(tracker uuid.UUID, m Mark, rule Rule) {
	if m.Usable {
		c.surface.Holding(m.brush(rule.RadiusM), c.dirty)
	}
	c.forget(tracker, m.TMs, m.TMs)
}

func (c *canvas) change(tracker uuid.UUID, old, now []Mark, rule Rule) {
	for i, j := 0, 0; i < len(old) || j < len(now); {
		switch {
		case j == len(now) || i < len(old) && old[i].TMs < now[j].TMs:
			c.remove(tracker, old[i], rule)
			i++
		case i == len(old) || now[j].TMs < old[i].TMs:
			c.add(tracker, now[j], rule)
			j++
		default:
			if old[i] != now[j] {
				if old[i].Usable && (!now[j].Usable || old[i].brush(0) != now[j].brush(0)) {
					c.surface.Holding(old[i].brush(rule.RadiusM), c.dirty)
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

// prune drops what has left the window as of T, now and then: the answers look at the
// times themselves.
func (c *canvas) prune(at geo.Stamp) {
	if at < c.prunedAt+pruneEvery {
		return
	}
	c.prunedAt = at
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
