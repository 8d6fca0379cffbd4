// Package ingest is what devices and files speak, turned into patrol.Fix: one file
// a protocol. The handlers hand what they read to an Intake and answer in the
// device's own words; the readers of files serve imports.
package ingest
