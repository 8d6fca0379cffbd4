package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"xunfang/patrol"
)

// maxGrants is how many roles one person may have.
const maxGrants = 1000

// userAnswer is a person with an account, as admins see them; a password only when it
// was just made up.
type userAnswer struct {
	Name     string      `json:"name"`
	Role     patrol.Role `json:"role"` // the most of the grants
	Grants   []grant     `json:"grants"`
	Disabled bool        `json:"disabled"`
	Created  string      `json:"created_at"`
	Password string      `json:"password,omitempty"`
}

func newUserAnswer(u patrol.User, password string) userAnswer {
	return userAnswer{u.Name, u.Role(), newGrants(u.Grants), u.Disabled, patrol.FormatMs(u.Created.UnixMilli()), password}
}

// listUsers lists those of whom who asks may give and take every role.
func (s *server) listUsers(w http.ResponseWriter, r *http.Request) error {
	users, err := s.Store.Users(r.Context())
	if err != nil {
		return fmt.Errorf("list users: %w", err)
	}
	out := []userAnswer{}
	for _, u := range users {
		if actingScope(r.Context()).Grants(u.Grants) {
			out = append(out, newUserAnswer(u, ""))
		}
	}
	return writeJSON(w, http.StatusOK, typeJSON, struct {
		Users []userAnswer `json:"users"`
	}{out})
}

// userOf returns the user whom r's path names, patrol.ErrNotFound when that is nobody
// over whom who asks has a say.
func (s *server) userOf(r *http.Request) (patrol.User, error) {
	p, _, err := s.Store.Account(r.Context(), r.PathValue("name"))
	if err != nil {
		return p.User, fmt.Errorf("find a user: %w", err)
	}
	if !actingScope(r.Context()).Grants(p.User.Grants) {
		return p.User, patrol.ErrNotFound
	}
	return p.User, nil
}

func (s *server) serveUser(w http.ResponseWriter, r *http.Request) error {
	u, err := s.userOf(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, typeJSON, newUserAnswer(u, ""))
}

// createUser makes an account. Without a password one is made up, and shown this once.
func (s *server) createUser(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name     string       `json:"name"`
		Grants   []givenGrant `json:"grants"`
		Password string       `json:"password"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	grants, err := s.parseGrants(r, in.Grants)
	if err != nil {
		return err
	}
	made := ""
	if in.Password == "" {
		made = newPassword()
		in.Password = made
	}
	if err := CreateUser(r.Context(), s.Store, in.Name, grants, in.Password, s.Now()); err != nil {
		return taken(err)
	}
	p, _, err := s.Store.Account(r.Context(), in.Name)
	if err != nil {
		return fmt.Errorf("read a user back: %w", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusCreated, typeJSON, newUserAnswer(p.User, made))
}

// taken words the conflict of a name: that it is known to somebody who may not see who
// has it cannot be helped, names being what people sign in with.
func taken(err error) error {
	if errors.Is(err, patrol.ErrConflict) {
		return &patrol.Conflict{Reason: "That name is taken, or an area that a role is for has just gone"}
	}
	return err
}

// replaceUser gives a user other roles, disables them or lets them in again, and sets a
// password where one is given. Each cuts off what was open under what is no more.
func (s *server) replaceUser(w http.ResponseWriter, r *http.Request) error {
	u, err := s.userOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Grants   []givenGrant `json:"grants"`
		Disabled bool         `json:"disabled"`
		Password *string      `json:"password"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if u.Grants, err = s.parseGrants(r, in.Grants); err != nil {
		return err
	}
	u.Disabled = in.Disabled
	hash := ""
	if in.Password != nil {
		if hash, err = s.passwords.hash(r.Context(), *in.Password); err != nil {
			return err
		}
	}
	if err := s.Store.ReplaceUser(r.Context(), u, hash); err != nil {
		return fmt.Errorf("change user %q: %w", u.Name, err)
	}
	return writeJSON(w, http.StatusOK, typeJSON, newUserAnswer(u, ""))
}

func (s *server) deleteUser(w http.ResponseWriter, r *http.Request) error {
	u, err := s.userOf(r)
	if err != nil {
		return err
	}
	if err := s.Store.DeleteUser(r.Context(), u.ID); err != nil {
		return fmt.Errorf("delete user %q: %w", u.Name, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// givenGrant is a grant as it is posted: without an area it is on the whole deployment.
type givenGrant struct {
	Role string  `json:"role"`
	Area *string `json:"area"`
}

// parseGrants reads roles that who asks may give: on areas in which they are admin.
func (s *server) parseGrants(r *http.Request, given []givenGrant) (grants []patrol.Grant, err error) {
	if len(given) > maxGrants {
		return nil, patrol.Invalidf("grants", "are more than %d", maxGrants)
	}
	for _, in := range given {
		g := patrol.Grant{}
		if g.Role, err = patrol.ParseRole("grants", in.Role); err != nil {
			return nil, err
		}
		if in.Area != nil {
			if g.Area, err = patrol.ParseID("grants", *in.Area); err != nil {
				return nil, err
			}
			_, err := s.Store.Feature(r.Context(), patrol.Areas, g.Area)
			if errors.Is(err, patrol.ErrNotFound) || err == nil && !actingScope(r.Context()).Grants([]patrol.Grant{g}) {
				return nil, patrol.Invalidf("grants", "name areas/%v, which does not exist or is not yours to give roles for", g.Area)
			}
			if err != nil {
				return nil, fmt.Errorf("look up area %v: %w", g.Area, err)
			}
		}
		if !slices.Contains(grants, g) {
			grants = append(grants, g)
		}
	}
	if !actingScope(r.Context()).Grants(grants) {
		return nil, patrol.Invalidf("grants", "must each name an area: you are admin of a part of the deployment")
	}
	return grants, nil
}

// newPassword makes up a password of 120 bits.
func newPassword() string {
	secret, _ := newSecret()
	return secret[:20]
}
