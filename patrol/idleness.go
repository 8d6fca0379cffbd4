package patrol

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"xunfang/geo"
)

// IdleClasses are the shares of revisit_s at which one class of idleness ends and the next
// begins: four that are covered, three that are stale. What was never seen is a class of
// its own after them.
var IdleClasses = [...]float64{0.25, 0.5, 0.75, 1, 2, 4}

// Classes of idleness that are not told by how long.
const (
	NotSubject = 0                    // no part of what is watched
	NeverSeen  = len(IdleClasses) + 2 // not since the look-back began
)

// Idleness is a watch's subject on a map tile, shaded by how long each place went unseen.
type Idleness struct {
	AtMs    int64
	Classes [geo.TileSide * geo.TileSide]uint8 // row by row from the north
}

// pictured is a gauge of something that has a surface.
type pictured interface {
	picture(t geo.Tile, at geo.Stamp) *geo.Picture
}

// idleness classifies what a gauge shows of a tile as of T; all is NotSubject where the
// subject has no surface.
func idleness(g gauge, w Watch, t geo.Tile, at geo.Stamp) Idleness {
	out := Idleness{AtMs: int64(at) * 1000}
	p, ok := g.(pictured)
	if !ok {
		return out
	}
	for i, stamp := range p.picture(t, at) {
		switch stamp {
		case geo.Outside:
		case 0:
			out.Classes[i] = uint8(NeverSeen)
		default:
			out.Classes[i] = idleClass(float64(at-stamp) / float64(w.RevisitS))
		}
	}
	return out
}

// idleClass returns the class, from 1, of an idleness in shares of revisit_s.
func idleClass(share float64) uint8 {
	i, _ := slices.BinarySearchFunc(IdleClasses[:], share, func(end, share float64) int {
		if end <= share {
			return -1
		}
		return 1
	})
	return uint8(i + 1)
}

// Idleness draws the live gauge, as of the last second, on a tile. A watch that another
// node keeps is drawn from the store.
func (k *Keeper) Idleness(ctx context.Context, watch uuid.UUID, t geo.Tile) (Idleness, error) {
	var out Idleness
	a, err := k.ask(ctx, ask{watch: watch, view: func(w *keeping) { out = idleness(w.gauge, w.watch, t, k.at) }})
	switch {
	case err != nil:
		return Idleness{}, err
	case !a.kept:
		return k.IdlenessAt(ctx, watch, t, k.cfg.Now().UnixMilli())
	}
	return out, nil
}

// IdlenessAt draws what the store shows as of a time, Unix ms. Tiles of one moment that
// are asked for together share one reading of the store.
func (k *Keeper) IdlenessAt(ctx context.Context, watch uuid.UUID, t geo.Tile, atMs int64) (Idleness, error) {
	w, g, at, err := k.readings.of(ctx, k, watch, atMs)
	if err != nil {
		return Idleness{}, err
	}
	return idleness(g, w, t, at), nil
}
