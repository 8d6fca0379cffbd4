package store

import "time"

// recent remembers what was put into it for a while: at least the last limit keys,
// at most twice as many, and none for longer than twice maxAge.
type recent[K comparable, V any] struct {
	limit  int
	maxAge time.Duration
	young  map[K]V
	old    map[K]V
	born   time.Time // of young
}

func newRecent[K comparable, V any](limit int, maxAge time.Duration) *recent[K, V] {
	return &recent[K, V]{limit: limit, maxAge: maxAge}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.young[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	return v, ok
}

func (r *recent[K, V]) put(k K, v V, now time.Time) {
	r.age(now)
	if len(r.young) >= r.limit {
		r.turn(now)
	}
	r.young[k] = v
}

// age lets go of what is too old.
func (r *recent[K, V]) age(now time.Time) {
	if r.young == nil || now.Sub(r.born) >= r.maxAge {
		r.turn(now)
	}
}

func (r *recent[K, V]) turn(now time.Time) {
	r.old, r.young, r.born = r.young, make(map[K]V), now
}

func (r *recent[K, V]) forget() { r.old, r.young = nil, nil }
