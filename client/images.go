package client

import (
	"context"
	"math"
	"net/http"

	"xunfang/patrol"
)

// wireImage is an image on its way to POST /ingest/images.
type wireImage struct {
	T          string            `json:"t"`
	Lon        float64           `json:"lon"`
	Lat        float64           `json:"lat"`
	HeightM    float64           `json:"height_m"`
	HeightKind patrol.HeightKind `json:"height_kind"`
	YawDeg     float64           `json:"yaw_deg"`
	PitchDeg   float64           `json:"pitch_deg"`
	RollDeg    float64           `json:"roll_deg"`
	HFovDeg    float64           `json:"hfov_deg"`
	VFovDeg    float64           `json:"vfov_deg"`
	WidthPx    int               `json:"width_px,omitempty"`
}

func newWireImage(im patrol.Image) wireImage {
	return wireImage{
		T: patrol.FormatMs(im.TMs), Lon: im.At[0], Lat: im.At[1], HeightM: im.HeightM, HeightKind: im.HeightKind,
		YawDeg: degrees(im.Look.Yaw), PitchDeg: degrees(im.Look.Pitch), RollDeg: degrees(im.Look.Roll),
		HFovDeg: degrees(im.Camera.HFov), VFovDeg: degrees(im.Camera.VFov), WidthPx: im.Camera.WidthPx,
	}
}

func degrees(rad float64) float64 { return rad * 180 / math.Pi }

// SendImages sends up to 1,000 images of the drone whose token it is, and again while
// the server or the network is away, until ctx ends.
func (c *Client) SendImages(ctx context.Context, token string, images []patrol.Image) (patrol.Receipt, error) {
	body := struct {
		Images []wireImage `json:"images"`
	}{make([]wireImage, len(images))}
	for i, im := range images {
		body.Images[i] = newWireImage(im)
	}
	return persist(ctx, func() (receipt patrol.Receipt, err error) {
		err = c.do(ctx, Auth{Token: token}, http.MethodPost, "/ingest/images", body, &receipt)
		return receipt, err
	})
}
