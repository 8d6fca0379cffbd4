package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strconv"
	"strings"

	"xunfang/geo"
	"xunfang/patrol"
)

// idlePalette colours the classes of idleness: what is no subject shows nothing, what was
// seen lately hardly anything.
var idlePalette = color.Palette{
	color.NRGBA{},
	color.NRGBA{0x00, 0x72, 0xb2, 0x50},
	color.NRGBA{0x00, 0x9e, 0x73, 0x60},
	color.NRGBA{0x9a, 0xc2, 0x3c, 0x70},
	color.NRGBA{0xf0, 0xe4, 0x42, 0x80},
	color.NRGBA{0xe6, 0x9f, 0x00, 0xa0},
	color.NRGBA{0xd5, 0x5e, 0x00, 0xb0},
	color.NRGBA{0x99, 0x22, 0x22, 0xc0},
	color.NRGBA{0xcc, 0x79, 0xa7, 0xc0},
}

// serveIdleness answers with one tile of a watch's subject, shaded by idleness.
func (s *server) serveIdleness(w http.ResponseWriter, r *http.Request) error {
	watch, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	tile, err := tileOf(r, ".png")
	if err != nil {
		return err
	}
	query, err := parameters(r, "at")
	if err != nil {
		return err
	}
	var idle patrol.Idleness
	if query.Has("at") {
		at, err := s.pastTime("at", query.Get("at"))
		if err != nil {
			return err
		}
		idle, err = s.Keeper.IdlenessAt(r.Context(), watch, tile, at.UnixMilli())
		if err != nil {
			return fmt.Errorf("idleness as of a time: %w", err)
		}
	} else if idle, err = s.Keeper.Idleness(r.Context(), watch, tile); err != nil {
		return fmt.Errorf("live idleness: %w", err)
	}
	hash := sha256.Sum256(idle.Classes[:])
	tag := `"` + hex.EncodeToString(hash[:16]) + `"`
	w.Header().Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	picture := &image.Paletted{
		Pix: idle.Classes[:], Stride: geo.TileSide, Rect: image.Rect(0, 0, geo.TileSide, geo.TileSide), Palette: idlePalette,
	}
	var body bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&body, picture); err != nil {
		return fmt.Errorf("encode a tile: %w", err)
	}
	write(w, http.StatusOK, "image/png", body.Bytes())
	return nil
}

// tileOf reads z, x and y with its ending of a path; what names no tile is not there.
func tileOf(r *http.Request, ending string) (geo.Tile, error) {
	y, ends := strings.CutSuffix(r.PathValue("y"), ending)
	var t geo.Tile
	for _, n := range []struct {
		text string
		to   *int
	}{{r.PathValue("z"), &t.Z}, {r.PathValue("x"), &t.X}, {y, &t.Y}} {
		v, err := strconv.Atoi(n.text)
		if err != nil {
			return t, patrol.ErrNotFound
		}
		*n.to = v
	}
	if !ends || !t.Valid() {
		return t, patrol.ErrNotFound
	}
	return t, nil
}
