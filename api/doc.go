// Package api is HTTP: who is asking, OGC API Features, coverage, accounts, and
// the one place where errors become statuses. It decides nothing about evidence:
// it turns requests into calls on patrol's nouns and their answers into JSON.
//
// Every door stands in one table (Doors), and one Authenticate guards them all.
package api
