package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"xunfang/patrol"
)

// wireFix is one fix of POST /ingest/fixes; absent and null are the same.
type wireFix struct {
	T          *string  `json:"t"`
	Lon        *float64 `json:"lon"`
	Lat        *float64 `json:"lat"`
	AccuracyM  *float64 `json:"accuracy_m"`
	AltitudeM  *float64 `json:"altitude_m"`
	SpeedMPS   *float64 `json:"speed_mps"`
	HeadingDeg *float64 `json:"heading_deg"`
	Battery    *float64 `json:"battery"`
}

// batch is what a body held: the fixes that can be read, and those that cannot.
type batch struct {
	fixes    []patrol.Fix
	index    []int // of each of fixes in the body
	rejected []patrol.Rejection
}

// complete returns a receipt for batch.fixes as one for the whole body.
func (b batch) complete(r patrol.Receipt) patrol.Receipt {
	rejected := slices.Clone(b.rejected)
	for _, rej := range r.Rejected {
		rejected = append(rejected, patrol.Rejection{Index: b.index[rej.Index], Reason: rej.Reason})
	}
	slices.SortFunc(rejected, func(a, b patrol.Rejection) int { return a.Index - b.Index })
	if rejected == nil {
		rejected = []patrol.Rejection{}
	}
	r.Rejected = rejected
	return r
}

// parseFixes reads {"fixes":[…]}. A fix that cannot be read is rejected alone; a body
// that is not of this form is a *patrol.Invalid.
func parseFixes(body []byte) (batch, error) {
	if patrol.JSONDepth(body) > maxDepth {
		return batch{}, patrol.Invalidf("", "the body nests deeper than %d", maxDepth)
	}
	var envelope struct {
		Fixes *[]json.RawMessage `json:"fixes"`
	}
	if err := decodeStrictly(body, &envelope); err != nil {
		return batch{}, patrol.Invalidf("", "the body is not {\"fixes\":[…]}: %v", err)
	}
	if envelope.Fixes == nil {
		return batch{}, patrol.Invalidf("fixes", "is missing")
	}
	if n := len(*envelope.Fixes); n > maxFixes {
		return batch{}, patrol.Invalidf("fixes", "holds %d fixes, more than %d", n, maxFixes)
	}
	var b batch
	for i, text := range *envelope.Fixes {
		fix, err := parseFix(text)
		if err != nil {
			b.rejected = append(b.rejected, patrol.Rejection{Index: i, Reason: err.Error()})
			continue
		}
		b.fixes, b.index = append(b.fixes, fix), append(b.index, i)
	}
	return b, nil
}

func parseFix(text []byte) (patrol.Fix, error) {
	var w wireFix
	if err := decodeStrictly(text, &w); err != nil {
		return patrol.Fix{}, err
	}
	if w.T == nil || w.Lon == nil || w.Lat == nil {
		return patrol.Fix{}, errors.New("a fix needs t, lon and lat")
	}
	t, err := time.Parse(time.RFC3339, *w.T)
	if err != nil {
		return patrol.Fix{}, errors.New("t is not an RFC 3339 time")
	}
	fix := newFix(t, *w.Lon, *w.Lat)
	set := func(figure *float32, v *float64) {
		if v != nil {
			*figure = float32(*v)
		}
	}
	set(&fix.AccuracyM, w.AccuracyM)
	set(&fix.AltitudeM, w.AltitudeM)
	set(&fix.SpeedMPS, w.SpeedMPS)
	set(&fix.HeadingDeg, w.HeadingDeg)
	set(&fix.Battery, w.Battery)
	return fix, nil
}

// newFix is a fix of which nothing else is known. Its time is cut to milliseconds.
func newFix(t time.Time, lon, lat float64) patrol.Fix {
	return patrol.Fix{
		TMs: t.UnixMilli(), Lon: lon, Lat: lat,
		AltitudeM: patrol.Unknown, SpeedMPS: patrol.Unknown,
		HeadingDeg: patrol.Unknown, Battery: patrol.Unknown,
	}
}

// decodeStrictly decodes one JSON value; a member that v does not know is an error,
// for a misspelt accuracy would pass for none. Errors read as sentences.
func decodeStrictly(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		if wrong.Field == "" {
			return fmt.Errorf("found %s, which does not belong here", wrong.Value)
		}
		return fmt.Errorf("%s: found %s, which does not belong here", wrong.Field, wrong.Value)
	}
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON value")
	}
	return nil
}
