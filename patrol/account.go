package patrol

import (
	"time"

	"github.com/google/uuid"
)

// Role is what a person may do.
type Role string

// The roles, from least to most.
const (
	Viewer    Role = "viewer"
	Field     Role = "field"
	Leader    Role = "leader"
	Planner   Role = "planner"
	Commander Role = "commander"
	Admin     Role = "admin"
)

// User is a person with an account.
type User struct {
	ID      uuid.UUID
	Name    string
	Role    Role
	Created time.Time
}

// APIToken is a program's key to one user's account. Its secret is shown once, when
// it is made; the store keeps a hash.
type APIToken struct {
	ID      uuid.UUID
	Name    string
	Created time.Time
}
