package patrol

import (
	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Event is one committed change, in the order of the feed: exactly one of Fixes,
// Footprints, Signs, Feature, Gaps and Imported is set. On the bus it is a hint; who holds
// a cursor and sees a hole in Seq reads the feed. A Warning comes alone and has no seq.
type Event struct {
	Seq        int64
	Fixes      []Fix       // what is now stored: winners only, any order
	Footprints []Footprint // what is new
	Signs      []Sign      // what is new
	Feature    *FeatureChange
	Gaps       []GapChange
	Imported   string // the collection of which many features are new at once: read it again
	Warning    *Warning
}

// Warning says that a post is about to fall short. It is told once for each lapse, and
// kept nowhere.
type Warning struct {
	Watch      uuid.UUID
	Checkpoint uuid.UUID
	Place      orb.Point // of the checkpoint
	AtMs       int64
	Lapse
}

// FeatureChange says that a feature has a new version.
type FeatureChange struct {
	Event   string // created, replaced, deleted
	Feature Feature
}

// GapChange says that a recorded gap opened, changed or closed.
type GapChange struct {
	Event string // opened, changed, closed
	Gap   Gap
	// Other is the gap that this one split off when it opened, or merged into when it
	// closed; uuid.Nil otherwise.
	Other uuid.UUID
}

// Publisher passes committed events on. It never blocks for long and never fails
// the caller: what it could not deliver is found again in the feed.
type Publisher interface {
	Publish(Event)
}
