package ingest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"xunfang/patrol"
)

const (
	maxBody  = 8 << 20 // bytes of one request
	maxFixes = 10_000  // in one request
	maxDepth = 32      // of nested JSON
)

// Intake commits fixes and says what became of them.
type Intake interface {
	Submit(ctx context.Context, tracker patrol.Tracker, fixes []patrol.Fix) (patrol.Receipt, error)
}

// Images commits what drones' images show and says what became of each.
type Images interface {
	SubmitImages(ctx context.Context, tracker patrol.Tracker, images []patrol.Image) (patrol.Receipt, error)
}

// Trackers finds a tracker by the sha256 of its token, or patrol.ErrNotFound.
type Trackers interface {
	TrackerByToken(ctx context.Context, hash []byte) (patrol.Tracker, error)
}

// Door is everything under /ingest/.
type Door struct {
	intake Intake
	images Images
	signs  Signs
	tokens *tokens
	now    func() time.Time
	paths  map[string]func(http.ResponseWriter, *http.Request) error
}

// NewDoor makes the Door of an intake.
func NewDoor(intake Intake, images Images, signs Signs, trackers Trackers, now func() time.Time) *Door {
	d := &Door{intake: intake, images: images, signs: signs, tokens: newTokens(trackers, now), now: now}
	d.paths = map[string]func(http.ResponseWriter, *http.Request) error{
		"POST /ingest/fixes":     d.takeFixes,
		"POST /ingest/images":    d.takeImages,
		"POST /ingest/heartbeat": d.takeHeartbeat,
		"POST /ingest/checkin":   d.takeCheckIn,
	}
	return d
}

// Serve answers a request, or returns an error of a patrol kind and has answered
// nothing: unknown token ErrUnauthorized, images of no drone
// ErrForbidden, too many wrong codes ErrTooOften, unusable body *patrol.Invalid or
// *http.MaxBytesError, ErrBusy or ErrUnavailable when the sender shall send again.
func (d *Door) Serve(w http.ResponseWriter, r *http.Request) error {
	serve, ok := d.paths[r.Method+" "+r.URL.Path]
	if !ok {
		return patrol.ErrNotFound
	}
	return serve(w, r)
}

// takeFixes is POST /ingest/fixes, our own protocol.
func (d *Door) takeFixes(w http.ResponseWriter, r *http.Request) error {
	tracker, err := d.tokens.bearer(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	batch, err := parseFixes(body)
	if err != nil {
		return err
	}
	receipt, err := d.intake.Submit(r.Context(), tracker, batch.fixes)
	if err != nil {
		return err
	}
	if err := d.repeated(r.Context(), tracker, receipt); err != nil {
		return err
	}
	return writeReceipt(w, batch.complete(receipt))
}
