package api

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// whatIf is patrol.WhatIf on the wire.
type whatIf struct {
	HeightM   float64                   `json:"height_m"`
	ShareLow  float64                   `json:"share_low"`
	ShareHigh float64                   `json:"share_high"`
	Images    map[patrol.HeightKind]int `json:"images"`
}

// whatIf is nil for a watch of which drones' images show nothing.
func (s *server) whatIf(ctx context.Context, watch uuid.UUID, atMs int64) (*whatIf, error) {
	other, err := s.Keeper.WhatIf(ctx, watch, atMs)
	if err != nil {
		return nil, fmt.Errorf("coverage with other heights: %w", err)
	}
	return (*whatIf)(other), nil
}
