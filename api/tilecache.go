package api

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"xunfang/geo"
)

// tileCacheBytes bounds each of the two generations of tiles that are held.
const tileCacheBytes = 32 << 20

// tileOverhead is about what holding a tile takes beside its bytes.
const tileOverhead = 400

// tileKey is all on which a tile depends.
type tileKey struct {
	collection string
	tile       geo.Tile
	at         time.Time // zero: now
	scope      string    // whose it is: who see the same share it
	version    int64     // of the collection
}

// tileCache holds the tiles that were asked for last, of all who see the same.
type tileCache struct {
	drawing singleflight.Group // by key

	mu         sync.Mutex
	young, old map[tileKey]tile
	bytes      int // of young
}

func newTileCache() *tileCache { return &tileCache{young: map[tileKey]tile{}} }

// get returns the tile under key, which draw draws when it is not at hand: once, for all
// who ask together.
func (c *tileCache) get(key tileKey, draw func() ([]byte, error)) (tile, error) {
	if t, ok := c.held(key); ok {
		return t, nil
	}
	drawn, err, _ := c.drawing.Do(fmt.Sprint(key), func() (any, error) {
		mvt, err := draw()
		if err != nil {
			return tile{}, err
		}
		t := newTile(mvt)
		c.hold(key, t)
		return t, nil
	})
	return drawn.(tile), err
}

func (c *tileCache) held(key tileKey) (tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.young[key]; ok {
		return t, true
	}
	t, ok := c.old[key]
	if ok {
		c.keep(key, t)
	}
	return t, ok
}

func (c *tileCache) hold(key tileKey, t tile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, t)
}

func (c *tileCache) keep(key tileKey, t tile) {
	if c.bytes += len(t.mvt) + tileOverhead; c.bytes > tileCacheBytes {
		c.old, c.young, c.bytes = c.young, map[tileKey]tile{}, len(t.mvt)+tileOverhead
	}
	c.young[key] = t
}
