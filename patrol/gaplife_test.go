package patrol

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What may be done to a gap in each state, and what becomes of it.
func TestWhatPeopleDoAboutAGap(t *testing.T) {
	acknowledged := Handling{AcknowledgedMs: 1, AcknowledgedBy: "wang", Note: "on our way"}
	assigned := Handling{AcknowledgedMs: 1, AcknowledgedBy: "wang", AssignedTo: "users/li", AssignedName: "li", Note: "on our way"}
	waived := Handling{AcknowledgedMs: 2, AcknowledgedBy: "zhao", Reason: "a building site"}
	for _, c := range []struct {
		name     string
		gap      Gap
		event    GapEvent
		state    GapState
		want     Handling
		conflict string // part of the refusal; "" = done
	}{
		{"acknowledge", Gap{State: GapOpen}, GapEvent{AtMs: 1, Event: Acknowledge, By: "wang", Note: "on our way"}, GapAcknowledged, acknowledged, ""},
		{"acknowledge twice", Gap{State: GapAcknowledged, Handling: acknowledged}, GapEvent{AtMs: 2, Event: Acknowledge, By: "zhao"}, "", Handling{}, "wang answers"},
		{"acknowledge what is assigned", Gap{State: GapAssigned, Handling: assigned}, GapEvent{AtMs: 2, Event: Acknowledge, By: "zhao"}, "", Handling{}, "li answers"},
		{"assign after acknowledging", Gap{State: GapAcknowledged, Handling: acknowledged}, GapEvent{AtMs: 2, Event: Assign, By: "zhao", To: "users/li"}, GapAssigned, assigned, ""},
		{"assign at once", Gap{State: GapOpen}, GapEvent{AtMs: 1, Event: Assign, By: "wang", To: "users/li", Note: "on our way"}, GapAssigned, assigned, ""},
		{"assign to another", Gap{State: GapAssigned, Handling: Handling{AcknowledgedMs: 1, AcknowledgedBy: "wang", AssignedTo: "users/sun", AssignedName: "sun", Note: "on our way"}},
			GapEvent{AtMs: 2, Event: Assign, By: "wang", To: "users/li"}, GapAssigned, assigned, ""},
		{"waive", Gap{State: GapOpen}, GapEvent{AtMs: 2, Event: Waive, By: "zhao", Note: "a building site"}, GapWaived, waived, ""},
		{"waive twice", Gap{State: GapWaived, Handling: waived}, GapEvent{AtMs: 3, Event: Waive, By: "wang", Note: "again"}, "", Handling{}, "a building site"},
		{"assign what is waived", Gap{State: GapWaived, Handling: waived}, GapEvent{AtMs: 3, Event: Assign, By: "wang", To: "users/li"}, "", Handling{}, "reopen it first"},
		{"take back a waiver", Gap{State: GapWaived, Handling: waived}, GapEvent{AtMs: 3, Event: Reopen, By: "wang", Note: "they left"}, GapOpen, Handling{Note: "they left"}, ""},
		{"take back an assignment", Gap{State: GapAssigned, Handling: assigned}, GapEvent{AtMs: 3, Event: Reopen, By: "wang"}, GapOpen, Handling{}, ""},
		{"take back nothing", Gap{State: GapOpen}, GapEvent{AtMs: 3, Event: Reopen, By: "wang"}, "", Handling{}, "is open"},
		{"too late", Gap{State: GapClosed, ClosedMs: 1000}, GapEvent{AtMs: 3, Event: Acknowledge, By: "wang"}, "", Handling{}, "was closed at 1970-01-01T00:00:01.000Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.gap.Act(c.event, strings.TrimPrefix(c.event.To, "users/"))
			if c.conflict != "" {
				if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), c.conflict) {
					t.Errorf("not refused because %q: %v", c.conflict, err)
				}
				return
			}
			if err != nil || got.State != c.state || !cmp.Equal(got.Handling, c.want) {
				t.Errorf("%v: state %s\n%s", err, got.State, cmp.Diff(c.want, got.Handling))
			}
		})
	}
}

func TestWhoAGapCanBeAssignedTo(t *testing.T) {
	const id = "0190b2c0-0000-7000-8000-0000000000a1"
	for to, want := range map[string]string{
		"users/王 医生":                        "users/王 医生",
		"teams/" + id:                       "teams/" + id,
		"trackers/" + strings.ToUpper(id):   "trackers/" + id,
		"users/":                            "",
		"users/" + strings.Repeat("a", 501): "",
		"areas/" + id:                       "",
		"teams/7":                           "",
		"":                                  "",
	} {
		a, err := ParseAssignee(to)
		if want == "" {
			if bad := (*Invalid)(nil); !errors.As(err, &bad) || bad.Field != "to" {
				t.Errorf("%q: %v", to, err)
			}
		} else if err != nil || a.String() != want {
			t.Errorf("%q is %q, %v", to, a, err)
		}
	}
}
