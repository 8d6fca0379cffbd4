package live

import (
	"sync"

	"xunfang/patrol"
)

// Bus passes committed events on within this process. Its events are hints: a
// subscriber whose channel is full misses some, sees the hole in their seq, and
// reads the feed. The zero Bus is ready.
type Bus struct {
	mu          sync.RWMutex
	subscribers []chan<- patrol.Event
}

// Subscribe returns a channel of all events from now on, with room for n. It stays
// subscribed for the life of the Bus and is never closed.
func (b *Bus) Subscribe(n int) <-chan patrol.Event {
	events := make(chan patrol.Event, n)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers = append(b.subscribers, events)
	return events
}

// Publish gives e to every subscriber that has room. It never blocks.
func (b *Bus) Publish(e patrol.Event) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, events := range b.subscribers {
		select {
		case events <- e:
		default: // the subscriber finds the hole
		}
	}
}
