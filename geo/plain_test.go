package geo

// plainPart is a part as its runs.
type plainPart struct {
	runs           []Run
	shares         uint64
	oldest, newest Stamp
}

// plainParts finds the stale parts in the plain way, which every quicker one is held
// against: run-based connected component labelling of the whole raster, row by row, with
// union-find over the runs.
func plainParts(r *Raster, horizon, stale Stamp) []plainPart {
	c := components{}
	for row := range r.ground.rows {
		c.nextRow()
		c.addRow(r, row, stale)
	}
	return c.parts(horizon)
}

type components struct {
	all          []plainPart // one run each
	root         []int       // the smallest index of a part is its root
	above, start int         // where the row above and this row begin in all
	next         int         // the first run of the row above that may still touch
}

func (c *components) nextRow() {
	c.above, c.start = c.start, len(c.all)
	c.next = c.above
}

func (c *components) addRow(r *Raster, row int, stale Stamp) {
	g := r.ground
	line := row % blockSide * blockSide
	for col := range g.blockCols {
		id := row/blockSide*g.blockCols + col
		e, b := g.edges[id], r.blocks[id]
		switch {
		case !g.inside[id] && e == nil:
		case b == nil && e == nil:
			c.add(row, col*blockSide, (col+1)*blockSide-1, blockSide*whole, 0, 0)
		case e == nil:
			stamps := b.stamps[line : line+blockSide]
			for i := 0; i < blockSide; i++ {
				if stamps[i] > stale {
					continue
				}
				from, oldest, newest := i, stamps[i], stamps[i]
				for i+1 < blockSide && stamps[i+1] <= stale {
					i++
					oldest, newest = min(oldest, stamps[i]), max(newest, stamps[i])
				}
				c.add(row, col*blockSide+from, col*blockSide+i, uint64(i-from+1)*whole, oldest, newest)
			}
		default:
			for i, share := range e.share[line : line+blockSide] {
				v := r.stampAt(row, col*blockSide+i)
				if share > 0 && v <= stale {
					c.add(row, col*blockSide+i, col*blockSide+i, uint64(share), v, v)
				}
			}
		}
	}
}

// add adds cells c0..c1 of a row, which come in order of row and column.
func (c *components) add(row, c0, c1 int, shares uint64, oldest, newest Stamp) {
	i := len(c.all) - 1
	if i >= c.start && c.all[i].runs[0].C1 == c0-1 {
		p := &c.all[i]
		p.runs[0].C1 = c1
		p.shares, p.oldest, p.newest = p.shares+shares, min(p.oldest, oldest), max(p.newest, newest)
	} else {
		i++
		c.all = append(c.all, plainPart{[]Run{{row, c0, c1}}, shares, oldest, newest})
		c.root = append(c.root, i)
	}
	for c.next < c.start && c.all[c.next].runs[0].C1 < c0 {
		c.next++
	}
	for j := c.next; j < c.start && c.all[j].runs[0].C0 <= c1; j++ {
		a, b := c.find(i), c.find(j)
		c.root[max(a, b)] = min(a, b)
	}
}

func (c *components) find(i int) int {
	for c.root[i] != i {
		c.root[i] = c.root[c.root[i]]
		i = c.root[i]
	}
	return i
}

func (c *components) parts(horizon Stamp) []plainPart {
	index := map[int]int{}
	var out []plainPart
	for i, run := range c.all {
		k, ok := index[c.find(i)]
		if !ok {
			index[c.find(i)] = len(out)
			out = append(out, run)
			continue
		}
		p := &out[k]
		p.runs = append(p.runs, run.runs...)
		p.shares, p.oldest, p.newest = p.shares+run.shares, min(p.oldest, run.oldest), max(p.newest, run.newest)
	}
	for i := range out {
		p := &out[i]
		p.oldest, p.newest = max(p.oldest, horizon), max(p.newest, horizon)
	}
	return out
}
