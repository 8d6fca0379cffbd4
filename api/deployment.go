package api

import (
	"fmt"
	"net/http"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// about is what anybody may know, the sign-in page first of all.
type about struct {
	Name      string `json:"name"`
	Simulated bool   `json:"simulated"`
	Version   string `json:"version"`
}

func (s *server) about() about {
	return about{s.Deployment.Name, s.Deployment.Simulated, s.Deployment.Version}
}

func (s *server) serveAbout(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, typeJSON, s.about())
}

func (s *server) serveDeployment(w http.ResponseWriter, r *http.Request) error {
	box, err := s.groundBox(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, typeJSON, struct {
		about
		Now      string         `json:"now"`
		TimeZone string         `json:"time_zone"`
		BBox     *[4]float64    `json:"bbox"`
		Levels   []patrol.Level `json:"levels"`
	}{s.about(), patrol.FormatMs(s.Now().UnixMilli()), s.Deployment.TimeZone, box, patrol.Levels})
}

// groundBox returns the box around what is drawn of the ground, nil when nothing is.
func (s *server) groundBox(r *http.Request) (*[4]float64, error) {
	var all *orb.Bound
	for _, collection := range []string{patrol.Areas, patrol.Checkpoints, patrol.Zones, patrol.Streets} {
		box, err := s.Store.Extent(r.Context(), patrol.ScopeFrom(r.Context()), collection)
		switch {
		case err != nil:
			return nil, fmt.Errorf("extent of %s: %w", collection, err)
		case box == nil:
		case all == nil:
			all = box
		default:
			union := all.Union(*box)
			all = &union
		}
	}
	if all == nil {
		return nil, nil
	}
	return corners(*all), nil
}

func corners(b orb.Bound) *[4]float64 {
	return &[4]float64{b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat()}
}
