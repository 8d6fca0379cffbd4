package flight

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// published reads a polygon with holes of ETH's polygon_coverage_planning, metres, the
// outline first.
func published(t *testing.T, name string) (area shape) {
	t.Helper()
	file, err := os.Open(filepath.Join(testData(t), "published", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	number := regexp.MustCompile(`([xy]): (-?[0-9.]+)`)
	var hullAt int
	var x float64
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if strings.Contains(line, "points:") {
			area = append(area, nil)
		}
		if strings.Contains(line, "hull:") {
			hullAt = len(area)
		}
		for _, m := range number.FindAllStringSubmatch(line, -1) {
			v, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			if m[1] == "x" {
				x = v
			} else {
				area[len(area)-1] = append(area[len(area)-1], pt{x, v})
			}
		}
	}
	area[0], area[hullAt] = area[hullAt], area[0]
	return area
}

// Around the holes of two published polygons, of a wood and of an arena, what is planned
// is at least a tenth shorter than lanes in one direction, that of the least width, flown
// line by line.
func TestCellsAreShorterThanOneDirection(t *testing.T) {
	for _, name := range []string{"example_polygon_epfl.yaml", "example_polygon_piombino.yaml"} {
		area := published(t, name)
		var holes []shape
		for _, h := range area[1:] {
			holes = append(holes, shape{h})
		}
		for _, spacingM := range []float64{1.5, 3} { // 3 m is the publication's
			c := course{spacingM: spacingM, acrossM: spacingM, aheadM: spacingM, bar: newBarriers(holes)}
			planned := 0.0
			passes := c.cover(area)
			for i, p := range passes {
				planned += p.costM
				if i > 0 {
					planned += c.hop(passes[i-1].to(), p.from())
				}
			}
			fixed := lineByLine(c, area, frames(area)[0])
			t.Logf("%s, %g m: %.0f m in %d cells, %.0f m line by line: %.1f %% shorter", name, spacingM, planned, len(passes), fixed, 100*(1-planned/fixed))
			if planned > 0.9*fixed {
				t.Errorf("%s at %g m: %.0f m planned, %.0f m line by line", name, spacingM, planned, fixed)
			}
		}
	}
}

// lineByLine is the length of the shortest flight along lines of one direction, each
// after the one beside it, around what bars the way.
func lineByLine(c course, area shape, angle float64) (m float64) {
	flat := area.turned(-angle)
	var zones []shape
	for _, z := range c.bar.zones {
		zones = append(zones, z.turned(-angle))
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range flat {
		for _, p := range r {
			lo, hi = min(lo, p.y), max(hi, p.y)
		}
	}
	n := int(math.Ceil((hi - lo) / c.spacingM))
	var order []lane
	for i := range n {
		y := lo + (hi-lo)*(float64(i)+0.5)/float64(n)
		var row []lane
		for _, slab := range slabs(flat, zones) {
			for _, t := range slab {
				if t.y0 <= y && y < t.y1 {
					k := (y - t.y0) / (t.y1 - t.y0)
					row = append(row, lane{pt{t.l0 + k*(t.l1-t.l0), y}.turned(angle), pt{t.r0 + k*(t.r1-t.r0), y}.turned(angle)})
				}
			}
		}
		if i%2 == 1 {
			slices.Reverse(row)
			for k := range row {
				row[k] = row[k].back()
			}
		}
		order = append(order, row...)
	}
	for i, l := range order {
		m += l.length()
		if i > 0 {
			m += c.hop(order[i-1].to, l.from)
		}
	}
	return m
}
