package patrol

import (
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/geo"
)

// Restriction is a zone in force, as far as it matters to watches.
type Restriction struct {
	Zone       uuid.UUID
	Version    int
	Ground     geo.Area
	Precedence int // of its level
}

// ParseRestriction reads the zone that f is.
func ParseRestriction(f Feature) (Restriction, error) {
	ground, err := geo.ParseArea(f.Geometry)
	if err != nil {
		return Restriction{}, err
	}
	p, err := storedProperties(f)
	if err != nil {
		return Restriction{}, err
	}
	r := Restriction{Zone: f.ID, Version: f.Version, Ground: ground}
	if i := slices.IndexFunc(Levels, func(l Level) bool { return l.Code == p.text("level") }); i >= 0 {
		r.Precedence = Levels[i].Precedence
	}
	return r, nil
}

// sameRestrictions reports whether two lists name the same versions of the same zones.
func sameRestrictions(a, b []Restriction) bool {
	return slices.EqualFunc(a, b, func(r, s Restriction) bool { return r.Zone == s.Zone && r.Version == s.Version })
}

// zoning is where on one watch's subject zones are in force.
type zoning []zoned

type zoned struct {
	place      place
	precedence int
}

// zone works out where on the subject the restrictions lie.
func (l *Layout) zone(in []Restriction) (out zoning) {
	subject := l.Watch.bound()
	for _, r := range in {
		if !geo.AnyMeets([]orb.Bound{subject}, r.Ground.Bound()) {
			continue
		}
		if p := l.within(r.Ground); p != nil {
			out = append(out, zoned{p, r.Precedence})
		}
	}
	return out
}

// over returns the highest precedence among the zones that a part lies in, 0 outside all.
func (z zoning) over(p part) (precedence int) {
	for _, zone := range z {
		if zone.precedence > precedence && p.place.overlap(zone.place) > 0 {
			precedence = zone.precedence
		}
	}
	return precedence
}
