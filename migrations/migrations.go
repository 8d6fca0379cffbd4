// Package migrations holds the database's schema as numbered SQL files. Each file
// is applied once, in order, in its own transaction; one that has been released is
// never edited again.
package migrations

import "embed"

// FS holds the files NNNN_name.sql.
//
//go:embed *.sql
var FS embed.FS
