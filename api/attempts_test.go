package api

import (
	"fmt"
	"testing"
	"time"
)

func TestAttemptsRunOutAndComeBack(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	a := newAttempts()
	for i := range attemptsBurst {
		if wait := a.take(now, "name li", "address 1"); wait != 0 {
			t.Fatalf("attempt %d must wait %v", i+1, wait)
		}
	}
	if wait := a.take(now, "name li", "address 2"); wait != attemptsRefill {
		t.Errorf("a name from elsewhere waits %v, want %v", wait, attemptsRefill)
	}
	if wait := a.take(now, "name wang", "address 1"); wait != attemptsRefill {
		t.Errorf("an address with another name waits %v, want %v", wait, attemptsRefill)
	}
	if wait := a.take(now, "name wang", "address 2"); wait != 0 {
		t.Errorf("somebody else waits %v", wait)
	}
	if wait := a.take(now.Add(attemptsRefill), "name li", "address 1"); wait != 0 {
		t.Errorf("after %v one still waits %v", attemptsRefill, wait)
	}
}

func TestAttemptsThatSucceedAreGivenBack(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	a := newAttempts()
	for i := range 10 * attemptsBurst {
		if wait := a.take(now, "name li"); wait != 0 {
			t.Fatalf("sign-in %d must wait %v", i+1, wait)
		}
		a.giveBack(now, "name li")
	}
}

func TestAttemptsForgetWhoHasTheirWholeAllowance(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	a := newAttempts()
	for i := range attemptsKept {
		a.take(now, fmt.Sprint(i))
	}
	if wait := a.take(now, "one more"); wait == 0 {
		t.Error("memory grows beyond its bound")
	}
	if wait := a.take(now.Add(attemptsRefill), "one more"); wait != 0 {
		t.Errorf("later one more waits %v", wait)
	}
	if len(a.left) != 1 {
		t.Errorf("%d keys are kept, want 1", len(a.left))
	}
}
