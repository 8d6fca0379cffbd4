package api

import (
	"net/http"

	"xunfang/patrol"
)

// serveCheckpointCode answers with the code that a checkpoint shows now: whoever is there
// reads it and checks in with it.
func (s *server) serveCheckpointCode(w http.ResponseWriter, r *http.Request) error {
	checkpoint, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	code, changesMs, err := s.Codes.Code(r.Context(), checkpoint)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, typeJSON, struct {
		Code      string `json:"code"`
		ChangesAt string `json:"changes_at"`
	}{code, patrol.FormatMs(changesMs)})
}
