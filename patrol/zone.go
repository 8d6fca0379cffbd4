package patrol

import (
	"fmt"
	"time"
)

// The states of a zone.
const (
	ZoneDraft     = "draft"     // not issued: without order number, start, or end or review
	ZoneScheduled = "scheduled" // issued, and starts later
	ZoneInForce   = "in_force"
	ZoneEnded     = "ended" // its valid_to has passed
)

func checkZone(p properties) error {
	from, to, review := p.time("valid_from"), p.time("valid_to"), p.time("review_at")
	if !to.IsZero() && !to.After(from) {
		return Invalidf("valid_to", "must be after valid_from")
	}
	if !review.IsZero() && !review.After(from) {
		return Invalidf("review_at", "must be after valid_from")
	}
	return nil
}

// ZoneState returns the state at now of the zone that f is.
func ZoneState(f Feature, now time.Time) (string, error) {
	p, err := parseObject("properties", f.Properties)
	if err != nil {
		return "", fmt.Errorf("zone %v: %w", f.ID, err)
	}
	return zoneState(p, now), nil
}

func zoneState(p properties, now time.Time) string {
	from, to, review := p.time("valid_from"), p.time("valid_to"), p.time("review_at")
	issued := p.text("order_no") != "" && !from.IsZero() && (!to.IsZero() || !review.IsZero())
	switch {
	case !issued:
		return ZoneDraft
	case now.Before(from):
		return ZoneScheduled
	case !to.IsZero() && !now.Before(to):
		return ZoneEnded
	default:
		return ZoneInForce
	}
}
