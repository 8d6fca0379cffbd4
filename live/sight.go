package live

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"xunfang/patrol"
)

// Sights judge what lies in scopes.
type Sights interface {
	// Sight reports whether a feature lies in a scope now, and whether any version of it
	// ever did.
	Sight(ctx context.Context, scope *patrol.Scope, collection string, id uuid.UUID) (patrol.Sight, error)
	// SeenWatches lists the watches of which a scope sees the gaps.
	SeenWatches(ctx context.Context, scope *patrol.Scope) ([]uuid.UUID, error)
}

// Seen is what scopes, by their keys, see of what an event names: its feature, or the
// watches of its gaps. Of a scope that is not in it nothing is known.
type Seen map[string]map[uuid.UUID]patrol.Sight

// look asks what each scope sees of what e names.
func look(ctx context.Context, sights Sights, scopes []*patrol.Scope, e patrol.Event) (Seen, error) {
	collection, ids := namedBy(e)
	seen := Seen{}
	for _, scope := range scopes {
		of := map[uuid.UUID]patrol.Sight{}
		for _, id := range ids {
			var err error
			if of[id], err = sights.Sight(ctx, scope, collection, id); err != nil {
				return nil, fmt.Errorf("who sees what changed: %w", err)
			}
		}
		seen[scope.Key()] = of
	}
	return seen, nil
}

// namedBy returns what the visibility of an event goes by. Trackers are seen by their
// team and place, which the Hub knows.
func namedBy(e patrol.Event) (collection string, ids []uuid.UUID) {
	if e.Feature != nil && e.Feature.Feature.Collection != patrol.Trackers && e.Feature.Feature.Collection != patrol.Users {
		return e.Feature.Feature.Collection, []uuid.UUID{e.Feature.Feature.ID}
	}
	named := map[uuid.UUID]bool{}
	for _, change := range e.Gaps {
		if watch := change.Gap.Watch; !named[watch] {
			named[watch] = true
			ids = append(ids, watch)
		}
	}
	return patrol.Watches, ids
}
