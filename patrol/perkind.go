package patrol

import (
	"bytes"
	"encoding/json"
)

// each returns p with f applied to its figures.
func (p PerKind) each(f func(float64) float64) PerKind {
	return PerKind{Person: f(p.Person), Vehicle: f(p.Vehicle), Drone: f(p.Drone)}
}

// same returns a PerKind of one figure for every kind.
func same(v float64) PerKind { return PerKind{v, v, v} }

// MarshalJSON writes one number when all kinds have the same figure, and an object
// with one for each kind otherwise.
func (p PerKind) MarshalJSON() ([]byte, error) {
	if p == same(p.Person) {
		return json.Marshal(p.Person)
	}
	return json.Marshal(map[Kind]float64{Person: p.Person, Vehicle: p.Vehicle, Drone: p.Drone})
}

// UnmarshalJSON reads a number for every kind, or an object with figures for some
// of them; what it does not name keeps its value.
func (p *PerKind) UnmarshalJSON(data []byte) error {
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] != '{' {
		var v float64
		if err := json.Unmarshal(data, &v); err != nil {
			return err
		}
		*p = same(v)
		return nil
	}
	type fields struct {
		Person  *float64 `json:"person"`
		Vehicle *float64 `json:"vehicle"`
		Drone   *float64 `json:"drone"`
	}
	return json.Unmarshal(data, &fields{&p.Person, &p.Vehicle, &p.Drone})
}
