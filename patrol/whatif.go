package patrol

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"xunfang/geo"
)

// WhatIf is how far a watch's share hangs on the heights of the images that count for it.
type WhatIf struct {
	HeightM   float64 // by how much they are taken to be wrong
	ShareLow  float64 // if every image was taken so much lower
	ShareHigh float64 // if every image was taken so much higher
	// Images counts those of the window by what their heights were measured from.
	Images map[HeightKind]int
}

// whatIfM is by how much heights are taken to be wrong: what take-off points, barometers
// and ground that is not level come to.
const whatIfM = 20

// WhatIfHeights works out a watch's share as of a time (Unix ms, floored to seconds) with
// all its images lower and higher than was said; nil when none of them shows anything of it.
func WhatIfHeights(ctx context.Context, archive Archive, layout *Layout, atMs int64) (*WhatIf, error) {
	if !layout.Watch.takesImages() {
		return nil, nil
	}
	at := geo.Stamp(atMs / 1000)
	out := &WhatIf{HeightM: whatIfM, Images: map[HeightKind]int{}}
	err := archive.At(ctx, func(past Past) error {
		for _, m := range [2]float64{-whatIfM, whatIfM} {
			g := layout.gauge()
			clear(out.Images)
			raised := raisedImages{past, m, before(at, layout.Watch.RevisitS), at, out.Images}
			if _, err := g.mend(ctx, raised, at, int64(at)*1000); err != nil || len(out.Images) == 0 {
				return err
			}
			if share := g.coverage(at, 0).Share; m < 0 {
				out.ShareLow = share
			} else {
				out.ShareHigh = share
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("coverage of watch %v with other heights: %w", layout.Watch.ID, err)
	}
	if len(out.Images) == 0 {
		return nil, nil
	}
	return out, nil
}

// raisedImages is what is stored, with every image taken m metres higher.
type raisedImages struct {
	Past
	m     float64
	stale geo.Stamp // the window is (stale, at]
	at    geo.Stamp
	seen  map[HeightKind]int // those of the window that show anything of the subject
}

func (p raisedImages) FootprintsIn(ctx context.Context, where []orb.Bound, fromMs, toMs int64) ([]Footprint, error) {
	wider := make([]orb.Bound, len(where))
	for i, b := range where {
		wider[i] = geo.Grow(b, whatIfM*math.Tan(geo.MaxOffNadir))
	}
	stored, err := p.Past.FootprintsIn(ctx, wider, fromMs, toMs)
	if err != nil {
		return nil, err
	}
	raised := stored[:0]
	for _, f := range stored {
		if stamp := stampOf(f.TMs); stamp > p.stale && stamp <= p.at && geo.AnyMeets(where, f.Ring.Bound()) {
			p.seen[f.HeightKind]++
		}
		if f, above := f.higher(p.m); above {
			raised = append(raised, f)
		}
	}
	return raised, nil
}
