package geo

import "github.com/paulmach/orb"

// Area is a valid polygon or multipolygon: finite, closed, of non-zero area, with
// rings that neither cross nor overlap, exterior rings anticlockwise. Only ParseArea
// makes one, so nothing behind it checks again. The zero Area is empty.
type Area struct{ shape orb.MultiPolygon }

// Shape returns the area's polygons, lon/lat. The caller must not change it.
func (a Area) Shape() orb.MultiPolygon { return a.shape }

// Bound returns the smallest lon/lat box around the area.
func (a Area) Bound() orb.Bound { return a.shape.Bound() }
