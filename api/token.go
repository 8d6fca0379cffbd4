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
	Role    *string   `json:"role"`       // null: all that its owner may
	Expires *string   `json:"expires_at"` // null: it does not
	Token   string    `json:"token,omitempty"`
}

func newAPIToken(t patrol.APIToken, secret string) apiToken {
	out := apiToken{ID: t.ID, Name: t.Name, Created: patrol.FormatMs(t.Created.UnixMilli()), Token: secret}
	if t.Role != "" {
		role := string(t.Role)
		out.Role = &role
	}
	if !t.Expires.IsZero() {
		expires := patrol.FormatMs(t.Expires.UnixMilli())
		out.Expires = &expires
	}
	return out
}

func (s *server) createToken(w http.ResponseWriter, r *http.Request) error {
	p, ok := patrol.PrincipalFrom(r.Context())
	if !ok {
		return patrol.ErrUnauthorized
	}
	var in struct {
		Name    string  `json:"name"`
		Role    *string `json:"role"`
		Expires *string `json:"expires_at"`
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
	token := patrol.APIToken{ID: id, Name: in.Name, Created: s.Now().UTC(), Role: p.Most}
	if in.Role != nil {
		if token.Role, err = patrol.ParseRole("role", *in.Role); err != nil {
			return err
		}
		if p.Most != "" && !p.Most.Includes(token.Role) {
			return patrol.Invalidf("role", "must be no more than %s, which is all that your own token carries", p.Most)
		}
	}
	if in.Expires != nil {
		if token.Expires, err = patrol.ParseTime("expires_at", *in.Expires); err != nil {
			return err
		}
		if !token.Expires.After(s.Now()) {
			return patrol.Invalidf("expires_at", "has passed")
		}
	}
	secret, hash := newSecret()
	if err := s.Store.CreateAPIToken(r.Context(), p.User.ID, token, hash); err != nil {
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
