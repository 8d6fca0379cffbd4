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
	ZoneEnded     = "ended" // its valid_to has passed, or it was amended or lifted
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

// zoneIssued reports whether p says by which order a zone holds, from when, and
// until when or when that is reviewed.
func zoneIssued(p properties) bool {
	ends := !p.time("valid_to").IsZero() || !p.time("review_at").IsZero()
	return p.text("order_no") != "" && !p.time("valid_from").IsZero() && ends
}

// ZoneIsDraft reports whether the zone version f has not been issued.
func ZoneIsDraft(f Feature) (bool, error) {
	p, err := storedProperties(f)
	return !zoneIssued(p), err
}

// ZoneOrder returns from when until when (zero: no end) the order of a zone's version
// holds for as long as the version applies; ok is false for drafts and liftings.
func ZoneOrder(f Feature) (from, to time.Time, ok bool, err error) {
	p, err := storedProperties(f)
	if err != nil {
		return time.Time{}, time.Time{}, false, err
	}
	ok = zoneIssued(p) && p.time("lifted_at").IsZero()
	return p.time("valid_from"), p.time("valid_to"), ok, nil
}

// holds reports whether [start, end) meets during. A zero end is never.
func holds(start, end time.Time, during Times) bool {
	return start.UnixMilli() <= during.ToMs && (end.IsZero() || end.UnixMilli() > during.FromMs)
}

// inForce returns from when until when (zero: no end) the issued version f of a zone
// is in force. A lifting is in force for no time.
func inForce(f Feature, p properties) (from, to time.Time) {
	if lifted := p.time("lifted_at"); !lifted.IsZero() {
		return lifted, lifted
	}
	from, to = p.time("valid_from"), p.time("valid_to")
	if f.From.After(from) {
		from = f.From
	}
	if !f.Until.IsZero() && (to.IsZero() || f.Until.Before(to)) {
		to = f.Until
	}
	return from, to
}

func zoneState(f Feature, p properties, now time.Time) string {
	from, to := inForce(f, p)
	switch {
	case !zoneIssued(p):
		return ZoneDraft
	case !f.Until.IsZero() && !f.Until.After(from): // replaced before it began
		return ZoneEnded
	case now.Before(from):
		return ZoneScheduled
	case !to.IsZero() && !now.Before(to):
		return ZoneEnded
	default:
		return ZoneInForce
	}
}

// serveZone adds to p what outsiders are told of the zone version f at now.
func serveZone(f Feature, p properties, now time.Time) error {
	served := map[string]any{
		"newest_version": max(f.Newest, f.Version),
		"state":          zoneState(f, p, now),
		"recorded_at":    FormatMs(f.Created.UnixMilli()),
	}
	if _, to := inForce(f, p); zoneIssued(p) && !to.IsZero() {
		served["ends_at"] = FormatMs(to.UnixMilli())
	}
	for name, value := range served {
		if err := p.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// amendZone completes the properties p of the version f that follows old, and says when
// it applies. A draft gives way at once. What was issued stays as it is: f must be issued
// too, and applies from its valid_from, now unless given.
func amendZone(old Feature, f *Feature, p properties) error {
	draft, err := ZoneIsDraft(old)
	if err != nil {
		return err
	}
	from := p.time("valid_from")
	if !draft && from.IsZero() {
		from = f.Created.Truncate(time.Millisecond)
		if err := p.set("valid_from", FormatMs(from.UnixMilli())); err != nil {
			return err
		}
	}
	switch {
	case zoneIssued(p) && (!draft || from.Before(f.From)):
		f.From = from
	case draft:
	case p.text("order_no") == "":
		return Invalidf("order_no", "is required: a zone that was issued is amended by an order, never edited")
	default:
		return Invalidf("valid_to", "or review_at is required: a zone that was issued is amended by an order, never edited")
	}
	return nil
}

// LiftZone returns the version of a zone that ends it at a time; old is the version
// that applies then. Where nothing is in force then or later that is a *Conflict.
func LiftZone(old Feature, at, now time.Time) (Feature, error) {
	at = at.UTC().Truncate(time.Millisecond)
	p, err := storedProperties(old)
	if err != nil {
		return Feature{}, err
	}
	if zoneState(old, p, at) == ZoneEnded && old.Until.IsZero() {
		return Feature{}, &Conflict{"The zone is not in force at that time or later: there is nothing to lift"}
	}
	if err := p.set("lifted_at", FormatMs(at.UnixMilli())); err != nil {
		return Feature{}, err
	}
	c, err := CollectionNamed(old.Collection)
	if err != nil {
		return Feature{}, fmt.Errorf("collection %q: %w", old.Collection, err)
	}
	f := old.next(now)
	f.Geometry, f.Properties, f.From = old.Geometry, c.writeProperties(p), at
	return f, nil
}
