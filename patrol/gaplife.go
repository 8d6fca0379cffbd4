package patrol

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// GapState is how far a recorded gap has been dealt with.
type GapState string

// The states of a gap.
const (
	GapOpen         GapState = "open"         // nobody answers for it
	GapAcknowledged GapState = "acknowledged" // who acknowledged it does
	GapAssigned     GapState = "assigned"     // a team, a tracker or a person was sent
	GapWaived       GapState = "waived"       // it is left as it is, for a reason
	GapClosed       GapState = "closed"       // by evidence alone, or with its watch
)

func gapStateNames() []string {
	return []string{string(GapOpen), string(GapAcknowledged), string(GapAssigned), string(GapWaived), string(GapClosed)}
}

// Handling is what people have said of a gap. It outlives the gap's closing.
type Handling struct {
	AcknowledgedMs int64 // 0 until then
	AcknowledgedBy string
	AssignedTo     string // teams/ID, trackers/ID or users/NAME; "" = nobody
	AssignedName   string // whose that is
	Note           string // the last
	Reason         string // of the waiver
}

// Owner returns who answers for a gap: who it was assigned to, else who acknowledged it,
// else nobody ("").
func (h Handling) Owner() string {
	if h.AssignedTo != "" {
		return h.AssignedName
	}
	return h.AcknowledgedBy
}

// GapEvent is one moment of a gap's life.
type GapEvent struct {
	AtMs  int64
	Event string    // opened, split, acknowledged, assigned, waived, reopened, merged, closed
	By    string    // the user; "" = the evidence
	Note  string    // of a waiver its reason
	To    string    // assigned: to whom
	Other uuid.UUID // split: off which gap; merged: into which
}

// The events that are people's.
const (
	Acknowledge = "acknowledged"
	Assign      = "assigned"
	Waive       = "waived"
	Reopen      = "reopened"
)

// CheckGapNote refuses a note on a gap that is too long or no text.
func CheckGapNote(field, note string) error {
	return Property{Name: field, Type: Text}.checkText(note)
}

// CheckGapReason refuses a waiver that does not say why.
func CheckGapReason(reason string) error {
	return Property{Name: "reason", Type: Text, Required: true}.checkText(reason)
}

// Assignee is somebody a gap can be assigned to: a feature of teams or trackers, or a user.
type Assignee struct {
	Collection string    // teams, trackers or users
	ID         uuid.UUID // of a team or tracker
	User       string    // of a user
}

// String returns teams/ID, trackers/ID or users/NAME.
func (a Assignee) String() string {
	if a.Collection == "users" {
		return "users/" + a.User
	}
	return a.Collection + "/" + a.ID.String()
}

// ParseAssignee reads teams/ID, trackers/ID or users/NAME; a *Invalid about to otherwise.
func ParseAssignee(to string) (Assignee, error) {
	collection, key, _ := strings.Cut(to, "/")
	switch collection {
	case "users":
		if key != "" {
			return Assignee{Collection: collection, User: key}, CheckGapNote("to", key)
		}
	case "teams", Trackers:
		if id, err := ParseID("to", key); err == nil {
			return Assignee{Collection: collection, ID: id}, nil
		}
	}
	return Assignee{}, Invalidf("to", "must be teams/ID, trackers/ID or users/NAME")
}

// Act returns the gap after a person's event; name is whose To is. What the gap's state
// does not allow is a *Conflict: a closed gap stays as it is; one that somebody answers for
// already is assigned to another, waived or reopened, but not acknowledged again; a waived
// one must be reopened first, and only what was acted upon can be.
func (g Gap) Act(e GapEvent, name string) (Gap, error) {
	switch {
	case g.State == GapClosed:
		return g, &Conflict{"The gap was closed at " + FormatMs(g.ClosedMs) + ": nothing is left to do about it"}
	case e.Event == Reopen && g.State == GapOpen:
		return g, &Conflict{"The gap is open: nobody has acknowledged, assigned or waived it"}
	case e.Event != Reopen && g.State == GapWaived:
		return g, &Conflict{"The gap was waived (" + g.Reason + "): reopen it first"}
	case e.Event == Acknowledge && g.State != GapOpen:
		return g, &Conflict{g.Owner() + " answers for the gap already"}
	}
	switch e.Event {
	case Reopen:
		g.State, g.Handling = GapOpen, Handling{Note: e.Note}
		return g, nil
	case Waive:
		g.State, g.Reason = GapWaived, e.Note
	case Acknowledge:
		g.State = GapAcknowledged
	case Assign:
		g.State, g.AssignedTo, g.AssignedName = GapAssigned, e.To, name
	default:
		return g, fmt.Errorf("nobody can have a gap %q", e.Event)
	}
	if g.AcknowledgedMs == 0 { // who assigns or waives it has seen it
		g.AcknowledgedMs, g.AcknowledgedBy = e.AtMs, e.By
	}
	if e.Note != "" && e.Event != Waive {
		g.Note = e.Note
	}
	return g, nil
}
