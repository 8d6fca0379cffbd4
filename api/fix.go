package api

import "xunfang/patrol"

// fixes are what a tracker reported.
func (s *server) fixes() evidence[patrol.Fix] {
	return evidence[patrol.Fix]{
		name: "fix", count: s.Store.CountFixes, list: s.Store.FixesOf,
		timeMs: func(f patrol.Fix) int64 { return f.TMs }, feature: patrol.FixFeature,
	}
}
