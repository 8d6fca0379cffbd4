package patrol

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Importable are the collections that files of boundaries become.
var Importable = []string{Areas, Checkpoints, Zones}

// ImportOrder says what is made of the features of a file.
type ImportOrder struct {
	ID           uuid.UUID
	Collection   string
	Datum        geo.Datum                  // of the file's coordinates: declared, never guessed
	NameProperty string                     // which of the file's properties names a feature; "" finds one called name or 名称
	Otherwise    map[string]json.RawMessage // properties of the collection, for features that the file gives none
	// An area lies in the area that Otherwise names as its parent; else in the one whose
	// name stands in the file's ParentProperty; else, if Nested, in the smallest area of
	// a wider kind around it, of the file or there before.
	ParentProperty string
	Nested         bool

	Scope  *Scope // where By may import
	DryRun bool
	File   string   // its name, for the record
	Digest [32]byte // SHA-256 of the file
	By     User
	At     time.Time
}

// ImportedFeature is a feature with what the file said of it.
type ImportedFeature struct {
	Feature
	Index    int             // in the file, from 0
	Original orb.Geometry    // the file's coordinates
	Said     json.RawMessage // the file's properties, a JSON object
	Joined   *Invalid        // why parts that share edges were joined; nil where none were
}

// Original is where an imported feature came from.
type Original struct {
	Import     uuid.UUID       `json:"import"`
	File       string          `json:"file"`
	Digest     string          `json:"digest"` // SHA-256 of the file, hexadecimal
	Datum      geo.Datum       `json:"datum"`
	Index      int             `json:"index"`
	At         time.Time       `json:"imported_at"`
	By         string          `json:"imported_by"`
	Geometry   orb.Geometry    `json:"-"`
	Properties json.RawMessage `json:"properties"`
}

// OriginalJSON writes o with its geometry as GeoJSON, in the file's datum.
func OriginalJSON(o Original) (json.RawMessage, error) {
	shape, err := GeometryJSON(o.Geometry)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Original
		Geometry json.RawMessage `json:"geometry"`
	}{o, shape})
}

// importPlan makes features of what a file gives.
type importPlan struct {
	ImportOrder
	collection Collection
	store      ImportStore
	parents    map[string]uuid.UUID // by name
}

func newImportPlan(order ImportOrder, store ImportStore) (*importPlan, error) {
	c, err := CollectionNamed(order.Collection)
	if err != nil || !slices.Contains(Importable, order.Collection) {
		return nil, Invalidf("kind", "must be one of %v", Importable)
	}
	return &importPlan{order, c, store, map[string]uuid.UUID{}}, nil
}

// feature makes the feature of the order's collection that given is, in WGS 84. What is
// wrong with it is a *Invalid, whose place is in WGS 84 too.
func (p *importPlan) feature(ctx context.Context, index int, given Given) (ImportedFeature, error) {
	made := ImportedFeature{Index: index, Original: given.Geometry, Said: given.Properties}
	said, err := parseMembers(given.Properties)
	if err != nil {
		return made, err
	}
	if len(made.Said) == 0 {
		made.Said = json.RawMessage("{}")
	}
	properties, err := p.properties(ctx, said)
	if err != nil {
		return made, err
	}
	raw, err := json.Marshal(properties)
	if err != nil {
		return made, err
	}
	shape := p.inWGS84(given.Geometry)
	made.Feature, err = NewFeature(p.Collection, shape, raw, p.At)
	if flaw := (*Invalid)(nil); errors.As(err, &flaw) && flaw.Field == "geometry" {
		made.Joined = flaw
		made, err = p.joined(made, shape, raw)
	}
	if err != nil || p.Scope == Everything {
		return made, err
	}
	return made, p.checkPlaced(ctx, made.Feature)
}

// checkPlaced refuses what would lie beyond the part of the deployment that is By's.
func (p *importPlan) checkPlaced(ctx context.Context, f Feature) error {
	if p.Collection == Areas {
		references, err := References(f)
		if err != nil {
			return err
		}
		if p.Nested || len(references) == 0 {
			return Invalidf("parent", "is required, by its id or name: your account is for a part of the deployment")
		}
		if !p.Scope.HasArea(references[0].ID) {
			return Invalidf("parent", "names areas/%v, which lies beyond the area for which you have the role to do this, or nowhere", references[0].ID)
		}
	}
	beyond, err := p.store.Beyond(ctx, p.Scope, f.Geometry)
	if err != nil {
		return err
	}
	if beyond != nil {
		return &Invalid{Field: "geometry", Reason: "reaches beyond the area for which you have the role to do this", At: beyond}
	}
	return nil
}

// joined makes an area of parts that share edges, as boundary files hold districts with
// enclaves, or refuses it for what made.Joined says. Of a zone, which is an order, it
// joins nothing.
func (p *importPlan) joined(made ImportedFeature, shape orb.Geometry, properties json.RawMessage) (ImportedFeature, error) {
	parts, ok := geo.JoinParts(shape)
	if p.Collection != Areas || !ok {
		return made, made.Joined
	}
	feature, err := NewFeature(p.Collection, parts, properties, p.At)
	if err != nil {
		return made, made.Joined
	}
	made.Feature = feature
	return made, nil
}

// inWGS84 returns g converted, in new memory.
func (p *importPlan) inWGS84(g orb.Geometry) orb.Geometry {
	convert := p.Datum.ToWGS84
	line := func(ps []orb.Point) []orb.Point { return convertEach(ps, convert) }
	ring := func(r orb.Ring) orb.Ring { return line(r) }
	polygon := func(poly orb.Polygon) orb.Polygon { return convertEach(poly, ring) }
	switch g := g.(type) {
	case orb.Point:
		return convert(g)
	case orb.LineString:
		return orb.LineString(line(g))
	case orb.MultiLineString:
		return orb.MultiLineString(convertEach(g, func(l orb.LineString) orb.LineString { return line(l) }))
	case orb.Polygon:
		return polygon(g)
	case orb.MultiPolygon:
		return orb.MultiPolygon(convertEach(g, polygon))
	}
	return g // nil
}

func convertEach[T any](in []T, f func(T) T) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// properties takes what the file says under the collection's own names, else what the
// order says.
func (p *importPlan) properties(ctx context.Context, said map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for _, property := range p.collection.Properties {
		if property.Served {
			continue
		}
		if raw := p.said(property, said); raw != nil {
			out[property.Name] = raw
		} else if raw, ok := p.Otherwise[property.Name]; ok {
			out[property.Name] = raw
		}
	}
	if out["name"] == nil {
		return nil, p.noName(said)
	}
	if p.Collection == Areas && out["parent"] == nil && p.ParentProperty != "" {
		parent, err := p.parentNamed(ctx, asText(said[p.ParentProperty]))
		if err != nil {
			return nil, err
		}
		if out["parent"], err = json.Marshal(parent); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// said returns what the file says under a property's name, in the property's type where
// that is only a matter of writing; nil for nothing. A parent's id is one of ours, which
// no file knows. What a file calls kind or level may be no kind of area, and is not taken
// for one then.
func (p *importPlan) said(property Property, said map[string]json.RawMessage) json.RawMessage {
	switch {
	case property.Type == ID:
		return nil
	case property.Name == "name":
		for _, name := range p.nameProperties(said) {
			if text := asText(said[name]); text != "" {
				return mustText(text)
			}
		}
		return nil
	case property.Name == "kind":
		for _, name := range []string{"kind", "level"} {
			if kind := asText(said[name]); slices.Contains(property.Enum, kind) {
				return mustText(kind)
			}
		}
		return nil
	default:
		return property.asType(said[property.Name])
	}
}

// nameProperties are the properties in which a feature's name may stand.
func (p *importPlan) nameProperties(said map[string]json.RawMessage) []string {
	if p.NameProperty != "" {
		return []string{p.NameProperty}
	}
	names := []string{"name"}
	for name := range said {
		if isNameProperty(name) && name != "name" {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:]) // a file may have several
	return names
}

func (p *importPlan) noName(said map[string]json.RawMessage) error {
	var has []string
	for name := range said {
		if len(has) < 20 {
			has = append(has, name)
		}
	}
	slices.Sort(has)
	if p.NameProperty != "" {
		return Invalidf("name", "is missing: there is no %q; the feature has %q", p.NameProperty, has)
	}
	return Invalidf("name", "is missing: say with name_property which of the feature's properties it is; it has %q", has)
}

func (p *importPlan) parentNamed(ctx context.Context, name string) (uuid.UUID, error) {
	if name == "" {
		return uuid.Nil, Invalidf("parent", "is missing: the feature has no %q", p.ParentProperty)
	}
	if id, ok := p.parents[name]; ok {
		return id, nil
	}
	id, err := p.store.AreaNamed(ctx, p.Scope, name)
	switch {
	case errors.Is(err, ErrNotFound):
		return uuid.Nil, Invalidf("parent", "is %.100q, but no area is called so: import the wider areas first", name)
	case errors.Is(err, ErrConflict):
		return uuid.Nil, Invalidf("parent", "is %.100q, but several areas are called so: give the parent by its id", name)
	case err != nil:
		return uuid.Nil, err
	}
	p.parents[name] = id
	return id, nil
}
