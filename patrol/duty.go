package patrol

import (
	"time"

	"github.com/google/uuid"
)

// Duty is the start (到岗) or end (离岗) of a tracker's duty, as the tracker tells it.
type Duty struct {
	Tracker uuid.UUID
	TMs     int64 // the device's clock, Unix milliseconds
	On      bool
}

// NewDuty returns the start or end of a tracker's duty at a time that fixes may have
// too; *Invalid otherwise.
func NewDuty(t Tracker, at time.Time, on bool, now time.Time) (Duty, error) {
	d := Duty{Tracker: t.ID, TMs: at.UnixMilli(), On: on}
	if err := (timeLimits{}).of(t, now).check(d.TMs); err != nil {
		return Duty{}, Invalidf("t", "%v", err)
	}
	return d, nil
}
