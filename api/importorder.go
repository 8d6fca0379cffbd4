package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"xunfang/geo"
	"xunfang/patrol"
)

// parentAround is what the parameter parent says for: the smallest area around each.
const parentAround = "around"

// importOrder reads r's parameters: which collection, which datum, how the file is read,
// and what its features are that it gives no properties of their own.
func (s *server) importOrder(r *http.Request) (patrol.ImportOrder, error) {
	kind := r.URL.Query().Get("kind")
	if !slices.Contains(patrol.Importable, kind) {
		return patrol.ImportOrder{}, badParameterf("kind", "must be one of %s", strings.Join(patrol.Importable, ", "))
	}
	c, err := patrol.CollectionNamed(kind)
	if err != nil {
		return patrol.ImportOrder{}, err
	}
	names := []string{"kind", "datum", "file", "name_property", "parent_property", "dry_run"}
	for _, p := range c.Properties {
		if !p.Served {
			names = append(names, importParameter(p))
		}
	}
	query, err := parameters(r, names...)
	if err != nil {
		return patrol.ImportOrder{}, err
	}
	who, _ := patrol.PrincipalFrom(r.Context())
	order := patrol.ImportOrder{
		Collection:     kind,
		Datum:          geo.Datum(query.Get("datum")),
		NameProperty:   query.Get("name_property"),
		ParentProperty: query.Get("parent_property"),
		Nested:         query.Get("parent") == parentAround,
		Otherwise:      importOtherwise(c, query),
		File:           strings.TrimPrefix(path.Base("/"+query.Get("file")), "/"),
		By:             who.User,
		Scope:          actingScope(r.Context()),
		At:             s.Now(),
	}
	if !slices.Contains(geo.Datums, order.Datum) {
		return order, badParameterf("datum", "must be declared, one of %v: the same figures lie up to 700 m and more apart", geo.Datums)
	}
	if order.DryRun, err = parseSwitch("dry_run", query.Get("dry_run")); err != nil {
		return order, err
	}
	order.ID, err = uuid.NewV7()
	return order, err
}

// importParameter is the parameter that gives p to the features that have none: its name,
// but for the kind of an area, since kind says which collection.
func importParameter(p patrol.Property) string {
	if p.Name == "kind" {
		return "area_kind"
	}
	return p.Name
}

// importOtherwise returns what features are that the file gives no properties: as the query
// says, else communities, and checkpoints of 50 m.
func importOtherwise(c patrol.Collection, query url.Values) map[string]json.RawMessage {
	otherwise := map[string]json.RawMessage{}
	switch c.Name {
	case patrol.Areas:
		otherwise["kind"] = json.RawMessage(`"community"`)
	case patrol.Checkpoints:
		otherwise["radius_m"] = json.RawMessage(`50`)
	}
	for _, p := range c.Properties {
		text := query.Get(importParameter(p))
		if p.Served || text == "" || p.Name == "parent" && text == parentAround {
			continue
		}
		otherwise[p.Name] = p.FromText(text)
	}
	return otherwise
}

func parseSwitch(name, text string) (bool, error) {
	switch text {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	}
	return false, badParameterf(name, "must be 1 or 0")
}
