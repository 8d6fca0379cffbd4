package geo

const boxFanout = 8

// boxTree finds boxes that meet another. Level 0 is the boxes themselves; each box of a
// level holds boxFanout of the level below, in their order: neighbours along a line lie
// near each other.
type boxTree [][]box

func newBoxTree(leaves []box) boxTree {
	t := boxTree{leaves}
	for below := leaves; len(below) > 1; below = t[len(t)-1] {
		level := make([]box, 0, (len(below)+boxFanout-1)/boxFanout)
		for i, b := range below {
			if i%boxFanout == 0 {
				level = append(level, b)
				continue
			}
			h := &level[len(level)-1]
			*h = box{min(h.left, b.left), min(h.bottom, b.bottom), max(h.right, b.right), max(h.top, b.top)}
		}
		t = append(t, level)
	}
	return t
}

// meeting calls f with the index of every leaf that meets b, in order.
func (t boxTree) meeting(b box, f func(leaf int)) { t.descend(len(t)-1, 0, b, f) }

// descend looks through the boxes of a level that one of the level above holds.
func (t boxTree) descend(level, first int, b box, f func(int)) {
	for i := first; i < min(first+boxFanout, len(t[level])); i++ {
		switch h := t[level][i]; {
		case h.left > b.right || h.right < b.left || h.bottom > b.top || h.top < b.bottom:
		case level == 0:
			f(i)
		default:
			t.descend(level-1, i*boxFanout, b, f)
		}
	}
}
