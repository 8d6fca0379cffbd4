package patrol

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// maxMinImages bounds what a survey may ask for: 4 bytes a cell each.
const maxMinImages = 20

// watchProperties are a watch's properties as they are kept, defaults filled in.
type watchProperties struct {
	Name         string     `json:"name"`
	Kind         WatchKind  `json:"kind"`
	Subject      string     `json:"subject"`
	Sources      []Kind     `json:"sources"`
	ActiveFrom   time.Time  `json:"active_from"`
	ActiveTo     *time.Time `json:"active_to"`
	RevisitS     int64      `json:"revisit_s"`
	SweepWidthM  PerKind    `json:"sweep_width_m"`
	JoinS        PerKind    `json:"join_s"`
	JoinM        PerKind    `json:"join_m"`
	MaxAccuracyM PerKind    `json:"max_accuracy_m"`
	MinGapM2     float64    `json:"min_gap_m2"`
	Priority     int        `json:"priority"`
	MinGapM      float64    `json:"min_gap_m"`
	MinImages    int        `json:"min_images"`
	PresenceS    int64      `json:"presence_s"`
	GraceS       int64      `json:"grace_s"`
	MinStaff     int        `json:"min_staff"` // 0: as the checkpoint says
	Hours        string     `json:"hours"`
}

// usualPriority is of a watch of which nothing is said.
const usualPriority = 3

// completeWatch fills in a watch's defaults and checks what must hold between its
// settings.
func completeWatch(p properties, now time.Time) error {
	w := watchProperties{
		Sources:     []Kind{Person, Vehicle},
		PresenceS:   900,
		GraceS:      120,
		ActiveFrom:  now.UTC().Truncate(time.Millisecond),
		SweepWidthM: same(30),
		JoinS:       same(60),
		JoinM:       PerKind{Person: 100, Vehicle: 400, Drone: 300},
		MinImages:   1,
		Priority:    usualPriority,
	}
	if p.text("kind") == string(Survey) {
		w.Sources = []Kind{Drone}
	}
	if err := w.read(p); err != nil {
		return err
	}
	if w.Kind == Survey && !slices.Equal(w.Sources, []Kind{Drone}) {
		return Invalidf("sources", "of a survey are drones alone: their images count")
	}
	w.MaxAccuracyM = w.SweepWidthM.each(func(sweepM float64) float64 { return max(20, sweepM/2) })
	sweepM := largest(w.SweepWidthM, w.Sources)
	w.MinGapM2, w.MinGapM = sweepM*sweepM, sweepM
	if err := w.read(p); err != nil { // what was given stands over what follows from the rest
		return err
	}
	collection, subject, err := parseSubject(w.Subject)
	if err != nil {
		return err
	}
	if (w.Kind == AtPost) != (collection == Checkpoints) {
		return Invalidf("subject", "must be checkpoints/ID for a post, areas/ID or zones/ID for ground and perimeters")
	}
	switch join := largest(w.JoinS, w.Sources); {
	case w.Kind == AtPost && w.RevisitS == 0:
		w.RevisitS = 86_400
	case w.RevisitS == 0:
		return Invalidf("revisit_s", "is required")
	case w.Kind != AtPost && float64(w.RevisitS) < join:
		return Invalidf("revisit_s", "must be at least join_s, which is %v", join)
	}
	if _, err := ParseHours("hours", w.Hours); err != nil {
		return err
	}
	if w.ActiveTo != nil && !w.ActiveTo.After(w.ActiveFrom) {
		return Invalidf("active_to", "must be after active_from")
	}
	settings := map[string]any{
		"subject":        collection + "/" + subject.String(), // in its one form: filters compare texts
		"sources":        w.Sources,
		"active_from":    FormatMs(w.ActiveFrom.UnixMilli()),
		"revisit_s":      w.RevisitS,
		"max_accuracy_m": w.MaxAccuracyM,
		"priority":       w.Priority,
	}
	switch w.Kind {
	case AtPost:
		settings["presence_s"], settings["grace_s"] = w.PresenceS, w.GraceS
	case Perimeter:
		settings["min_gap_m"] = w.MinGapM
	case Survey:
		settings["min_gap_m2"], settings["min_images"] = w.MinGapM2, w.MinImages
	default:
		settings["min_gap_m2"] = w.MinGapM2
	}
	if w.Kind != AtPost {
		settings["sweep_width_m"], settings["join_s"], settings["join_m"] = w.SweepWidthM, w.JoinS, w.JoinM
	}
	for name, value := range settings {
		if err := p.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (w *watchProperties) read(p properties) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode a watch: %w", err)
	}
	if err := json.Unmarshal(raw, w); err != nil {
		return fmt.Errorf("read a watch: %w", err)
	}
	return nil
}

// largest returns the largest figure among kinds.
func largest(p PerKind, kinds []Kind) float64 {
	m := 0.0
	for _, k := range kinds {
		m = max(m, p.Of(k))
	}
	return m
}

// parseSubject splits areas/ID, zones/ID or checkpoints/ID.
func parseSubject(s string) (collection string, id uuid.UUID, err error) {
	return splitSubject(s, Areas, Zones, Checkpoints)
}

// WatchSubject returns which feature the watch that f is looks after.
func WatchSubject(f Feature) (collection string, id uuid.UUID, err error) {
	var w watchProperties
	if err := json.Unmarshal(f.Properties, &w); err != nil {
		return "", uuid.Nil, fmt.Errorf("read watch %v: %w", f.ID, err)
	}
	return parseSubject(w.Subject)
}

// CheckDemanded refuses, with a *Invalid about the watch's subject, a zone that has ended
// for good by now.
func CheckDemanded(subject Feature, now time.Time) error {
	if subject.Collection != Zones {
		return nil
	}
	p, err := storedProperties(subject)
	if err == nil && zoneState(subject, p, now) == ZoneEnded && subject.Until.IsZero() {
		err = Invalidf("subject", "names a zone that is no longer in force: there is nothing to look after")
	}
	return err
}

// CheckSubject refuses, with a *Invalid about the watch's subject, a feature whose ground
// no watch can look after: it has none, or one that reaches too far.
func CheckSubject(f Feature) error {
	if f.Collection == Checkpoints {
		return nil
	}
	area, err := geo.ParseArea(f.Geometry)
	if err == nil {
		err = geo.CheckReach(area)
	}
	if bad := (*geo.Invalid)(nil); errors.As(err, &bad) {
		return &Invalid{Field: "subject", Reason: bad.Reason, At: bad.At}
	}
	return err
}

// WatchWasActive reports whether the watch that f is was active at any moment of
// during.
func WatchWasActive(f Feature, during Times) (bool, error) {
	p, err := storedProperties(f)
	if err != nil {
		return false, err
	}
	return holds(p.time("active_from"), p.time("active_to"), during), nil
}

// ParseWatch reads the watch that f is over its subject. Over a zone it is active at most
// from the zone's valid_from until it ends or is lifted.
func ParseWatch(f, subject Feature) (Watch, error) {
	w := watchProperties{Priority: usualPriority} // of one kept before watches had any
	if err := json.Unmarshal(f.Properties, &w); err != nil {
		return Watch{}, fmt.Errorf("read watch %v: %w", f.ID, err)
	}
	watch := Watch{
		ID:           f.ID,
		Version:      f.Version,
		Name:         w.Name,
		Kind:         w.Kind,
		Subject:      w.Subject,
		Sources:      w.Sources,
		ActiveFromMs: w.ActiveFrom.UnixMilli(),
		RevisitS:     w.RevisitS,
		SweepM:       w.SweepWidthM,
		JoinS:        w.JoinS,
		JoinM:        w.JoinM,
		MaxAccuracyM: w.MaxAccuracyM,
		MinGapM2:     w.MinGapM2,
		Priority:     w.Priority,
		MinGapM:      w.MinGapM,
		MinImages:    w.MinImages,
		PresenceS:    w.PresenceS,
		GraceS:       w.GraceS,
	}
	watch.SubjectVersion = subject.Version
	if w.ActiveTo != nil {
		watch.ActiveToMs = w.ActiveTo.UnixMilli()
	}
	if err := watch.boundByZone(subject); err != nil {
		return Watch{}, err
	}
	var err error
	if w.Kind == AtPost {
		if watch.Hours, err = ParseHours("hours", w.Hours); err == nil {
			watch.Post, err = parsePost(subject, w.MinStaff)
		}
		return watch, err
	}
	if watch.Area, err = geo.ParseArea(subject.Geometry); err != nil {
		return Watch{}, fmt.Errorf("read the subject of watch %v: %w", f.ID, err)
	}
	return watch, nil
}

// parsePost reads the checkpoint that a watch looks after; minStaff, unless 0, stands over
// its own.
func parsePost(f Feature, minStaff int) (Post, error) {
	var c struct {
		RadiusM  float64 `json:"radius_m"`
		MinStaff int     `json:"min_staff"`
	}
	at, ok := f.Geometry.(orb.Point)
	if !ok {
		return Post{}, fmt.Errorf("checkpoint %v has no place", f.ID)
	}
	if err := json.Unmarshal(f.Properties, &c); err != nil {
		return Post{}, fmt.Errorf("read checkpoint %v: %w", f.ID, err)
	}
	return Post{Checkpoint: f.ID, At: at, RadiusM: c.RadiusM, MinStaff: max(1, cmp.Or(minStaff, c.MinStaff))}, nil
}

// boundByZone narrows the watch's active time to that of the zone that it looks after: an
// amendment may prolong that, a draft has none.
func (w *Watch) boundByZone(zone Feature) error {
	if zone.Collection != Zones {
		return nil
	}
	p, err := storedProperties(zone)
	if err != nil || !zoneIssued(p) {
		return err
	}
	w.ActiveFromMs = max(w.ActiveFromMs, p.time("valid_from").UnixMilli())
	for _, end := range [2]time.Time{p.time("valid_to"), p.time("lifted_at")} {
		if ms := end.UnixMilli(); !end.IsZero() && (w.ActiveToMs == 0 || ms < w.ActiveToMs) {
			w.ActiveToMs = ms
		}
	}
	return nil
}
