package patrol

import (
	"time"

	"github.com/google/uuid"
)

// ParseTime reads an RFC 3339 time of the years 1970 to 9998, cut to milliseconds,
// as UTC; a *Invalid about field otherwise.
func ParseTime(field, s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, Invalidf(field, "must be a time such as 2026-11-22T08:00:00Z")
	}
	t = t.UTC().Truncate(time.Millisecond)
	if t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}, Invalidf(field, "is a time outside the years 1970 to 9998")
	}
	return t, nil
}

// ParseID reads a UUID in its usual form of 36 characters; a *Invalid about field
// otherwise.
func ParseID(field, s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return uuid.Nil, Invalidf(field, "must be an id such as 01939f5e-7c00-7000-8000-000000000000")
	}
	return id, nil
}
