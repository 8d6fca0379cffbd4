package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// nearby finds the watches that what a tracker did may tell something, by place: its cost
// grows with the watches there, not with all that are kept.
type nearby struct {
	watches []*keeping
	index   geo.BoxIndex
	asked   int // numbers the questions
}

func newNearby(kept map[uuid.UUID]*keeping) *nearby {
	n := &nearby{}
	for _, w := range kept {
		for _, b := range w.gauge.bounds() {
			n.index.Add(b, len(n.watches))
		}
		n.watches = append(n.watches, w)
		w.asked = 0
	}
	return n
}

// told returns the watches that what the tracker did within box may tell something.
func (n *nearby) told(tracker uuid.UUID, t *tail, box orb.Bound) []*keeping {
	n.asked++
	var out []*keeping
	try := func(w *keeping) {
		if w.asked == n.asked {
			return
		}
		w.asked = n.asked
		if w.gauge.meets(tracker, box) {
			out = append(out, w)
		}
	}
	if t == nil || t.among != n { // which it told before is not known
		for _, w := range n.watches {
			try(w)
		}
	} else {
		for _, w := range t.told {
			try(w)
		}
		n.index.Near(box, func(i int) { try(n.watches[i]) })
	}
	if t != nil {
		t.told, t.among = out, n
	}
	return out
}

// nearby returns the index of the watches that are kept now.
func (k *Keeper) nearby() *nearby {
	if k.near == nil {
		k.near = newNearby(k.kept)
	}
	return k.near
}

// takeUp keeps a watch from now on.
func (k *Keeper) takeUp(w *keeping) { k.kept[w.watch.ID], k.near = w, nil }

// letGo keeps a watch no longer.
func (k *Keeper) letGo(watch uuid.UUID) {
	delete(k.kept, watch)
	k.near = nil
}
