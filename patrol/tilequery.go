package patrol

import (
	"time"

	"xunfang/geo"
)

// Tiled are the collections that are served as vector tiles: what seldom changes.
var Tiled = []string{Areas, Zones, Checkpoints, Streets}

// TileQuery selects what one tile of a collection shows.
type TileQuery struct {
	Collection string // one of Tiled
	Tile       geo.Tile
	Scope      *Scope    // what lies in it
	At         time.Time // of zones: those in force then; of all others what applies now is shown
}
