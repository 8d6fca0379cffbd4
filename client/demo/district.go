package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"xunfang/patrol"
)

// District is an invented subdistrict and what moves about in it. All of it follows
// from the seed, and the times of its orders from when the demonstration began.
type District struct {
	Places []Place // every place after those that it names, the watches last
	Movers []Mover
}

// subdistrict is the area that all others lie in.
const subdistrict = "示范街道"

// Names from the south, and from the west.
var (
	streetNames = [crossings]string{"南湖路", "晨光路", "文化街", "北河路", "北环路"}
	avenueNames = [crossings]string{"西山路", "柏园路", "中心大道", "桃园路", "东湖路"}
	blockNames  = [crossings - 1][crossings - 1]string{
		{"河滨公园", "和平里", "金桂园", "示范小学"},
		{"西院", "绿苑", "新居", "学府苑"},
		{"南园", "东苑", "桃源里", "梧桐里"},
		{"云台苑", "林苑", "桃李苑", "馨园"},
	}
	communityNames = [2][2]string{{"绿苑社区", "山前社区"}, {"晨光社区", "桃园社区"}}
)

// NewDistrict returns the district of that seed, as it is when the demonstration
// begins.
func NewDistrict(seed uint64, began time.Time) District {
	rng := rand.New(rand.NewPCG(seed, seed))
	g := newGrid(rng)
	compounds := newCompounds(g)

	d := District{Movers: newMovers(g, compounds, rng)}
	d.add(area(subdistrict, "subdistrict", "", g.polygon(g.around(0, 0, crossings-1, crossings-1)...)))
	d.addStreets(g)
	d.addBlocks(g, compounds, rng)
	d.addZones(g, compounds, began)
	d.addCheckpoints(g)
	d.addWatches()
	return d
}

func (d *District) add(places ...Place) { d.Places = append(d.Places, places...) }

// newCompounds walls in every block but the park and the school.
func newCompounds(g grid) map[string]compound {
	compounds := map[string]compound{}
	for row, names := range blockNames {
		for column, name := range names {
			switch c := newCompound(g, name, column, row); name {
			case "河滨公园", "示范小学":
			case "绿苑":
				compounds[name] = c.withCourt("绿苑中庭")
			case "金桂园":
				compounds[name] = c.withCourt("金桂园广场")
			default:
				compounds[name] = c
			}
		}
	}
	return compounds
}

func (d *District) addStreets(g grid) {
	for k := range crossings {
		var across, up []xy
		for i := range crossings {
			across, up = append(across, g.node[i][k]), append(up, g.node[k][i])
		}
		d.add(street(streetNames[k], roadKind(k), g.line(across...)), street(avenueNames[k], roadKind(k), g.line(up...)))
	}
	row := 3
	corridor := append(shifted(g, row, -12), reversed(shifted(g, row, 12))...)
	d.add(area(streetNames[row]+"沿线", "grid", subdistrict, g.polygon(corridor...)))
}

// roadKind: the first and every second street is a road.
func roadKind(k int) string {
	if k%2 == 0 {
		return "street"
	}
	return "road"
}

// shifted returns the crossings of a street, so many metres to its north.
func shifted(g grid, row int, m float64) []xy {
	var line []xy
	for i := range crossings {
		line = append(line, xy{g.node[i][row].x, g.node[i][row].y + m})
	}
	return line
}

func reversed(line []xy) []xy {
	var back []xy
	for i := range line {
		back = append(back, line[len(line)-1-i])
	}
	return back
}

// addBlocks adds the communities, the blocks in them, and what stands on those.
func (d *District) addBlocks(g grid, compounds map[string]compound, rng *rand.Rand) {
	for j, names := range communityNames {
		for i, name := range names {
			d.add(area(name, "community", subdistrict, g.polygon(g.around(2*i, 2*j, 2*i+2, 2*j+2)...)))
		}
	}
	for row, names := range blockNames {
		for column, name := range names {
			community := communityNames[row/2][column/2]
			c, walled := compounds[name]
			if !walled {
				d.add(area(name, "grid", community, g.polygon(g.block(column, row).inset(17).corners()...)))
				continue
			}
			d.add(area(name, "compound", community, g.polygon(c.block.corners()...)))
			d.add(street(name+"园路", "path", c.walks(g)))
			d.add(c.buildings(g, rng)...)
			if c.court != nil {
				d.add(area(c.court.name, "grid", name, g.polygon(c.court.ground.corners()...)))
			}
		}
	}
	// Ground that nobody's round leads to.
	yard := compounds["学府苑"].block.around(0.86, 0.14, 84, 62)
	d.add(area("学府苑后院", "grid", "学府苑", g.polygon(yard.corners()...)))
}

// addZones adds one zone of each level, in force for some days.
func (d *District) addZones(g grid, compounds map[string]compound, began time.Time) {
	const day = 24 * time.Hour
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	zone := func(name, level string, number int, reason string, from time.Time, more map[string]any) {
		properties := map[string]any{
			"level": level, "reason": reason, "valid_from": stamp(from),
			"order_no":  fmt.Sprintf("示防指〔%d〕%d号", began.Year(), number),
			"authority": "示范街道防控指挥部(模拟)",
		}
		for key, value := range more {
			properties[key] = value
		}
		d.add(Place{
			Collection: patrol.Zones, Name: name, Properties: properties,
			Geometry: g.polygon(compounds[name].block.inset(-4).corners()...),
		})
	}
	start := began.Truncate(time.Hour)
	zone("东苑", "sealed", 31, "3号楼报告阳性病例,足不出户(模拟)", start.Add(-3*day), map[string]any{"valid_to": stamp(start.Add(4 * day))})
	zone("南园", "controlled", 32, "与东苑相邻,人不出小区(模拟)", start.Add(-3*day), map[string]any{"valid_to": stamp(start.Add(4 * day))})
	zone("新居", "precautionary", 34, "强化社会面管控(模拟)", start.Add(-day), map[string]any{"review_at": stamp(start.Add(2 * day))})
}

// staffed is where the checkpoints are: column and row of their crossings.
var staffed = [][2]int{{1, 3}, {2, 3}, {1, 2}, {2, 2}, {0, 3}, {2, 1}, {3, 2}}

// Which of them are watched, and have somebody stand there. The last one's device is
// silent at times, for longer than a proof of presence holds.
var watchedPosts = [...][2]int{staffed[0], staffed[1], staffed[3]}

func checkpointName(at [2]int) string { return avenueNames[at[0]] + streetNames[at[1]] + "卡点" }

func (d *District) addCheckpoints(g grid) {
	for _, at := range staffed {
		d.add(checkpoint(checkpointName(at), g.lonLat(g.node[at[0]][at[1]])))
	}
}

func (d *District) addWatches() {
	const minute = time.Minute
	for _, demand := range []struct {
		subject string
		revisit time.Duration
	}{
		{"东苑", 40 * minute}, {"南园", 40 * minute}, {"西院", 40 * minute}, {"林苑", 40 * minute},
		{"桃源里", 40 * minute}, {"绿苑", 40 * minute}, {"桃李苑", 45 * minute},
		{"新居", 75 * minute}, {"馨园", 75 * minute}, {"北河路沿线", 15 * minute}, {"学府苑后院", 4 * time.Hour},
	} {
		d.add(watch(demand.subject, demand.revisit))
	}
	d.add(outlineWatch("绿苑社区", 45*minute))
	for _, at := range watchedPosts {
		d.add(postWatch(checkpointName(at)))
	}
	// A court is smaller than the gaps that other watches record.
	for _, court := range []string{"绿苑中庭", "金桂园广场"} {
		w := watch(court, minute)
		w.Properties["min_gap_m2"] = 300
		d.add(w)
	}
}
