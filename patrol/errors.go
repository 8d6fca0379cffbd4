package patrol

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// Error kinds. A floor wraps one of these once with what was being done; api
// alone turns kinds into statuses.
var (
	ErrNotFound     = errors.New("not found")
	ErrConflict     = errors.New("conflict")
	ErrUnauthorized = errors.New("not signed in")
	ErrForbidden    = errors.New("not allowed")
	// ErrScopeChanged: what somebody may see is no longer what it was.
	ErrScopeChanged = errors.New("what you may see has changed")
	// ErrBusy: a bounded queue is full; the sender keeps its fixes and sends again.
	ErrBusy = errors.New("busy")
	// ErrTooOften: too many failed attempts; the next one later.
	ErrTooOften = errors.New("too many attempts")
	// ErrUnavailable: storage is away or a commit's outcome is unknown; send again.
	ErrUnavailable = errors.New("storage is away")
	// ErrLeaseLost: another node keeps this watch now; nothing was written.
	ErrLeaseLost = errors.New("lease lost")
)

// Invalid is input that is refused, with a sentence for the person who sent it.
type Invalid struct {
	Field  string     // the property or parameter, "" for the whole
	Reason string     // a sentence without a final stop
	At     *orb.Point // the place on the map where it is wrong, lon/lat, or nil
}

func (e *Invalid) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}

// Invalidf builds an *Invalid about one field.
func Invalidf(field, format string, args ...any) *Invalid {
	return &Invalid{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// Conflict is a change that what is there does not allow; it is an ErrConflict with a
// sentence.
type Conflict struct{ Reason string }

func (e *Conflict) Error() string { return e.Reason }

// Is makes every Conflict an ErrConflict.
func (e *Conflict) Is(target error) bool { return target == ErrConflict }

// Gone is asked-for evidence that retention has dropped.
type Gone struct {
	HorizonMs int64 // the earliest evidence time that can still be answered, Unix ms
}

func (e *Gone) Error() string { return "the fixes of that time have been dropped by retention" }
