package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"xunfang/patrol"
)

const maxSign = 4 << 10 // bytes of a heartbeat or check-in

// Signs commits heartbeats and check-ins and says what became of them.
type Signs interface {
	Heartbeat(ctx context.Context, tracker patrol.Tracker, tMs int64) (patrol.Receipt, error)
	CheckIn(ctx context.Context, tracker patrol.Tracker, c patrol.CheckIn) (patrol.Receipt, error)
}

// takeHeartbeat is POST /ingest/heartbeat: a tracker lives, and has no new position.
func (d *Door) takeHeartbeat(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		T string `json:"t"`
	}
	tracker, err := d.readSign(w, r, &body)
	if err != nil {
		return err
	}
	t, err := patrol.ParseTime("t", body.T)
	if err != nil {
		return err
	}
	receipt, err := d.signs.Heartbeat(r.Context(), tracker, t.UnixMilli())
	if err != nil {
		return err
	}
	return writeReceipt(w, receipt)
}

// takeCheckIn is POST /ingest/checkin: who carries a tracker read a checkpoint's code.
func (d *Door) takeCheckIn(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Checkpoint string `json:"checkpoint"`
		Code       string `json:"code"`
		T          string `json:"t"`
	}
	tracker, err := d.readSign(w, r, &body)
	if err != nil {
		return err
	}
	c := patrol.CheckIn{Code: body.Code}
	if c.Checkpoint, err = patrol.ParseID("checkpoint", body.Checkpoint); err != nil {
		return err
	}
	t, err := patrol.ParseTime("t", body.T)
	if err != nil {
		return err
	}
	c.TMs = t.UnixMilli()
	receipt, err := d.signs.CheckIn(r.Context(), tracker, c)
	if err != nil {
		return err
	}
	return writeReceipt(w, receipt)
}

// readSign reads a body into v and returns whose it is.
func (d *Door) readSign(w http.ResponseWriter, r *http.Request, v any) (patrol.Tracker, error) {
	tracker, err := d.tokens.bearer(r)
	if err != nil {
		return patrol.Tracker{}, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSign))
	if err != nil {
		return patrol.Tracker{}, fmt.Errorf("read the body: %w", err)
	}
	if patrol.JSONDepth(body) > maxDepth {
		return patrol.Tracker{}, patrol.Invalidf("", "the body nests deeper than %d", maxDepth)
	}
	if err := decodeStrictly(body, v); err != nil {
		return patrol.Tracker{}, patrol.Invalidf("", "the body is not what this door takes: %v", err)
	}
	return tracker, nil
}

// repeated notes that a tracker sent nothing but fixes that are there already: it lives,
// and has no new position. What imports send again says nothing of now.
func (d *Door) repeated(ctx context.Context, tracker patrol.Tracker, r patrol.Receipt) error {
	if r.Stored > 0 || r.Duplicate == 0 || tracker.Import {
		return nil
	}
	_, err := d.signs.Heartbeat(ctx, tracker, d.now().Truncate(time.Millisecond).UnixMilli())
	return err
}

func writeReceipt(w http.ResponseWriter, r patrol.Receipt) error {
	answer, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the receipt: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer) // a sender who has gone will send the same again
	return nil
}
