// Package web holds the page: the client's sources and, once built, its files.
package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

// A placeholder is committed, so that this compiles where the page was never built.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built client, index.html at its root, or an error that says
// what to run when it has not been built.
func Files() (fs.FS, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the page: %w", err)
	}
	switch _, err := fs.Stat(files, "index.html"); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("the page is not built: run make build")
	case err != nil:
		return nil, fmt.Errorf("open the page: %w", err)
	}
	return files, nil
}
