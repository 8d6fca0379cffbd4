package flight

import (
	"math"
	"slices"
)

// pass is one way of flying all lanes of a cell, one after the other and back and forth.
type pass struct {
	ring  []pt    // of the cell
	angle float64 // of the lanes, radians from the x axis
	lanes []lane
	costM float64
}

func (p pass) from() pt { return p.lanes[0].from }
func (p pass) to() pt   { return p.lanes[len(p.lanes)-1].to }

// course is how some ground is flown over. Flights are weighed by the metres flown, and
// by as many more for each stop as are flown in the time that it takes.
type course struct {
	spacingM float64 // between lanes, at most
	acrossM  float64 // what is seen across a lane; more than spacingM to begin and end inside
	aheadM   float64 // how far ahead of itself the camera sees
	slackM   float64 // how far beyond its strip and ahead the camera sees to spare
	marginM  float64 // around the ground that is to be seen too
	trimmed  bool    // lanes end where the camera sees the edge, not at the edge
	stopM    float64
	bar      *barriers
	home     *pt // where the tour begins and ends; nil = where it likes
}

// hop is what it costs to fly from one lane's end to the next one's start.
func (c course) hop(p, q pt) float64 {
	m, first, _ := c.bar.around(p, q)
	if first >= 0 {
		m += c.stopM
	}
	return m + c.stopM
}

// passesOver returns the ways of flying lanes over a ring worth weighing: from each of
// four corners, in the directions that cost about the least.
func (c course) passesOver(ring []pt, angles []float64) (passes []pass) {
	least := math.Inf(1)
	for _, angle := range angles {
		lanes, ok := c.lanesOver(ring, angle)
		if !ok {
			continue
		}
		for range 2 {
			for _, p := range [2]pass{c.backAndForth(lanes, false), c.backAndForth(lanes, true)} {
				p.ring, p.angle = ring, angle
				passes = append(passes, p)
				least = min(least, p.costM)
			}
			lanes = slices.Clone(lanes)
			slices.Reverse(lanes)
		}
	}
	passes = slices.DeleteFunc(passes, func(p pass) bool { return p.costM > 1.1*least })
	return passes[:min(len(passes), 12)]
}

// backAndForth flies the lanes in order, each the other way round than the one before.
func (c course) backAndForth(lanes []lane, turned bool) (p pass) {
	for _, l := range lanes {
		if turned {
			l = l.back()
		}
		turned = !turned
		if len(p.lanes) > 0 {
			p.costM += c.hop(p.to(), l.from)
		}
		p.lanes = append(p.lanes, l)
		p.costM += l.length() + c.stopM
	}
	return p
}

// tour is an order of cells and the pass over each, under search.
type tour struct {
	course
	cells [][]pass
	first []int       // number of each cell's first pass
	hops  [][]float64 // between passes by number, NaN = not yet known
	order []int
	costM float64
}

// flyAll returns the passes over all cells in a short order, and what it costs. The
// order begins with always the nearest cell, and is improved by turning stretches of it
// round and by moving single cells (2-opt and or-opt), with the passes over all cells
// chosen anew each time (dynamic programming), until nothing helps or trials are used up.
func (c course) flyAll(cells [][]pass, trials int) ([]pass, float64) {
	t := &tour{course: c, cells: cells}
	n := 0
	for _, passes := range cells {
		t.first = append(t.first, n)
		n += len(passes)
	}
	t.hops = make([][]float64, n)
	for i := range t.hops {
		t.hops[i] = slices.Repeat([]float64{math.NaN()}, n)
	}
	t.nearest()
	t.costM = t.weigh(t.order, nil)
	for better := true; better && trials > 0; {
		better = false
		t.moves(func(order []int) bool {
			if cost := t.weigh(order, nil); cost < t.costM-hairM {
				t.order, t.costM, better = slices.Clone(order), cost, true
			}
			trials--
			return trials > 0
		})
	}
	chosen := make([]int, len(cells))
	t.weigh(t.order, chosen)
	var out []pass
	for _, k := range t.order {
		out = append(out, cells[k][chosen[k]])
	}
	return out, t.costM
}

// nearest orders the cells so that each is the nearest to where the one before ends.
func (t *tour) nearest() {
	left := make([]int, len(t.cells))
	for i := range left {
		left[i] = i
	}
	at := t.home
	for len(left) > 0 {
		bestLeft, bestPass, bestM := 0, 0, math.Inf(1)
		for i, k := range left {
			for j, p := range t.cells[k] {
				m := 0.0
				if at != nil {
					m = dist(*at, p.from())
				}
				if m += 1e-3 * p.costM; m < bestM {
					bestLeft, bestPass, bestM = i, j, m
				}
			}
		}
		k := left[bestLeft]
		to := t.cells[k][bestPass].to()
		at = &to
		t.order = append(t.order, k)
		left = slices.Delete(left, bestLeft, bestLeft+1)
	}
}

// moves tries orders near the present one until try says that it is enough.
func (t *tour) moves(try func(order []int) bool) {
	n := len(t.order)
	for i := range n {
		for j := i + 1; j < n; j++ {
			turned := slices.Clone(t.order)
			slices.Reverse(turned[i : j+1])
			if !try(turned) {
				return
			}
		}
	}
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			moved := slices.Clone(t.order)
			k := moved[i]
			moved = slices.Insert(slices.Delete(moved, i, i+1), j, k)
			if !try(moved) {
				return
			}
		}
	}
}

// weigh returns the least that the cells cost in an order, and notes in chosen, unless
// it is nil, which pass over each that takes.
func (t *tour) weigh(order []int, chosen []int) float64 {
	costs := make([]float64, len(t.cells[order[0]]))
	from := make([][]int, len(order))
	for j, p := range t.cells[order[0]] {
		costs[j] = p.costM
		if t.home != nil {
			costs[j] += t.hop(*t.home, p.from())
		}
	}
	for i := 1; i < len(order); i++ {
		a, b := order[i-1], order[i]
		next := make([]float64, len(t.cells[b]))
		from[i] = make([]int, len(next))
		for j, p := range t.cells[b] {
			next[j] = math.Inf(1)
			for k := range t.cells[a] {
				if cost := costs[k] + t.between(a, k, b, j) + p.costM; cost < next[j] {
					next[j], from[i][j] = cost, k
				}
			}
		}
		costs = next
	}
	last, best := 0, math.Inf(1)
	for j, cost := range costs {
		if t.home != nil {
			cost += t.hop(t.cells[order[len(order)-1]][j].to(), *t.home)
		}
		if cost < best {
			last, best = j, cost
		}
	}
	if chosen != nil {
		for i := len(order) - 1; i >= 0; i-- {
			chosen[order[i]] = last
			if i > 0 {
				last = from[i][last]
			}
		}
	}
	return best
}

// between is the hop from pass k over cell a to pass j over cell b.
func (t *tour) between(a, k, b, j int) float64 {
	h := &t.hops[t.first[a]+k][t.first[b]+j]
	if math.IsNaN(*h) {
		*h = t.hop(t.cells[a][k].to(), t.cells[b][j].from())
	}
	return *h
}
