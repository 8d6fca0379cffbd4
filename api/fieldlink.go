package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// fieldLink is a link as leaders see it; its address only when it is made.
type fieldLink struct {
	ID      uuid.UUID `json:"id"`
	Tracker uuid.UUID `json:"tracker"`
	State   string    `json:"state"`
	Created string    `json:"created_at"`
	Expires string    `json:"expires_at"`
	URL     string    `json:"url,omitempty"`
}

func (s *server) newFieldLink(l patrol.FieldLink, url string) fieldLink {
	return fieldLink{
		l.ID, l.Tracker, l.State(s.Now()),
		patrol.FormatMs(l.Created.UnixMilli()), patrol.FormatMs(l.Expires.UnixMilli()), url,
	}
}

// createFieldLink makes a link for one tracker. Its code stands after the #, which
// browsers never send: it is in no server's or proxy's log.
func (s *server) createFieldLink(w http.ResponseWriter, r *http.Request) error {
	user, err := principal(r)
	if err != nil {
		return err
	}
	var in struct {
		Tracker  string `json:"tracker"`
		ExpiresS int64  `json:"expires_s"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	tracker, err := patrol.ParseID("tracker", in.Tracker)
	if err != nil {
		return err
	}
	if err := s.mustGovern(r.Context(), patrol.Trackers, tracker); err != nil {
		return err
	}
	if in.ExpiresS > int64(patrol.FieldLinkLongest/time.Second) { // before it overflows
		in.ExpiresS = int64(patrol.FieldLinkLongest/time.Second) + 1
	}
	l, err := patrol.NewFieldLink(tracker, user.ID, time.Duration(in.ExpiresS)*time.Second, s.Now())
	if err != nil {
		return err
	}
	code, hash := newSecret()
	if err := s.Store.CreateFieldLink(r.Context(), l, hash); err != nil {
		return fmt.Errorf("make a field link: %w", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusCreated, typeJSON, s.newFieldLink(l, s.href(r, "/field")+"#"+code))
}

func (s *server) listFieldLinks(w http.ResponseWriter, r *http.Request) error {
	query, err := parameters(r, "tracker")
	if err != nil {
		return err
	}
	tracker, err := patrol.ParseID("tracker", query.Get("tracker"))
	if err != nil {
		return asParameter(err)
	}
	if err := s.mustGovern(r.Context(), patrol.Trackers, tracker); err != nil {
		return err
	}
	links, err := s.Store.FieldLinks(r.Context(), tracker)
	if err != nil {
		return fmt.Errorf("list field links: %w", err)
	}
	out := make([]fieldLink, 0, len(links))
	for _, l := range links {
		out = append(out, s.newFieldLink(l, ""))
	}
	return writeJSON(w, http.StatusOK, typeJSON, out)
}

func (s *server) revokeFieldLink(w http.ResponseWriter, r *http.Request) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	l, err := s.Store.FieldLink(r.Context(), id)
	if err != nil {
		return fmt.Errorf("find a field link: %w", err)
	}
	if err := s.mustGovern(r.Context(), patrol.Trackers, l.Tracker); err != nil {
		return err
	}
	if err := s.Store.RevokeFieldLink(r.Context(), id, s.Now()); err != nil {
		return fmt.Errorf("revoke a field link: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// useFieldLink makes the phone that asks its link's tracker. The phone brings the key
// that it will be known by, made by itself: when the answer is lost it asks again with
// the same key, and another phone that comes with the same link is refused.
func (s *server) useFieldLink(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `json:"code"`
		Key  string `json:"key"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if !looksLikeSecret(in.Key) {
		return patrol.Invalidf("key", "The phone's key must be 32 random bytes in base64url")
	}
	err := s.Store.UseFieldLink(r.Context(), hashSecret(in.Code), hashSecret(in.Key), s.Now())
	if errors.Is(err, patrol.ErrNotFound) || errors.Is(err, patrol.ErrConflict) {
		return statusError{http.StatusGone, "This link was used already, has expired or was taken back: ask your leader for a new one"}
	}
	if err != nil {
		return fmt.Errorf("use a field link: %w", err)
	}
	tracker, err := s.Store.TrackerByToken(r.Context(), hashSecret(in.Key))
	if err != nil {
		return fmt.Errorf("find the tracker of a field link: %w", err)
	}
	return s.writeField(w, r, tracker)
}
