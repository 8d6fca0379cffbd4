// Package demo is the demonstration: an invented subdistrict (示范街道) with its
// streets, compounds, zones and checkpoints, and people, vehicles and drones that
// move about in it as such do. It speaks to the server through the public API alone,
// as anybody's devices would, and everything in it is a function of a seed and of
// time, so that a restart goes on where it was.
package demo
