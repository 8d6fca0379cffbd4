// Package flight plans survey flights: lanes over an area that a camera sees whole, the
// order in which they are flown, sorties that a battery lasts for, and the files that
// ground stations read. It plans in a geo.Plane; it knows no drone and no clock.
package flight
