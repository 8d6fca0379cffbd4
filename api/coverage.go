package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// coverageAnswer is patrol.Coverage on the wire.
type coverageAnswer struct {
	Watch   uuid.UUID        `json:"watch"`
	Version int              `json:"version"`
	Kind    patrol.WatchKind `json:"kind"`
	At      string           `json:"at"`
	Share   float64          `json:"share"`
	*groundFigures
	*perimeterFigures
	*postFigures
	Images               *imageFigures     `json:"images,omitempty"`
	WorstIdleS           int64             `json:"worst_idle_s"`
	MeanIdleS            *float64          `json:"mean_idle_s"`
	NextStaleAt          *string           `json:"next_stale_at"`
	LongestLegM          float64           `json:"longest_leg_m"`
	UnknownAccuracyShare float64           `json:"unknown_accuracy_share"`
	Seq                  int64             `json:"seq"`
	RasterSHA256         string            `json:"raster_sha256"`
	WhatIf               *whatIf           `json:"what_if,omitempty"`
	Gaps                 featureCollection `json:"gaps"`
}

type groundFigures struct {
	SubjectM2 float64 `json:"subject_m2"`
	CoveredM2 float64 `json:"covered_m2"`
	NeverM2   float64 `json:"never_m2"`
	CellM     float64 `json:"cell_m"`
	Coarse    bool    `json:"coarse"`
}

type perimeterFigures struct {
	SubjectM float64 `json:"subject_m"`
	CoveredM float64 `json:"covered_m"`
	NeverM   float64 `json:"never_m"`
}

// imageFigures is patrol.ImageFigures on the wire.
type imageFigures struct {
	MinImages    int       `json:"min_images"`
	Shares       []float64 `json:"shares"`
	FrontOverlap *float64  `json:"front_overlap"`
	SideOverlap  *float64  `json:"side_overlap"`
}

type postFigures struct {
	SubjectS     float64        `json:"subject_s"`
	CoveredS     float64        `json:"covered_s"`
	Present      int            `json:"present"`
	MinStaff     int            `json:"min_staff"`
	StaffedUntil *string        `json:"staffed_until"`
	OnDutyHours  bool           `json:"on_duty_hours"`
	Proofs       []proofFigures `json:"proofs"`
}

type proofFigures struct {
	Tracker uuid.UUID        `json:"tracker"`
	Person  string           `json:"person"`
	Kind    patrol.ProofKind `json:"kind"`
	At      string           `json:"at"`
	Until   string           `json:"until"`
}

func newPostFigures(c patrol.Coverage) *postFigures {
	s := c.Roll
	f := &postFigures{
		SubjectS: c.Subject, CoveredS: c.Covered, Present: s.Present, MinStaff: s.MinStaff,
		OnDutyHours: s.OnDuty, Proofs: make([]proofFigures, len(s.Proofs)),
	}
	if s.StaffedUntilMs != nil {
		until := patrol.FormatMs(*s.StaffedUntilMs)
		f.StaffedUntil = &until
	}
	for i, p := range s.Proofs {
		f.Proofs[i] = proofFigures{p.Tracker, p.Person, p.Kind, patrol.FormatMs(p.AtMs), patrol.FormatMs(p.UntilMs)}
	}
	return f
}

// serveCoverage answers how much of a watch's subject is seen: now from the live
// raster, at a time from the stored fixes.
func (s *server) serveCoverage(w http.ResponseWriter, r *http.Request) error {
	watch, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	query, err := parameters(r, "at", "known_at")
	if err != nil {
		return err
	}
	var coverage patrol.Coverage
	if query.Has("at") || query.Has("known_at") {
		m, err := s.momentOf(query)
		if err != nil {
			return err
		}
		coverage, err = s.Keeper.CoverageKnown(r.Context(), watch, m)
		if err != nil {
			return fmt.Errorf("coverage as of a time: %w", err)
		}
	} else if coverage, err = s.Keeper.Coverage(r.Context(), watch); err != nil {
		return fmt.Errorf("live coverage: %w", err)
	}
	answer, err := newCoverageAnswer(coverage)
	if err != nil {
		return err
	}
	if !query.Has("known_at") { // it would tell by images that came since
		if answer.WhatIf, err = s.whatIf(r.Context(), watch, coverage.AtMs); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, typeJSON, answer)
}

// momentOf reads at (now unless given) and known_at (all that is known unless given).
func (s *server) momentOf(query url.Values) (patrol.Moment, error) {
	m := patrol.Moment{AtMs: s.Now().UnixMilli(), KnownMs: math.MaxInt64}
	for name, ms := range map[string]*int64{"at": &m.AtMs, "known_at": &m.KnownMs} {
		if !query.Has(name) {
			continue
		}
		t, err := s.pastTime(name, query.Get(name))
		if err != nil {
			return m, err
		}
		*ms = t.UnixMilli()
	}
	return m, nil
}

// pastTime reads a parameter that must not lie in the future.
func (s *server) pastTime(name, value string) (time.Time, error) {
	t, err := patrol.ParseTime(name, value)
	if err != nil {
		return t, asParameter(err)
	}
	if t.After(s.Now()) {
		return t, badParameterf(name, "lies in the future")
	}
	return t, nil
}

func newCoverageAnswer(c patrol.Coverage) (coverageAnswer, error) {
	answer := coverageAnswer{
		Watch:                c.Watch,
		Version:              c.Version,
		Kind:                 c.Kind,
		At:                   patrol.FormatMs(c.AtMs),
		Share:                c.Share,
		WorstIdleS:           c.WorstIdleS,
		MeanIdleS:            c.MeanIdleS,
		LongestLegM:          c.LongestLegM,
		UnknownAccuracyShare: c.UnknownAccuracyShare,
		Seq:                  c.Seq,
		RasterSHA256:         c.RasterSHA256,
		Gaps:                 featureCollection{Type: "FeatureCollection", Features: make([]json.RawMessage, 0, len(c.Gaps))},
	}
	switch c.Kind {
	case patrol.AtPost:
		answer.postFigures = newPostFigures(c)
	case patrol.Perimeter:
		answer.perimeterFigures = &perimeterFigures{c.Subject, c.Covered, c.Never}
	default:
		answer.groundFigures = &groundFigures{c.Subject, c.Covered, c.Never, c.CellM, c.Coarse}
	}
	answer.Images = (*imageFigures)(c.Images)
	if c.NextStaleMs != nil {
		next := patrol.FormatMs(*c.NextStaleMs)
		answer.NextStaleAt = &next
	}
	for _, gap := range c.Gaps {
		f, err := patrol.PureGapFeature(gap)
		if err != nil {
			return coverageAnswer{}, fmt.Errorf("write a gap: %w", err)
		}
		answer.Gaps.Features = append(answer.Gaps.Features, f)
	}
	return answer, nil
}
