package geo

import (
	"cmp"
	"slices"
)

// connect joins the sets of the blocks, by id (nil: none), across the blocks' borders,
// and returns the parts that they make, by their first cell; SizeM2, Oldest and Newest
// are those of the sets.
func (g *Ground) connect(of []*labels) []Part {
	base := make([]int32, len(of)) // of each block, the number of its first set
	n := int32(0)
	for id, l := range of {
		base[id] = n
		if l != nil {
			n += int32(len(l.sets))
		}
	}
	root := make([]int32, n)
	for i := range root {
		root[i] = int32(i)
	}
	for id, l := range of {
		if l == nil || len(l.sets) == 0 {
			continue
		}
		if right := id + 1; right%g.blockCols != 0 && of[right] != nil {
			joinRight(l, of[right], base[id], base[right], root)
		}
		if above := id + g.blockCols; above < len(of) && of[above] != nil {
			joinAbove(l, of[above], base[id], base[above], root)
		}
	}
	return g.gather(of, base, root)
}

// joinRight joins the sets of l, numbered from i on, to those of its right neighbour m,
// numbered from j on.
func joinRight(l, m *labels, i, j int32, root []int32) {
	for row := range blockSide {
		if l.stale[row]>>63&m.stale[row] == 0 {
			continue
		}
		unite(root, i+int32(l.at(row, blockSide-1)), j+int32(m.at(row, 0)))
		if len(l.sets) == 1 && len(m.sets) == 1 {
			return
		}
	}
}

// joinAbove joins the sets of l, numbered from i on, to those of the neighbour m above
// it, numbered from j on.
func joinAbove(l, m *labels, i, j int32, root []int32) {
	for mask := l.stale[blockSide-1] & m.stale[0]; mask != 0; {
		c0, c1 := firstRun(mask)
		unite(root, i+int32(l.at(blockSide-1, c0)), j+int32(m.at(0, c0)))
		mask &^= columns(c0, c1)
	}
}

func unite(root []int32, i, j int32) {
	i, j = find(root, i), find(root, j)
	root[max(i, j)] = min(i, j)
}

// gather makes a part of all sets under one root.
func (g *Ground) gather(of []*labels, base, root []int32) []Part {
	part := make([]int32, len(root)) // of each set
	var sizes []int                  // of each part, its sets
	for i := range root {
		if r := find(root, int32(i)); r == int32(i) {
			part[i] = int32(len(sizes))
			sizes = append(sizes, 1)
		} else {
			part[i] = part[r]
			sizes[part[i]]++
		}
	}
	parts, shares := make([]Part, len(sizes)), make([]uint64, len(sizes))
	fragments := make([]fragment, len(root))
	for k, size := range sizes {
		parts[k] = Part{fragments: fragments[:0:size], Oldest: noStamp}
		fragments = fragments[size:]
	}
	for id, l := range of {
		if l == nil {
			continue
		}
		corner := id/g.blockCols*blockSide*g.cols + id%g.blockCols*blockSide
		for i, s := range l.sets {
			k := part[base[id]+int32(i)]
			p := &parts[k]
			first := corner + int(s.first)/blockSide*g.cols + int(s.first)%blockSide
			if len(p.fragments) == 0 || first < p.first {
				p.first = first
			}
			p.fragments = append(p.fragments, fragment{l, int32(id), uint16(i)})
			p.Oldest, p.Newest = min(p.Oldest, s.oldest), max(p.Newest, s.newest)
			shares[k] += uint64(s.shares)
		}
	}
	for k := range parts {
		parts[k].SizeM2 = g.squareM(shares[k])
	}
	slices.SortFunc(parts, func(a, b Part) int { return cmp.Compare(a.first, b.first) })
	return parts
}

// squareM returns square metres for 1/255 cells.
func (g *Ground) squareM(shares uint64) float64 { return float64(shares) * g.unitM2 / whole }
