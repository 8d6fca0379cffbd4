package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"xunfang/patrol"
)

// socketLine is where postmaster.pid names the folder of the socket.
const socketLine = 5

// FindPrivate returns the URL of the private PostgreSQL that a running server keeps in
// dir, for another program of the same account, or patrol.ErrNotFound.
func FindPrivate(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	h := &home{dir: dir}
	pid, err := h.postmaster()
	if err != nil {
		return "", err
	}
	if pid == 0 || !h.serves(pid) {
		return "", fmt.Errorf("a running PostgreSQL in %s: %w", dir, patrol.ErrNotFound)
	}
	text, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if err != nil {
		return "", fmt.Errorf("find the socket: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < socketLine {
		return "", fmt.Errorf("a ready PostgreSQL in %s: %w", dir, patrol.ErrNotFound)
	}
	p := &Private{socket: lines[socketLine-1]}
	return p.URL(), nil
}
