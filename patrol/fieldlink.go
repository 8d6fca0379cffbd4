package patrol

import (
	"time"

	"github.com/google/uuid"
)

// Life of a field link, from when it is made until it can no longer be used.
const (
	FieldLinkLife     = 24 * time.Hour // unless asked otherwise
	FieldLinkLongest  = 30 * 24 * time.Hour
	FieldLinkShortest = time.Minute
)

// FieldLink is a personal link by which one phone becomes a tracker, once.
type FieldLink struct {
	ID      uuid.UUID
	Tracker uuid.UUID
	MadeBy  uuid.UUID // a user
	Created time.Time
	Expires time.Time
	Used    *time.Time // nil = not yet
	Revoked *time.Time // nil = not
}

// NewFieldLink makes a link that lives for life; 0 is FieldLinkLife. *Invalid when that
// is too short or too long.
func NewFieldLink(tracker, madeBy uuid.UUID, life time.Duration, now time.Time) (FieldLink, error) {
	if life == 0 {
		life = FieldLinkLife
	}
	if life < FieldLinkShortest || life > FieldLinkLongest {
		return FieldLink{}, Invalidf("expires_s", "A link lives for a minute at least and 30 days at most")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return FieldLink{}, err
	}
	now = now.UTC()
	return FieldLink{ID: id, Tracker: tracker, MadeBy: madeBy, Created: now, Expires: now.Add(life)}, nil
}

// State says whether a link can still be used.
func (l FieldLink) State(now time.Time) string {
	switch {
	case l.Revoked != nil:
		return "revoked"
	case l.Used != nil:
		return "used"
	case !now.Before(l.Expires):
		return "expired"
	default:
		return "open"
	}
}
