package patrol

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// How much of a file a report shows.
const (
	previewFeatures = 10
	reportedRefusal = 100
)

// ImportState is how an import stands.
type ImportState struct {
	ID uuid.UUID `json:"id"`
	// waiting, reading (every feature is judged), storing; then done, or refused (the
	// file is wrong) or failed (the server was): in both nothing was kept.
	State  string       `json:"state"`
	Done   int          `json:"done"`  // features, of this pass through the file
	Total  *int         `json:"total"` // nil until the file has been read once
	Report ImportReport `json:"report"`
}

// Ended reports whether the job has come to its end, whichever that is.
func (s ImportState) Ended() bool {
	return s.State == "done" || s.State == "refused" || s.State == "failed"
}

// ImportReport is what was found in a file and what became of it.
type ImportReport struct {
	Collection string      `json:"collection"`
	Datum      geo.Datum   `json:"datum"`
	File       string      `json:"file"`
	Digest     string      `json:"digest"` // SHA-256, hexadecimal
	DryRun     bool        `json:"dry_run"`
	Features   int         `json:"features"`           // in the file
	Created    int         `json:"created"`            // by this import
	Unchanged  int         `json:"unchanged"`          // made by an earlier import of the file
	Problem    string      `json:"problem,omitempty"`  // with the file as a whole
	BBox       *[4]float64 `json:"bbox"`               // west, south, east, north, in WGS 84; nil for none
	RawBBox    *[4]float64 `json:"bbox_raw"`           // as the file has it
	Preview    []Previewed `json:"preview"`            // the first features
	RefusedN   int         `json:"refused_count"`      // features
	Refused    []Refusal   `json:"refused"`            // the first of them
	JoinedN    int         `json:"joined_count"`       // areas whose parts shared edges, which were left out
	Joined     []Refusal   `json:"joined"`             // the first of them, and what they would have been refused for
	Warnings   []string    `json:"warnings,omitempty"` // sentences
}

// Previewed is a feature as it will be kept, beside the file's own place of it.
type Previewed struct {
	Index      int             `json:"index"`
	Geometry   json.RawMessage `json:"geometry"`
	Raw        json.RawMessage `json:"geometry_raw"`
	Properties json.RawMessage `json:"properties"`
}

// Refusal is what is wrong with one feature, and where.
type Refusal struct {
	Index  int        `json:"index"`
	Field  string     `json:"field,omitempty"`
	Reason string     `json:"reason"`
	At     *orb.Point `json:"at,omitempty"`     // WGS 84
	RawAt  *orb.Point `json:"at_raw,omitempty"` // as the file has it
}

// importJob is one file on its way.
type importJob struct {
	order ImportOrder
	file  ImportFile
	ended chan struct{}

	mu        sync.Mutex
	state     ImportState
	box, raw  orb.Bound
	hasPlaces bool
}

func newImportJob(order ImportOrder, file ImportFile) *importJob {
	return &importJob{order: order, file: file, ended: make(chan struct{}), state: ImportState{
		ID: order.ID, State: "waiting",
		Report: ImportReport{
			Collection: order.Collection, Datum: order.Datum, File: order.File,
			Digest: hex.EncodeToString(order.Digest[:]), DryRun: order.DryRun,
			Preview: []Previewed{}, Refused: []Refusal{}, Joined: []Refusal{},
		},
	}}
}

// now returns a copy of the state, whose lists only grow.
func (j *importJob) now() ImportState {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state
}

// begin starts a pass through the file.
func (j *importJob) begin(state string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.State, j.state.Done = state, 0
}

// read counts the features of this pass.
func (j *importJob) read(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.Done = n
}

// judge reports a feature of the first pass: what it will be, whether it is there
// already, or what is wrong with it.
func (j *importJob) judge(made ImportedFeature, there bool, err error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	report := &j.state.Report
	report.Features++
	var flaw *Invalid
	if errors.As(err, &flaw) {
		report.RefusedN++
		if len(report.Refused) < reportedRefusal {
			report.Refused = append(report.Refused, j.refusal(made.Index, flaw))
		}
		return nil
	}
	if there {
		report.Unchanged++
	}
	j.extend(made)
	if made.Joined != nil {
		if report.JoinedN++; len(report.Joined) < reportedRefusal {
			report.Joined = append(report.Joined, j.refusal(made.Index, made.Joined))
		}
	}
	if len(report.Preview) == previewFeatures {
		return nil
	}
	shape, err := GeometryJSON(made.Geometry)
	if err != nil {
		return err
	}
	raw, err := GeometryJSON(made.Original)
	if err != nil {
		return err
	}
	report.Preview = append(report.Preview, Previewed{made.Index, shape, raw, made.Properties})
	return nil
}

func (j *importJob) refusal(index int, flaw *Invalid) Refusal {
	r := Refusal{Index: index, Field: flaw.Field, Reason: flaw.Reason, At: flaw.At}
	if flaw.At != nil {
		raw := j.order.Datum.FromWGS84(*flaw.At)
		r.RawAt = &raw
	}
	return r
}

// extend widens the report's boxes.
func (j *importJob) extend(made ImportedFeature) {
	box, raw := made.Geometry.Bound(), made.Original.Bound()
	if j.hasPlaces {
		box, raw = j.box.Union(box), j.raw.Union(raw)
	}
	j.box, j.raw, j.hasPlaces = box, raw, true
	j.state.Report.BBox = &[4]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]}
	j.state.Report.RawBBox = &[4]float64{raw.Min[0], raw.Min[1], raw.Max[0], raw.Max[1]}
}

// warn tells of what earlier imports of the file on another datum have left.
func (j *importJob) warn(elsewhere []geo.Datum) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, d := range elsewhere {
		j.state.Report.Warnings = append(j.state.Report.Warnings, fmt.Sprintf(
			"This very file was imported as %s before, and what that made is still there: one of the two lies in the wrong place", d))
	}
}

// judged ends the first pass, and reports whether all features may be kept.
func (j *importJob) judged() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	report := &j.state.Report
	total := report.Features
	j.state.Total = &total
	if j.hasPlaces && j.order.Datum == geo.GCJ02 && j.box == j.raw {
		report.Warnings = append(report.Warnings, fmt.Sprintf("%s is what maps of China are shifted by, and nothing in the file lies there: nothing was shifted", j.order.Datum))
	}
	return report.RefusedN == 0
}

func (j *importJob) kept(created int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.Report.Created = created
	j.state.Report.Unchanged = j.state.Report.Features - created
}

// end says how the job ended; err nil is well, or with features refused.
func (j *importJob) end(err error) {
	defer close(j.ended)
	j.mu.Lock()
	defer j.mu.Unlock()
	report := &j.state.Report
	var invalid *Invalid
	switch {
	case errors.As(err, &invalid):
		j.state.State, report.Problem = "refused", invalid.Error()
	case err != nil:
		j.state.State, report.Problem = "failed", "Storage was away or the server stopped; nothing was kept: send the file again"
	case report.RefusedN > 0:
		j.state.State = "refused"
	case report.Features == 0:
		j.state.State, report.Problem = "refused", "The file holds no features"
	default:
		j.state.State = "done"
	}
}
