package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/paulmach/orb"

	"xunfang/geo"
	"xunfang/patrol"
)

const maxImages = 1000 // in one request

// wireImage is one image of POST /ingest/images; absent and null are the same.
type wireImage struct {
	T          *string           `json:"t"`
	Lon        *float64          `json:"lon"`
	Lat        *float64          `json:"lat"`
	HeightM    *float64          `json:"height_m"`
	HeightKind patrol.HeightKind `json:"height_kind"`
	YawDeg     *float64          `json:"yaw_deg"`
	PitchDeg   *float64          `json:"pitch_deg"`
	RollDeg    float64           `json:"roll_deg"`
	HFovDeg    *float64          `json:"hfov_deg"`
	VFovDeg    *float64          `json:"vfov_deg"`
	WidthPx    int               `json:"width_px"`
}

// takeImages is POST /ingest/images: what a drone's camera took.
func (d *Door) takeImages(w http.ResponseWriter, r *http.Request) error {
	tracker, err := d.tokens.bearer(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	images, index, rejected, err := parseImages(body)
	if err != nil {
		return err
	}
	receipt, err := d.images.SubmitImages(r.Context(), tracker, images)
	if err != nil {
		return err
	}
	return writeReceipt(w, batch{index: index, rejected: rejected}.complete(receipt))
}

// parseImages reads {"images":[…]}, and returns where in it each image stood. An image
// that cannot be read is rejected alone; a body not of this form is a *patrol.Invalid.
func parseImages(body []byte) (images []patrol.Image, index []int, rejected []patrol.Rejection, err error) {
	if patrol.JSONDepth(body) > maxDepth {
		return nil, nil, nil, patrol.Invalidf("", "the body nests deeper than %d", maxDepth)
	}
	var envelope struct {
		Images *[]json.RawMessage `json:"images"`
	}
	if err := decodeStrictly(body, &envelope); err != nil {
		return nil, nil, nil, patrol.Invalidf("", "the body is not {\"images\":[…]}: %v", err)
	}
	if envelope.Images == nil {
		return nil, nil, nil, patrol.Invalidf("images", "is missing")
	}
	if n := len(*envelope.Images); n > maxImages {
		return nil, nil, nil, patrol.Invalidf("images", "holds %d images, more than %d", n, maxImages)
	}
	for i, text := range *envelope.Images {
		image, err := parseImage(text)
		if err != nil {
			rejected = append(rejected, patrol.Rejection{Index: i, Reason: err.Error()})
			continue
		}
		images, index = append(images, image), append(index, i)
	}
	return images, index, rejected, nil
}

func parseImage(text []byte) (patrol.Image, error) {
	var w wireImage
	if err := decodeStrictly(text, &w); err != nil {
		return patrol.Image{}, err
	}
	for _, needed := range []*float64{w.Lon, w.Lat, w.HeightM, w.YawDeg, w.PitchDeg, w.HFovDeg, w.VFovDeg} {
		if needed == nil || w.T == nil {
			return patrol.Image{}, errors.New("an image needs t, lon, lat, height_m, height_kind, yaw_deg, pitch_deg, hfov_deg and vfov_deg")
		}
	}
	t, err := time.Parse(time.RFC3339, *w.T)
	if err != nil {
		return patrol.Image{}, errors.New("t is not an RFC 3339 time")
	}
	if w.WidthPx < 0 {
		return patrol.Image{}, errors.New("width_px is negative")
	}
	return patrol.Image{
		TMs: t.UnixMilli(), At: orb.Point{*w.Lon, *w.Lat},
		HeightM: *w.HeightM, HeightKind: w.HeightKind,
		Look:   geo.Attitude{Yaw: radians(*w.YawDeg), Pitch: radians(*w.PitchDeg), Roll: radians(w.RollDeg)},
		Camera: geo.Camera{HFov: radians(*w.HFovDeg), VFov: radians(*w.VFovDeg), WidthPx: w.WidthPx},
	}, nil
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }
