package patrol

import (
	"encoding/json"
	"fmt"
)

// ParseTracker reads the tracker that f is.
func ParseTracker(f Feature) (Tracker, error) {
	var p struct {
		Name   string `json:"name"`
		Kind   Kind   `json:"kind"`
		Team   string `json:"team"`
		Import bool   `json:"import"`
	}
	if err := json.Unmarshal(f.Properties, &p); err != nil {
		return Tracker{}, fmt.Errorf("read tracker %v: %w", f.ID, err)
	}
	return Tracker{ID: f.ID, Name: p.Name, Kind: p.Kind, Team: p.Team, Import: p.Import}, nil
}
