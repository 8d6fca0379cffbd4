package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"xunfang/patrol"
)

const (
	firstWait = 250 * time.Millisecond
	longWait  = 10 * time.Second
)

// wireFix is a fix on its way to POST /ingest/fixes; nil is not reported.
type wireFix struct {
	T          string   `json:"t"`
	Lon        float64  `json:"lon"`
	Lat        float64  `json:"lat"`
	AccuracyM  *float32 `json:"accuracy_m,omitempty"`
	AltitudeM  *float32 `json:"altitude_m,omitempty"`
	SpeedMPS   *float32 `json:"speed_mps,omitempty"`
	HeadingDeg *float32 `json:"heading_deg,omitempty"`
	Battery    *float32 `json:"battery,omitempty"`
}

func newWireFix(f patrol.Fix) wireFix {
	known := func(v *float32) *float32 {
		if *v == patrol.Unknown {
			return nil
		}
		return v
	}
	w := wireFix{
		T: patrol.FormatMs(f.TMs), Lon: f.Lon, Lat: f.Lat,
		AltitudeM: known(&f.AltitudeM), SpeedMPS: known(&f.SpeedMPS),
		HeadingDeg: known(&f.HeadingDeg), Battery: known(&f.Battery),
	}
	if f.AccuracyM > 0 {
		w.AccuracyM = &f.AccuracyM
	}
	return w
}

// PostFixes sends up to 10,000 fixes of the tracker whose token it is, once.
func (c *Client) PostFixes(ctx context.Context, token string, fixes []patrol.Fix) (patrol.Receipt, error) {
	body := struct {
		Fixes []wireFix `json:"fixes"`
	}{make([]wireFix, len(fixes))}
	for i, f := range fixes {
		body.Fixes[i] = newWireFix(f)
	}
	var receipt patrol.Receipt
	err := c.do(ctx, Auth{Token: token}, http.MethodPost, "/ingest/fixes", body, &receipt)
	return receipt, err
}

// SendFixes sends like PostFixes, and again while the server or the network is away,
// as a device does, until ctx ends.
func (c *Client) SendFixes(ctx context.Context, token string, fixes []patrol.Fix) (patrol.Receipt, error) {
	return persist(ctx, func() (patrol.Receipt, error) { return c.PostFixes(ctx, token, fixes) })
}

// persist posts until there is a receipt, or a refusal that will not change, or ctx ends.
func persist(ctx context.Context, post func() (patrol.Receipt, error)) (patrol.Receipt, error) {
	wait := firstWait
	for {
		receipt, err := post()
		var refused *Error
		switch {
		case err == nil || ctx.Err() != nil:
			return receipt, err
		case !errors.As(err, &refused): // the network's trouble
		case refused.Status < 500 && refused.Status != http.StatusTooManyRequests:
			return receipt, err
		default:
			wait = max(wait, refused.RetryAfter)
		}
		if err := pause(ctx, wait); err != nil {
			return receipt, err
		}
		wait = min(2*wait, longWait)
	}
}

// pause waits for d and up to half as long again, so that many who were cut off
// together do not come back together.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d + rand.N(d/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
