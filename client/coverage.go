package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// Coverage is what the server says of one watch.
type Coverage struct {
	Watch                uuid.UUID  `json:"watch"`
	Version              int        `json:"version"`
	Kind                 string     `json:"kind"`
	At                   time.Time  `json:"at"`
	Share                float64    `json:"share"`
	SubjectM2            float64    `json:"subject_m2"`
	CoveredM2            float64    `json:"covered_m2"`
	NeverM2              float64    `json:"never_m2"`
	SubjectM             float64    `json:"subject_m"` // of a perimeter, as are the next two
	CoveredM             float64    `json:"covered_m"`
	NeverM               float64    `json:"never_m"`
	SubjectS             float64    `json:"subject_s"` // of a post, as are the next six
	CoveredS             float64    `json:"covered_s"`
	Present              int        `json:"present"`
	MinStaff             int        `json:"min_staff"`
	StaffedUntil         *time.Time `json:"staffed_until"`
	OnDutyHours          bool       `json:"on_duty_hours"`
	Proofs               []Proof    `json:"proofs"`
	WorstIdleS           int64      `json:"worst_idle_s"`
	MeanIdleS            *float64   `json:"mean_idle_s"`
	NextStaleAt          *time.Time `json:"next_stale_at"`
	CellM                float64    `json:"cell_m"`
	LongestLegM          float64    `json:"longest_leg_m"`
	UnknownAccuracyShare float64    `json:"unknown_accuracy_share"`
	Seq                  int64      `json:"seq"`
	RasterSHA256         string     `json:"raster_sha256"`
	Images               *struct {
		MinImages    int       `json:"min_images"`
		Shares       []float64 `json:"shares"`
		FrontOverlap *float64  `json:"front_overlap"`
		SideOverlap  *float64  `json:"side_overlap"`
	} `json:"images"`
	WhatIf *struct {
		HeightM   float64        `json:"height_m"`
		ShareLow  float64        `json:"share_low"`
		ShareHigh float64        `json:"share_high"`
		Images    map[string]int `json:"images"`
	} `json:"what_if"`
	Gaps struct {
		Features []Item `json:"features"`
	} `json:"gaps"`
}

// Proof is the last proof that a tracker is present at a post.
type Proof struct {
	Tracker uuid.UUID        `json:"tracker"`
	Person  string           `json:"person"`
	Kind    patrol.ProofKind `json:"kind"`
	At      time.Time        `json:"at"`
	Until   time.Time        `json:"until"`
}

// Coverage returns a watch's coverage as of a time; of the zero time, the live one.
func (c *Client) Coverage(ctx context.Context, watch uuid.UUID, at time.Time) (Coverage, error) {
	target := path("api", "watches", watch.String(), "coverage")
	if !at.IsZero() {
		target += "?" + url.Values{"at": {patrol.FormatMs(at.UnixMilli())}}.Encode()
	}
	var coverage Coverage
	if err := c.do(ctx, c.auth, http.MethodGet, target, nil, &coverage); err != nil {
		return Coverage{}, fmt.Errorf("coverage of a watch: %w", err)
	}
	return coverage, nil
}
