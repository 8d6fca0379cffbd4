package api

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/geo/flight"
	"xunfang/patrol"
)

// maxPlanFile bounds a plan of another program that is read.
const maxPlanFile = 8 << 20

// planAnswer is a plan as GeoJSON, with what it comes to.
type planAnswer struct {
	flight.FeatureCollection
	Summary flight.Summary `json:"summary"`
}

// serveCameras names the drones whose cameras are known.
func (s *server) serveCameras(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, typeJSON, map[string][]string{"models": geo.CameraModels()})
}

// planSurvey plans a survey flight over what the body says.
func (s *server) planSurvey(w http.ResponseWriter, r *http.Request) error {
	return s.plan(w, r, nil)
}

// planGap plans the shortest flight that closes a recorded gap.
func (s *server) planGap(w http.ResponseWriter, r *http.Request) error {
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	gap, err := s.Store.Gap(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read gap %v: %w", id, err)
	}
	if _, ok := gap.Shape.(orb.MultiPolygon); !ok {
		return patrol.Invalidf("", "a flight closes a gap in ground, not one of a %s", gap.Kind)
	}
	return s.plan(w, r, gap.Shape)
}

// plan answers with the flight that the body asks for, over a gap's ground or the area
// in the body: as GeoJSON, or as the file of one sortie for ?format=.
func (s *server) plan(w http.ResponseWriter, r *http.Request, over orb.Geometry) error {
	query, err := parameters(r, "format", "sortie")
	if err != nil {
		return err
	}
	body, err := readBody(w, r, maxFeature, typeJSON)
	if err != nil {
		return err
	}
	spec, err := patrol.ParseSurveyPlan(body, over, func(collection string, id uuid.UUID) (orb.Geometry, error) {
		if err := s.mustSee(r.Context(), collection, id); err != nil {
			return nil, err
		}
		f, err := s.Store.Feature(r.Context(), collection, id)
		return f.Geometry, err
	})
	if err != nil {
		return err
	}
	// Planning is work for a processor, not waiting: one plan at a time.
	select {
	case s.planning <- struct{}{}:
		defer func() { <-s.planning }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	plan, err := patrol.PlanSurvey(spec)
	if err != nil {
		return err
	}
	if !query.Has("format") {
		if query.Has("sortie") {
			return badParameterf("sortie", "is asked for with a format")
		}
		return writeJSON(w, http.StatusOK, typeGeoJSON, planAnswer{plan.Collection(), plan.Summary()})
	}
	return s.writePlan(w, plan, query.Get("format"), query.Get("sortie"))
}

// writePlan answers with a file to be kept.
func (s *server) writePlan(w http.ResponseWriter, plan *flight.Plan, name, sortie string) error {
	format, err := flight.FormatOf(name)
	if err != nil {
		return badParameterf("format", "%v", err)
	}
	n := 1
	switch {
	case sortie != "":
		if n, err = strconv.Atoi(sortie); err != nil || n < 1 || n > len(plan.Sorties) {
			return badParameterf("sortie", "is %.20q; the plan has %d", sortie, len(plan.Sorties))
		}
	case format.PerSortie && len(plan.Sorties) > 1:
		return badParameterf("sortie", "must be given: the plan has %d, and a .%s holds one", len(plan.Sorties), format.Name)
	}
	file, err := format.Write(plan, n-1, s.Now())
	if err != nil {
		return patrol.Invalidf("camera", "%v", err)
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=\"survey-%d.%s\"", n, format.Name))
	write(w, http.StatusOK, format.MediaType, file)
	return nil
}

// showPlan answers with what another program's plan, the body, leads by.
func (s *server) showPlan(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	file, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPlanFile))
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	route, err := flight.Read(file)
	if err != nil {
		return patrol.Invalidf("", "%v", err)
	}
	return writeJSON(w, http.StatusOK, typeGeoJSON, route.Collection())
}
