package patrol

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Role is what a person may do.
type Role string

// The roles, from least to most: each may do what those before it may.
const (
	Viewer    Role = "viewer"    // looks
	Field     Role = "field"     // tells what becomes of gaps
	Leader    Role = "leader"    // looks after trackers and assignments
	Planner   Role = "planner"   // draws: areas, checkpoints, zones, watches, streets, teams
	Commander Role = "commander" // runs the deployment
	Admin     Role = "admin"     // gives people their roles
)

// Roles lists the roles from least to most.
var Roles = [...]Role{Viewer, Field, Leader, Planner, Commander, Admin}

// Includes reports whether who has r may do what asks for least. A role that there is
// not includes nothing and is included in none.
func (r Role) Includes(least Role) bool {
	has, asked := slices.Index(Roles[:], r), slices.Index(Roles[:], least)
	return asked >= 0 && has >= asked
}

// ParseRole reads a role, or returns a *Invalid about field.
func ParseRole(field, s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles[:], r) {
		return r, nil
	}
	return "", Invalidf(field, "there is no role %.40q; roles are viewer, field, leader, planner, commander and admin", s)
}

// Grant is a role on an area and the areas within it.
type Grant struct {
	Role Role
	Area uuid.UUID // uuid.Nil: on the whole deployment
}

// User is a person with an account.
type User struct {
	ID       uuid.UUID
	Name     string
	Grants   []Grant // by area, then role; none: the person sees nothing
	Disabled bool    // cannot sign in
	Created  time.Time
}

// Role returns the most that the user may do anywhere, "" without a grant.
func (u User) Role() (most Role) {
	for _, g := range u.Grants {
		if most == "" || g.Role.Includes(most) {
			most = g.Role
		}
	}
	return most
}

// APIToken is a program's key to one user's account. Its secret is shown once, when
// it is made; the store keeps a hash.
type APIToken struct {
	ID      uuid.UUID
	Name    string
	Created time.Time
	Role    Role      // "": its user's roles; otherwise no more than this
	Expires time.Time // the zero time: it does not
}
