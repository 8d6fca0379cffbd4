package patrol

import (
	"context"
	"fmt"
	"time"
)

// FootprintStore keeps footprints.
type FootprintStore interface {
	// AddFootprints commits those whose tracker and millisecond are new, and returns
	// them with their seq in the feed, 0 when there are none. Its errors wrap
	// ErrUnavailable: the same may be given again.
	AddFootprints(ctx context.Context, footprints []Footprint) (seq int64, added []Footprint, err error)
}

// ImageDeskConfig is what an ImageDesk needs.
type ImageDeskConfig struct {
	Store     FootprintStore
	Publisher Publisher
	Now       func() time.Time
	Retention int // days that evidence is kept; 0 = for ever
}

// ImageDesk takes in what drones' cameras took. Safe for concurrent use.
type ImageDesk struct {
	cfg    ImageDeskConfig
	limits timeLimits
}

// NewImageDesk returns a desk over a store.
func NewImageDesk(cfg ImageDeskConfig) *ImageDesk {
	return &ImageDesk{cfg, timeLimits{anyPast: cfg.Retention == 0}}
}

// SubmitImages works out what each image shows and commits it. An image that shows no
// ground is rejected alone; one of a millisecond that its tracker has an image of is a
// duplicate. ErrForbidden: the tracker is no drone.
func (d *ImageDesk) SubmitImages(ctx context.Context, tracker Tracker, images []Image) (Receipt, error) {
	if tracker.Kind != Drone {
		return Receipt{}, fmt.Errorf("take images of a %s: %w", tracker.Kind, ErrForbidden)
	}
	now := d.cfg.Now()
	receipt := Receipt{Rejected: []Rejection{}}
	var shown []Footprint
	for i, image := range images {
		f, err := image.footprint(d.limits.of(tracker, now))
		if err != nil {
			receipt.Rejected = append(receipt.Rejected, Rejection{Index: i, Reason: err.Error()})
			continue
		}
		f.Tracker, f.ReceivedMs = tracker.ID, now.UnixMilli()
		shown = append(shown, f)
	}
	if len(shown) == 0 {
		return receipt, nil
	}
	seq, added, err := d.cfg.Store.AddFootprints(ctx, shown)
	if err != nil {
		return Receipt{}, fmt.Errorf("store footprints: %w", err)
	}
	if seq != 0 {
		d.cfg.Publisher.Publish(Event{Seq: seq, Footprints: added})
	}
	receipt.Stored, receipt.Duplicate = len(added), len(shown)-len(added)
	return receipt, nil
}
