package patrol

import "time"

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

// ZoneWasInForce reports whether the zone that f is was in force at any moment of
// during.
func ZoneWasInForce(f Feature, during Times) (bool, error) {
	p, err := storedProperties(f)
	if err != nil {
		return false, err
	}
	return zoneIssued(p) && holds(p.time("valid_from"), p.time("valid_to"), during), nil
}

// holds reports whether [start, end) meets during. A zero end is never.
func holds(start, end time.Time, during Times) bool {
	return start.UnixMilli() <= during.ToMs && (end.IsZero() || end.UnixMilli() > during.FromMs)
}

// zoneIssued reports whether p says by which order a zone holds, from when, and
// until when or when that is reviewed.
func zoneIssued(p properties) bool {
	ends := !p.time("valid_to").IsZero() || !p.time("review_at").IsZero()
	return p.text("order_no") != "" && !p.time("valid_from").IsZero() && ends
}

func zoneState(p properties, now time.Time) string {
	from, to := p.time("valid_from"), p.time("valid_to")
	switch {
	case !zoneIssued(p):
		return ZoneDraft
	case now.Before(from):
		return ZoneScheduled
	case !to.IsZero() && !now.Before(to):
		return ZoneEnded
	default:
		return ZoneInForce
	}
}
