package api

import (
	"fmt"
	"net/http"

	"xunfang/patrol"
)

// deleteItem ends a feature. A zone that was issued is lifted, now or at a time, and
// stays on record.
func (s *server) deleteItem(w http.ResponseWriter, r *http.Request) error {
	c, old, err := s.itemToWrite(w, r)
	if err != nil {
		return err
	}
	if c.Name == patrol.Zones {
		draft, err := patrol.ZoneIsDraft(old)
		if err != nil {
			return err
		}
		if !draft {
			return s.liftZone(w, r, c, old)
		}
	}
	if _, err := parameters(r); err != nil {
		return err
	}
	seq, err := s.Store.DeleteFeature(r.Context(), c.Name, old.ID, old.Newest, s.Now())
	if err != nil {
		return fmt.Errorf("delete %s/%v: %w", c.Name, old.ID, someoneWasFaster(r, err))
	}
	gone := patrol.Feature{Collection: c.Name, ID: old.ID, Properties: []byte("{}")}
	s.Publisher.Publish(patrol.Event{Seq: seq, Feature: &patrol.FeatureChange{Event: "deleted", Feature: gone}})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// liftZone ends an issued zone, at the time that at names or now.
func (s *server) liftZone(w http.ResponseWriter, r *http.Request, c patrol.Collection, zone patrol.Feature) error {
	query, err := parameters(r, "at")
	if err != nil {
		return err
	}
	at := s.Now()
	if query.Has("at") {
		if at, err = patrol.ParseTime("at", query.Get("at")); err != nil {
			return asParameter(err)
		}
		if zone, err = s.Store.FeatureAt(r.Context(), c.Name, zone.ID, at); err != nil {
			return fmt.Errorf("read zone %v as of its lifting: %w", zone.ID, err)
		}
	}
	lifted, err := patrol.LiftZone(zone, at, s.Now())
	if err != nil {
		return err
	}
	return s.keepVersion(w, r, c, lifted)
}
