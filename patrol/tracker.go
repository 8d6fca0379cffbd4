package patrol

import "github.com/google/uuid"

// Kind is what a tracker is.
type Kind string

// The kinds of tracker.
const (
	Person  Kind = "person"
	Vehicle Kind = "vehicle"
	Drone   Kind = "drone"
)

// Kinds lists every kind of tracker, in the order in which people name them.
var Kinds = [...]Kind{Person, Vehicle, Drone}

// Tracker is what reports positions.
type Tracker struct {
	ID     uuid.UUID
	Name   string
	Kind   Kind
	Team   string // the id of one of the teams, or any name; "" for none
	Import bool   // made by an import: fixes of any past are taken
}
