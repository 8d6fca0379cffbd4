package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// Bounds of a series.
const (
	usualSeries  = 24 * time.Hour
	mostSamples  = 10_000
	usualSamples = 1500 // of a series for which no step is asked
	leastStepS   = 60
)

// seriesSample is patrol.Sample on the wire.
type seriesSample struct {
	At         string   `json:"at"`
	Share      float64  `json:"share"`
	WorstIdleS int64    `json:"worst_idle_s"`
	MeanIdleS  *float64 `json:"mean_idle_s"`
	Gaps       int      `json:"gaps"`
	RevisedAt  *string  `json:"revised_at"`
}

// serveSeries answers how a watch's coverage went, minute by minute.
func (s *server) serveSeries(w http.ResponseWriter, r *http.Request) error {
	watch, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	query, err := parameters(r, "from", "to", "step_s")
	if err != nil {
		return err
	}
	during, stepS, err := s.parseSeries(query)
	if err != nil {
		return err
	}
	if _, err := s.Store.Feature(r.Context(), patrol.Watches, watch); err != nil {
		return fmt.Errorf("find watch %v: %w", watch, err)
	}
	samples, err := s.Store.Samples(r.Context(), watch, during, stepS)
	if err != nil {
		return fmt.Errorf("series of watch %v: %w", watch, err)
	}
	answer := struct {
		Watch   uuid.UUID      `json:"watch"`
		StepS   int64          `json:"step_s"`
		Samples []seriesSample `json:"samples"`
	}{watch, stepS, make([]seriesSample, 0, len(samples))}
	for _, sample := range samples {
		out := seriesSample{
			At: patrol.FormatMs(sample.AtMs), Share: sample.Share, WorstIdleS: sample.WorstIdleS,
			MeanIdleS: sample.MeanIdleS, Gaps: sample.Gaps,
		}
		if sample.RevisedMs != 0 {
			out.RevisedAt = textOrNull(patrol.FormatMs(sample.RevisedMs))
		}
		answer.Samples = append(answer.Samples, out)
	}
	return writeJSON(w, http.StatusOK, typeJSON, answer)
}

// parseSeries reads from, to and step_s: the last day unless given, in steps of so many
// minutes that there are not more than usualSamples.
func (s *server) parseSeries(query url.Values) (during patrol.Times, stepS int64, err error) {
	to := s.Now()
	if query.Has("to") {
		if to, err = patrol.ParseTime("to", query.Get("to")); err != nil {
			return during, 0, asParameter(err)
		}
	}
	from := to.Add(-usualSeries)
	if query.Has("from") {
		if from, err = patrol.ParseTime("from", query.Get("from")); err != nil {
			return during, 0, asParameter(err)
		}
	}
	if !from.Before(to) {
		return during, 0, badParameterf("from", "must lie before to")
	}
	during = patrol.Times{FromMs: from.UnixMilli(), ToMs: to.UnixMilli()}
	lengthS := (during.ToMs - during.FromMs) / 1000
	stepS = max(1, (lengthS+leastStepS*usualSamples-1)/(leastStepS*usualSamples)) * leastStepS
	if query.Has("step_s") {
		if stepS, err = strconv.ParseInt(query.Get("step_s"), 10, 32); err != nil || stepS < leastStepS {
			return during, 0, badParameterf("step_s", "must be a whole number of seconds, at least %d", leastStepS)
		}
	}
	if lengthS/stepS >= mostSamples {
		return during, 0, badParameterf("step_s", "is too short: at most %d samples are answered at once", mostSamples)
	}
	return during, stepS, nil
}
