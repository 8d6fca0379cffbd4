package api

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// apiToken is a token as its owner sees it; the secret only when it is made.
type apiToken struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Created string    `json:"created_at"`
	Token   string    `json:"token,omitempty"`
}

func newAPIToken(t patrol.APIToken, secret string) apiToken {
	return apiToken{t.ID, t.Name, patrol.FormatMs(t.Created.UnixMilli()), secret}
}

func (s *server) createToken(w http.ResponseWriter, r *http.Request) error {
	user, err := principal(r)
	if err != nil {
		return err
	}
	var in struct {
		Name string `json:"name"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if err := checkName(in.Name); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	token := patrol.APIToken{ID: id, Name: in.Name, Created: s.Now().UTC()}
	secret, hash := newSecret()
	if err := s.Store.CreateAPIToken(r.Context(), user.ID, token, hash); err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusCreated, typeJSON, newAPIToken(token, secret))
}

func (s *server) listTokens(w http.ResponseWriter, r *http.Request) error {
	user, err := principal(r)
	if err != nil {
		return err
	}
	tokens, err := s.Store.APITokens(r.Context(), user.ID)
	if err != nil {
		return fmt.Errorf("list tokens: %w", err)
	}
	out := make([]apiToken, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, newAPIToken(t, ""))
	}
	return writeJSON(w, http.StatusOK, typeJSON, out)
}

func (s *server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	user, err := principal(r)
	if err != nil {
		return err
	}
	id, err := itemID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := s.Store.RevokeAPIToken(r.Context(), user.ID, id); err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
