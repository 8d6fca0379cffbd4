package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"xunfang/patrol"
)

// furnish brings the whole district to the server: places, trackers and their past,
// and last the watches. What is there already, from a start that was broken off, is
// left as it is.
func (d *Demo) furnish(ctx context.Context) error {
	var places, watches []Place
	for _, place := range d.district.Places {
		if place.Collection == patrol.Watches {
			watches = append(watches, place)
		} else {
			places = append(places, place)
		}
	}
	if err := d.createPlaces(ctx, places); err != nil {
		return err
	}
	if err := d.createTrackers(ctx); err != nil {
		return err
	}
	if err := d.sendPast(ctx); err != nil {
		return err
	}
	if err := d.createPlaces(ctx, watches); err != nil {
		return err
	}
	d.state.Complete = true
	return d.state.write()
}

// createPlaces creates what is missing, side by side, each after those that it names.
func (d *Demo) createPlaces(ctx context.Context, places []Place) error {
	there := map[string]map[string]uuid.UUID{patrol.Areas: nil, patrol.Checkpoints: nil}
	for _, place := range places {
		there[place.Collection] = nil
	}
	named := map[string]uuid.UUID{} // what a place may name
	for collection := range there {
		ids, err := d.ids(ctx, collection)
		if err != nil {
			return err
		}
		there[collection] = ids
		if collection == patrol.Areas || collection == patrol.Checkpoints {
			maps.Copy(named, ids)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(places), func(p Place) bool {
		_, ok := there[p.Collection][p.Name]
		return ok
	})
	for len(missing) > 0 {
		var now, later []Place
		for _, place := range missing {
			if place.ready(named) {
				now = append(now, place)
			} else {
				later = append(later, place)
			}
		}
		if len(now) == 0 {
			return fmt.Errorf("%s names a place that is not there", later[0].Name)
		}
		created, err := d.create(ctx, now, named)
		if err != nil {
			return err
		}
		for i, place := range now {
			if place.Collection == patrol.Areas || place.Collection == patrol.Checkpoints {
				named[place.Name] = created[i]
			}
		}
		missing = later
	}
	return nil
}

// create creates places that name only what is there, and returns their ids.
func (d *Demo) create(ctx context.Context, places []Place, there map[string]uuid.UUID) ([]uuid.UUID, error) {
	created := make([]uuid.UUID, len(places))
	creating, ctx := errgroup.WithContext(ctx)
	creating.SetLimit(parallel)
	for i, place := range places {
		creating.Go(func() (err error) {
			created[i], _, err = d.server.CreateFeature(ctx, place.Collection, place.Geometry, place.properties(there))
			return err
		})
	}
	return created, creating.Wait()
}

// ids returns the ids of the features of a collection by their names.
func (d *Demo) ids(ctx context.Context, collection string) (map[string]uuid.UUID, error) {
	items, err := d.server.Items(ctx, collection, wholePages)
	if err != nil {
		return nil, err
	}
	ids := map[string]uuid.UUID{}
	for _, item := range items {
		name, ok := item.Properties["name"].(string)
		if !ok {
			continue
		}
		if ids[name], err = uuid.Parse(item.ID); err != nil {
			return nil, fmt.Errorf("the id of one of %s: %w", collection, err)
		}
	}
	return ids, nil
}

// createTrackers creates a tracker for every mover that has no token yet. A token is
// shown once, so each is kept at once.
func (d *Demo) createTrackers(ctx context.Context) error {
	for _, mover := range d.district.Movers {
		if d.state.Tokens[mover.Name] != "" {
			continue
		}
		_, token, err := d.server.CreateTracker(ctx, map[string]any{"name": mover.Name, "kind": mover.Kind})
		if err != nil {
			return err
		}
		d.state.Tokens[mover.Name] = token
		if err := d.state.write(); err != nil {
			return err
		}
	}
	return nil
}

// sendPast sends where everybody was before the beginning, and since.
func (d *Demo) sendPast(ctx context.Context) error {
	sending, ctx := errgroup.WithContext(ctx)
	sending.SetLimit(parallel)
	now := d.seconds()
	for _, mover := range d.district.Movers {
		sending.Go(func() error {
			device := device{demo: d, mover: mover, token: d.state.Tokens[mover.Name], sent: -historyS}
			return device.send(ctx, now)
		})
	}
	return sending.Wait()
}
