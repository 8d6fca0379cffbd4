package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"xunfang/patrol"
)

func (s *server) acknowledgeGap(w http.ResponseWriter, r *http.Request) error {
	return s.noteGap(w, r, patrol.Acknowledge)
}

func (s *server) reopenGap(w http.ResponseWriter, r *http.Request) error {
	return s.noteGap(w, r, patrol.Reopen)
}

// noteGap does an event of which nothing must be said: the body may be missing.
func (s *server) noteGap(w http.ResponseWriter, r *http.Request, event string) error {
	var in struct {
		Note string `json:"note"`
	}
	if r.ContentLength != 0 {
		if err := readJSON(w, r, &in); err != nil {
			return err
		}
	}
	if err := patrol.CheckGapNote("note", in.Note); err != nil {
		return err
	}
	return s.actOnGap(w, r, patrol.GapEvent{Event: event, Note: in.Note})
}

func (s *server) assignGap(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		To   string `json:"to"`
		Note string `json:"note"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	to, err := patrol.ParseAssignee(in.To)
	if err != nil {
		return err
	}
	if err := patrol.CheckGapNote("note", in.Note); err != nil {
		return err
	}
	if to.ID != uuid.Nil {
		err := s.mustSee(r.Context(), to.Collection, to.ID)
		if errors.Is(err, patrol.ErrNotFound) {
			return patrol.Invalidf("to", "names %v, which does not exist", to)
		}
		if err != nil {
			return err
		}
	}
	return s.actOnGap(w, r, patrol.GapEvent{Event: patrol.Assign, To: to.String(), Note: in.Note})
}

func (s *server) waiveGap(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if err := patrol.CheckGapReason(in.Reason); err != nil {
		return err
	}
	return s.actOnGap(w, r, patrol.GapEvent{Event: patrol.Waive, Note: in.Reason})
}

// actOnGap has the event done now by who asks, and answers with the gap as it then is.
func (s *server) actOnGap(w http.ResponseWriter, r *http.Request, e patrol.GapEvent) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	user, err := principal(r)
	if err != nil {
		return err
	}
	e.AtMs, e.By = s.Now().UnixMilli(), user.Name
	seq, gap, err := s.Store.ActOnGap(r.Context(), id, e)
	if err != nil {
		return fmt.Errorf("have gap %v %s: %w", id, e.Event, err)
	}
	s.Publisher.Publish(patrol.Event{Seq: seq, Gaps: []patrol.GapChange{{Event: "changed", Gap: gap}}})
	feature, err := patrol.GapFeature(gap)
	if err != nil {
		return fmt.Errorf("write gap %v: %w", id, err)
	}
	write(w, http.StatusOK, typeGeoJSON, feature)
	return nil
}

// gapEvent is patrol.GapEvent on the wire.
type gapEvent struct {
	At    string     `json:"at"`
	Event string     `json:"event"`
	By    *string    `json:"by"`   // null: the evidence
	Note  *string    `json:"note"` // of a waiver its reason
	To    *string    `json:"to"`   // assigned: to whom
	Gap   *uuid.UUID `json:"gap"`  // split: off which; merged: into which
}

func (s *server) serveGapHistory(w http.ResponseWriter, r *http.Request) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := parameters(r); err != nil {
		return err
	}
	history, err := s.Store.GapHistory(r.Context(), id)
	if err != nil {
		return fmt.Errorf("history of gap %v: %w", id, err)
	}
	answer := struct {
		Events []gapEvent `json:"events"`
	}{make([]gapEvent, 0, len(history))}
	for _, e := range history {
		answer.Events = append(answer.Events, newGapEvent(e))
	}
	return writeJSON(w, http.StatusOK, typeJSON, answer)
}

func newGapEvent(e patrol.GapEvent) gapEvent {
	out := gapEvent{At: patrol.FormatMs(e.AtMs), Event: e.Event, By: textOrNull(e.By), Note: textOrNull(e.Note), To: textOrNull(e.To)}
	if e.Other != uuid.Nil {
		out.Gap = &e.Other
	}
	return out
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
