// Package geo is WHERE: shapes, datums, metres, map cells, the coverage raster and
// its outlines. Pure: no clock, no I/O, no people. Coordinates are lon, lat degrees
// (WGS84) in orb's types; metres live in a Plane centred on a subject.
package geo
