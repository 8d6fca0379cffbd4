package store_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"xunfang/patrol"
	"xunfang/store/storetest"
)

// A gap's life is told as it was, through splitting and merging, and parts that split off
// are handled as what they were part of.
func TestAGapsHistory(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	watch := uuid.Must(uuid.NewV7())
	lease := takeLease(t, s, "here", watch)
	whole, piece := gap(watch), gap(watch)
	write := func(changes ...patrol.GapChange) []patrol.GapChange {
		t.Helper()
		_, written, err := s.WriteGaps(ctx, lease, changes)
		if err != nil {
			t.Fatal(err)
		}
		return written
	}
	act := func(id uuid.UUID, e patrol.GapEvent) patrol.Gap {
		t.Helper()
		seq, g, err := s.ActOnGap(ctx, id, e)
		if err != nil || seq == 0 {
			t.Fatalf("%s: seq %d, %v", e.Event, seq, err)
		}
		return g
	}
	write(patrol.GapChange{Event: "opened", Gap: whole})
	acknowledged := patrol.GapEvent{AtMs: t0 + 1000, Event: patrol.Acknowledge, By: "wang", Note: "去看"}
	if g := act(whole.ID, acknowledged); g.State != patrol.GapAcknowledged || g.Owner() != "wang" {
		t.Errorf("acknowledged: %+v", g)
	}

	whole.Size /= 2
	piece.OpenedMs = t0 + 2000
	written := write(patrol.GapChange{Event: "changed", Gap: whole}, patrol.GapChange{Event: "opened", Gap: piece, Other: whole.ID})
	for i, c := range written {
		if c.Gap.State != patrol.GapAcknowledged || c.Gap.AcknowledgedBy != "wang" || c.Gap.Note != "去看" {
			t.Errorf("evidence forgot who answers for gap %d: %+v", i, c.Gap.Handling)
		}
	}
	if written[0].Gap.Size != whole.Size {
		t.Errorf("the gap is told with %v m², it has %v", written[0].Gap.Size, whole.Size)
	}
	reopened := patrol.GapEvent{AtMs: t0 + 3000, Event: patrol.Reopen, By: "li"}
	act(piece.ID, reopened)
	piece.State, piece.ClosedMs = patrol.GapClosed, t0+4000
	write(patrol.GapChange{Event: "closed", Gap: piece, Other: whole.ID})

	for id, want := range map[uuid.UUID][]patrol.GapEvent{
		whole.ID: {{AtMs: t0, Event: "opened"}, acknowledged},
		piece.ID: {{AtMs: t0 + 2000, Event: "split", Other: whole.ID}, reopened, {AtMs: t0 + 4000, Event: "merged", Other: whole.ID}},
	} {
		if got, err := s.GapHistory(ctx, id); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v\n%s", err, cmp.Diff(want, got))
		}
	}
	if _, _, err := s.ActOnGap(ctx, piece.ID, acknowledged); !errors.Is(err, patrol.ErrConflict) {
		t.Errorf("acting on a closed gap: %v", err)
	}
	_, _, err := s.ActOnGap(ctx, whole.ID, patrol.GapEvent{Event: patrol.Assign, By: "wang", To: "users/nobody"})
	if bad := (*patrol.Invalid)(nil); !errors.As(err, &bad) || bad.Field != "to" {
		t.Errorf("assigned to nobody: %v", err)
	}
	if _, err := s.GapHistory(ctx, watch); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("the history of no gap: %v", err)
	}
	if _, _, err := s.ActOnGap(ctx, watch, acknowledged); !errors.Is(err, patrol.ErrNotFound) {
		t.Errorf("acting on no gap: %v", err)
	}
}

// The Keeper and people write the same gap at once: neither undoes what the other says.
func TestEvidenceAndPeopleWriteAtOnce(t *testing.T) {
	ctx, s := t.Context(), storetest.Open(t)
	watch := uuid.Must(uuid.NewV7())
	lease := takeLease(t, s, "here", watch)
	g := gap(watch)
	if _, _, err := s.WriteGaps(ctx, lease, []patrol.GapChange{{Event: "opened", Gap: g}}); err != nil {
		t.Fatal(err)
	}
	const rounds = 40
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		for i := range rounds {
			g.Size = float64(1000 + i)
			if _, _, err := s.WriteGaps(ctx, lease, []patrol.GapChange{{Event: "changed", Gap: g}}); err != nil {
				t.Error(err)
			}
		}
	}()
	go func() {
		defer both.Done()
		for i := range rounds {
			event := patrol.GapEvent{AtMs: t0 + int64(i), Event: patrol.Acknowledge, By: "wang"}
			if i%2 == 1 {
				event.Event = patrol.Reopen
			}
			if _, _, err := s.ActOnGap(ctx, g.ID, event); err != nil {
				t.Error(err)
			}
		}
		if _, _, err := s.ActOnGap(ctx, g.ID, patrol.GapEvent{AtMs: t0 + rounds, Event: patrol.Waive, By: "wang", Note: "a building site"}); err != nil {
			t.Error(err)
		}
	}()
	both.Wait()
	got, err := s.Gap(ctx, g.ID)
	if err != nil || got.State != patrol.GapWaived || got.Reason != "a building site" || got.Size != 1000+rounds-1 {
		t.Errorf("%v: %s because %q, %v m²", err, got.State, got.Reason, got.Size)
	}
	if history, err := s.GapHistory(ctx, g.ID); err != nil || len(history) != rounds+2 {
		t.Errorf("%d events, %v; want %d", len(history), err, rounds+2)
	}
}
