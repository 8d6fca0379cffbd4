package api

import "xunfang/patrol"

// footprints are what one drone's images show.
func (s *server) footprints() evidence[patrol.Footprint] {
	return evidence[patrol.Footprint]{
		name: "footprint", count: s.Store.CountFootprints, list: s.Store.FootprintsOf,
		timeMs: func(f patrol.Footprint) int64 { return f.TMs }, feature: patrol.FootprintFeature,
	}
}
