package geo

// Survey is what a raster says as of one moment.
type Survey struct {
	CoveredM2   float64
	NeverM2     float64 // not seen after the horizon
	SeenM2      float64 // seen after the horizon
	IdleSum     float64 // seconds × m², of what was seen
	Oldest      Stamp   // of all cells, the horizon where one was not seen since
	OldestFresh Stamp   // of the covered cells; 0 when none is
	Parts       []Part  // the stale parts, by their first cell
}

// survey is what a raster remembers from one survey to the next, so that it looks again
// only at blocks in which a cell has turned, from stale to fresh or back.
type survey struct {
	stale  Stamp     // as of which the blocks know their fresh cells
	due    []Stamp   // of each block, as of which stale it must be looked at again
	labels []*labels // of each block; nil: no cell of it belongs to the area
	parts  []Part    // what they connect to, Oldest and Newest as if for horizon 0; nil: not known
}

func newSurvey(g *Ground) survey {
	s := survey{due: make([]Stamp, len(g.inside)), labels: make([]*labels, len(g.inside))}
	for id := range s.labels {
		s.due[id], s.labels[id] = noStamp, g.unseen(id)
	}
	return s
}

// Survey reads the raster as of at, than which no cell may carry a later stamp: a cell is
// covered when its stamp is later than stale, and not seen when it is not later than
// horizon; horizon ≤ stale ≤ at. It is fastest when stale never goes back.
func (r *Raster) Survey(horizon, stale, at Stamp) Survey {
	s := Survey{Oldest: at}
	s.Parts, s.OldestFresh = r.Parts(horizon, stale)
	g := r.ground
	var covered, seen, stamps uint64
	oldest := at
	for id, b := range r.blocks {
		if b == nil {
			continue
		}
		shares := g.shares(id)
		sums := b.sum(horizon, shares)
		seen, stamps = seen+sums.shares, stamps+sums.stamps
		oldest = min(oldest, sums.oldest)
		covered += b.freshShares(shares)
	}
	s.CoveredM2, s.SeenM2, s.NeverM2 = g.squareM(covered), g.squareM(seen), g.squareM(g.total-seen)
	s.IdleSum = g.squareM(uint64(at)*seen - stamps) // the difference fits, whatever its terms do
	s.Oldest = oldest
	if seen < g.total {
		s.Oldest = horizon
	}
	return s
}

// Parts returns the stale parts by their first cell, and the stamp of the oldest covered
// cell, 0 when none is covered, as Survey does.
func (r *Raster) Parts(horizon, stale Stamp) (parts []Part, oldestFresh Stamp) {
	back := stale < r.stale
	r.stale = stale
	oldest := noStamp
	for id, due := range r.due {
		b := r.blocks[id] // nil only where due is noStamp
		switch {
		case back && b != nil:
			b.readAll(stale)
		case due <= stale:
			b.age(stale)
		case due >= oldest:
			continue
		}
		if b.turned {
			r.labels[id], r.parts = r.relabel(id), nil
		}
		r.due[id] = b.due(stale, oldest)
		oldest = min(oldest, r.due[id])
	}
	if r.parts == nil {
		r.parts = r.ground.connect(r.labels)
	}
	parts = make([]Part, len(r.parts))
	for i, p := range r.parts {
		p.Oldest, p.Newest = max(p.Oldest, horizon), max(p.Newest, horizon)
		parts[i] = p
	}
	if oldest == noStamp {
		oldest = 0
	}
	return parts, oldest
}

// relabel labels what is stale in a block now.
func (r *Raster) relabel(id int) *labels {
	b, within := r.blocks[id], r.ground.unseen(id)
	b.turned = false
	var stale [blockSide]uint64
	for row, fresh := range b.fresh {
		stale[row] = within.stale[row] &^ fresh
	}
	return newLabels(&stale, b.stamps, r.ground.shares(id))
}
