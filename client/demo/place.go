package demo

import (
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// Place is a feature of the district. It names the area that it lies in or that it
// demands to be seen; the server gives ids only once it is there.
type Place struct {
	Collection string
	Name       string
	Within     string // the name of the area that is its parent; "" = none
	Subject    string // the name of the area or checkpoint that a watch looks after
	Geometry   orb.Geometry
	Properties map[string]any // besides name, parent and subject
}

// ready reports whether the places that the place names are among those.
func (p Place) ready(there map[string]uuid.UUID) bool {
	for _, name := range []string{p.Within, p.Subject} {
		if _, ok := there[name]; name != "" && !ok {
			return false
		}
	}
	return true
}

// properties returns what the server is told of a place that is ready.
func (p Place) properties(there map[string]uuid.UUID) map[string]any {
	all := maps.Clone(p.Properties)
	all["name"] = p.Name
	if p.Within != "" {
		all["parent"] = there[p.Within]
	}
	if p.Subject != "" {
		collection := patrol.Areas
		if p.Properties["kind"] == string(patrol.AtPost) {
			collection = patrol.Checkpoints
		}
		all["subject"] = collection + "/" + there[p.Subject].String()
	}
	return all
}

func area(name, kind, within string, shape orb.Polygon) Place {
	return Place{
		Collection: patrol.Areas, Name: name, Within: within, Geometry: shape,
		Properties: map[string]any{"kind": kind},
	}
}

func street(name, kind string, lines orb.Geometry) Place {
	return Place{
		Collection: patrol.Streets, Name: name, Geometry: lines,
		Properties: map[string]any{"kind": kind},
	}
}

func checkpoint(name string, at orb.Point) Place {
	return Place{
		Collection: patrol.Checkpoints, Name: name, Geometry: at,
		Properties: map[string]any{"radius_m": 25, "min_staff": 2},
	}
}

// watch demands that the ground of an area be seen by people and vehicles.
func watch(subject string, revisit time.Duration) Place {
	return Place{
		Collection: patrol.Watches, Name: subject, Subject: subject,
		Properties: map[string]any{"kind": string(patrol.Ground), "revisit_s": int(revisit.Seconds())},
	}
}

// outlineWatch demands that the outline of an area be walked along.
func outlineWatch(subject string, revisit time.Duration) Place {
	return Place{
		Collection: patrol.Watches, Name: subject + "边界", Subject: subject,
		Properties: map[string]any{"kind": string(patrol.Perimeter), "revisit_s": int(revisit.Seconds())},
	}
}

// postWatch demands that somebody stand at a checkpoint.
func postWatch(checkpoint string) Place {
	return Place{
		Collection: patrol.Watches, Name: checkpoint + "值守", Subject: checkpoint,
		Properties: map[string]any{"kind": string(patrol.AtPost), "min_staff": 1},
	}
}
