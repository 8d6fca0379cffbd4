package demo

import (
	"fmt"
	"math/rand/v2"

	"xunfang/patrol"
)

// crew sends movers on their rounds.
type crew struct {
	grid   grid
	rng    *rand.Rand
	movers []Mover
	people int
}

// newMovers returns who and what moves in the district: two dozen people, three
// vehicles and two drones. Some devices fail at times, so that the map has gaps of
// every cause and age.
func newMovers(g grid, compounds map[string]compound, rng *rand.Rand) []Mover {
	c := &crew{grid: g, rng: rng}
	c.patrolCompounds(compounds)
	c.crossCourts(compounds)
	c.patrolStreets()
	c.staffCheckpoints()
	c.drive()
	c.fly(compounds)
	return c.movers
}

// patrolCompounds gives every watched compound one person, or one for its south and
// one for its north.
func (c *crew) patrolCompounds(compounds map[string]compound) {
	const minute = 60
	tired := &spell{ill: silent, from: -66 * minute, lasts: 74 * minute, period: 180 * minute}
	indoors := &spell{ill: poor, from: -52 * minute, lasts: 75 * minute, period: 170 * minute}
	saving := &spell{ill: sparse, from: -45 * minute, lasts: 70 * minute, period: 150 * minute}
	for _, pair := range []struct {
		name         string
		south, north *spell
	}{
		{"东苑", nil, nil}, {"南园", nil, nil}, {"绿苑", nil, nil},
		{"西院", tired, nil}, {"林苑", nil, saving}, {"桃源里", nil, indoors},
	} {
		ground := compounds[pair.name]
		half := ground.paths / 2
		c.walker(ground.round(0, half)).spell = pair.south
		c.walker(ground.round(half, ground.paths)).spell = pair.north
	}
	for _, name := range []string{"桃李苑", "新居", "馨园"} {
		ground := compounds[name]
		c.walker(ground.round(0, ground.paths))
	}
}

// crossCourts sends one person around each court, through it about every two minutes.
// They start where one court's gap opens, and the other's closes, in the first minute.
func (c *crew) crossCourts(compounds map[string]compound) {
	const speedMPS = 1.3
	for _, start := range []struct {
		name  string
		phase float64
	}{{"绿苑", 60}, {"金桂园", 100}} {
		loop := compounds[start.name].court.loop
		way := round{{at: loop[0]}}
		for _, p := range loop[1:] {
			way = way.then(p, speedMPS, 0, 0)
		}
		c.person(way).phase = start.phase
	}
}

func (c *crew) patrolStreets() {
	for _, blocks := range [][4]int{{0, 0, 1, 2}, {1, 1, 3, 3}, {2, 0, 4, 1}, {0, 2, 2, 4}} {
		ring := c.grid.around(blocks[0], blocks[1], blocks[2], blocks[3])
		c.walker(append(ring, ring[0]))
	}
}

// staffCheckpoints has people stand at some checkpoints, with a few steps up and down
// the street.
func (c *crew) staffCheckpoints() {
	const minute = 60
	for i, at := range watchedPosts {
		post := c.grid.node[at[0]][at[1]]
		next := c.grid.node[at[0]+1][at[1]]
		way := round{{at: post}}
		for range 6 {
			way = way.then(post.to(next, 0.02*c.rng.Float64()), 0.6, 40+160*c.rng.Float64(), 0)
		}
		m := c.person(way.then(post, 0.6, 90, 0))
		if i == len(watchedPosts)-1 { // its lapse is told in the first minute, and lasts a quarter of an hour
			m.spell = &spell{ill: silent, from: -9.5 * minute, lasts: 30 * minute, period: 120 * minute}
		}
	}
}

func (c *crew) drive() {
	for _, vehicle := range []struct {
		name   string
		blocks [4]int
	}{{"巡逻车 1", [4]int{0, 1, 4, 3}}, {"物资车 1", [4]int{1, 0, 3, 4}}, {"物资车 2", [4]int{0, 0, 4, 4}}} {
		b := vehicle.blocks
		ring := c.grid.around(b[0], b[1], b[2], b[3])
		way := round{{at: ring[0]}}
		for _, p := range append(ring[1:], ring[0]) {
			way = way.then(p, 6.5+2*c.rng.Float64(), c.rest(0.4, 8, 25), 0)
		}
		c.add(vehicle.name, patrol.Vehicle, 2, way)
	}
}

// fly has drones lay lanes over a compound, and land between flights.
func (c *crew) fly(compounds map[string]compound) {
	const speedMPS, climbMPS, landedS = 8, 3, 90
	for i, over := range []struct {
		name      string
		altitudeM float64
	}{{"馨园", 96}, {"云台苑", 80}} {
		ground := compounds[over.name]
		lanes := ground.round(0, ground.paths)
		way := round{{at: lanes[0]}, {s: over.altitudeM / climbMPS, at: lanes[0], altitudeM: over.altitudeM}}
		for _, p := range lanes[1:] {
			way = way.then(p, speedMPS, 0, over.altitudeM)
		}
		landed := knot{s: way.length() + over.altitudeM/climbMPS, at: lanes[0]}
		way = append(way, landed, knot{s: landed.s + landedS, at: lanes[0]})
		c.add(fmt.Sprintf("无人机 %d", i+1), patrol.Drone, 2, way)
	}
}

// walker sends a person along a closed way at a walker's pace, with rests at some
// corners.
func (c *crew) walker(ring []xy) *Mover {
	pace := 1.25 + 0.25*c.rng.Float64()
	way := round{{at: ring[0]}}
	for _, p := range ring[1:] {
		way = way.then(p, pace, c.rest(0.2, 6, 20), 0)
	}
	return c.person(way)
}

func (c *crew) person(way round) *Mover {
	c.people++
	return c.add(fmt.Sprintf("巡查 %02d", c.people), patrol.Person, 3, way)
}

// rest returns how long a rest is that is taken with such a chance.
func (c *crew) rest(chance, least, most float64) float64 {
	if c.rng.Float64() >= chance {
		return 0
	}
	return least + (most-least)*c.rng.Float64()
}

// add sends a mover on its way, anywhere along it.
func (c *crew) add(name string, kind patrol.Kind, every int64, way round) *Mover {
	c.movers = append(c.movers, Mover{
		Name: name, Kind: kind, round: way, every: every, grid: c.grid,
		phase: c.rng.Float64() * way.length(), salt: 100 * c.rng.Float64(),
	})
	return &c.movers[len(c.movers)-1]
}
