// Package store is PostGIS: every SQL statement, the transactions around them, the
// feed that puts all changes in one order, and the private PostgreSQL that serves
// when none is given.
//
// Each exported method owns its transaction; lower-case helpers take one. Every
// transaction that changes fixes, features or gaps ends by taking the next seq of
// the feed. Geometry goes in and out as EWKB. Errors are of the kinds of package
// patrol: ErrUnavailable means that storage is away, or that nobody knows whether a
// commit happened.
package store
