package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// bboxFlag is a lon/lat box written W,S,E,N; nil until it is set.
type bboxFlag struct{ bound *orb.Bound }

func (b *bboxFlag) String() string { return "" }

func (b *bboxFlag) Set(text string) error {
	var v [4]float64
	parts := strings.Split(text, ",")
	if len(parts) != len(v) {
		return errors.New("a box is W,S,E,N")
	}
	for i, part := range parts {
		var err error
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(part), 64); err != nil {
			return errors.New("a box is W,S,E,N, in degrees")
		}
	}
	bound := orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}
	world := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	if bound.IsEmpty() || !world.Contains(bound.Min) || !world.Contains(bound.Max) {
		return errors.New("a box is W,S,E,N with W < E and S < N, in degrees")
	}
	b.bound = &bound
	return nil
}
