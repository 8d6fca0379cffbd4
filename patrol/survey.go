package patrol

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// apartShare is how far apart, in heights above ground, images of one drone must be taken
// to count separately: closer together they show the same from the same side.
const apartShare = 0.05

// surveyGauge is the gauge of a survey watch: how many of the images since its horizon
// count for each cell, and when the last of those that it needs was taken.
type surveyGauge struct {
	ground groundGauge // over the stack's raster; nothing else is painted on it
	stack  *geo.Stack
	shown  []Footprint // those about the ground, oldest first
	blank  bool        // nothing has been read from the store yet
	all    bool        // every block is to be laid anew from shown,
	due    geo.Blocks  // or else these
}

func newSurveyGauge(w Watch, g *geo.Ground) *surveyGauge {
	stack := geo.NewStack(g, w.MinImages)
	ground := groundGauge{newCanvas(w, g, stack.Raster()), stack.Raster()}
	return &surveyGauge{ground: ground, stack: stack, blank: true, due: geo.Blocks{}}
}

// What a tracker's fixes prove is nothing to a survey.

func (g *surveyGauge) bounds() []orb.Bound                       { return nil }
func (g *surveyGauge) meets(uuid.UUID, orb.Bound) bool           { return false }
func (g *surveyGauge) change(uuid.UUID, []Mark, []Mark, Rule)    {}
func (g *surveyGauge) amend(Span, []Fix, []Fix, Rule, geo.Stamp) {}
func (g *surveyGauge) carried(uuid.UUID)                         {}

func (g *surveyGauge) show(s sights, at geo.Stamp) (told bool) {
	touched := geo.Blocks{}
	for _, f := range g.about(s.footprints, at) {
		if i, known := slices.BinarySearchFunc(g.shown, f, olderFirst); !known {
			g.shown = slices.Insert(g.shown, i, f)
			g.stack.Raster().Ground().Touched(f.patch(), touched)
		}
	}
	maps.Copy(g.due, touched)
	return len(touched) > 0
}

// about returns the footprints about the ground since the horizon of T and not after T.
func (g *surveyGauge) about(footprints []Footprint, at geo.Stamp) (out []Footprint) {
	horizon, boxes := g.watch().horizon(at), g.stack.Raster().Ground().Boxes(0)
	for _, f := range footprints {
		if stamp := stampOf(f.TMs); stamp > horizon && stamp <= at && geo.AnyMeets(boxes, f.Ring.Bound()) {
			out = append(out, f)
		}
	}
	return out
}

// olderFirst orders footprints by time; one is as another only when it is the other.
func olderFirst(a, b Footprint) int {
	return cmp.Or(cmp.Compare(a.TMs, b.TMs), compareIDs(a.Tracker, b.Tracker))
}

func (g *surveyGauge) watch() Watch { return g.ground.watch }

func (g *surveyGauge) inDoubt() bool { return g.blank }

func (g *surveyGauge) mend(ctx context.Context, past Past, at geo.Stamp, toMs int64) (later, error) {
	if !g.blank {
		return later{}, nil
	}
	footprints, err := readFootprints(ctx, past, g.watch(), g.stack.Raster().Ground().Boxes(0), at, toMs)
	if err != nil {
		return later{}, err
	}
	g.shown = g.about(footprints, at)
	slices.SortFunc(g.shown, olderFirst)
	g.blank, g.all = false, true
	return later{sights: sights{footprints: notYet(footprints, at)}}, nil
}

func (g *surveyGauge) prune(at geo.Stamp) {
	horizon := g.watch().horizon(at)
	first, _ := slices.BinarySearchFunc(g.shown, horizon, func(f Footprint, horizon geo.Stamp) int {
		if stampOf(f.TMs) <= horizon {
			return -1
		}
		return 1
	})
	g.shown = slices.Delete(g.shown, 0, first)
}

// settle lays the blocks that are due. The newest images are counted first, so that what
// is older than some horizon never changes what is later.
func (g *surveyGauge) settle() {
	only := g.due
	if g.all {
		only = nil
	} else if len(only) == 0 {
		return
	}
	boxes := g.stack.Raster().Ground().BoxesOf(only, 0)
	drones := map[uuid.UUID]int{}
	var views []geo.View
	for _, f := range slices.Backward(g.shown) {
		if len(boxes) > 0 && len(boxes) < manyBoxes && !geo.AnyMeets(boxes, f.Ring.Bound()) {
			continue
		}
		by, known := drones[f.Tracker]
		if !known {
			by = len(drones)
			drones[f.Tracker] = by
		}
		views = append(views, geo.View{Patch: f.patch(), From: f.At, By: by, ApartM: apartShare * f.HeightM})
	}
	g.stack.Lay(views, only)
	g.all, g.due = false, geo.Blocks{}
}

// manyBoxes is from how many boxes on it is quicker not to ask which of them is met.
const manyBoxes = 64

func (g *surveyGauge) look(at geo.Stamp) look {
	g.settle()
	return g.ground.look(at)
}

func (g *surveyGauge) sample(at geo.Stamp) Sample {
	g.settle()
	return g.ground.sample(at)
}

func (g *surveyGauge) picture(tile geo.Tile, at geo.Stamp) *geo.Picture {
	g.settle()
	return g.ground.picture(tile, at)
}

func (g *surveyGauge) draw(p part, why Why) PureGap { return g.ground.draw(p, why) }
func (g *surveyGauge) find(gap PureGap) part        { return g.ground.find(gap) }

func (g *surveyGauge) coverage(at geo.Stamp, seq int64) Coverage {
	g.settle()
	out := g.ground.figures(at, seq)
	stale := before(at, g.watch().RevisitS)
	images := &ImageFigures{MinImages: g.watch().MinImages}
	for _, m2 := range g.stack.Counted(stale) {
		images.Shares = append(images.Shares, min(1, m2/out.Subject))
	}
	first := slices.IndexFunc(g.shown, func(f Footprint) bool { return stampOf(f.TMs) > stale })
	if first >= 0 {
		images.FrontOverlap, images.SideOverlap = overlaps(g.shown[first:])
	}
	out.Images = images
	out.Gaps = gapsOf(g, g.ground.look(at).parts, at)
	return out
}

// whys tells holes from ground that too few images show: a part is thin when at least one
// image of the window counts for every piece of it, expired when any of it was once seen
// by enough, else never.
func (g *surveyGauge) whys(parts []part, at geo.Stamp) []Why {
	out := make([]Why, len(parts))
	horizon, stale := g.watch().horizon(at), before(at, g.watch().RevisitS)
	for i, p := range parts {
		drawn := p.place.(cells).Part
		switch fewest := g.stack.Fewest(drawn, stale); {
		case fewest > 0:
			out[i] = Why{Cause: Thin, Setting: "min_images", Value: float64(fewest), Limit: float64(g.watch().MinImages)}
		case drawn.Newest > horizon:
			out[i].Cause = Expired
		default:
			out[i].Cause = Never
		}
	}
	return out
}
