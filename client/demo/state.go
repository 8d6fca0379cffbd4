package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// state is what a demonstration keeps between starts. It holds the trackers' tokens,
// so its file is the owner's alone.
type state struct {
	path     string
	Began    time.Time         `json:"began"`
	Complete bool              `json:"complete"` // every place is on the server, and the past that was patrolled
	Tokens   map[string]string `json:"tokens"`   // a mover's name → its tracker's token
}

// readState returns the state at path, or that of a demonstration which begins now.
func readState(path string, now time.Time) (*state, error) {
	s := &state{path: path, Began: now.UTC().Truncate(time.Second), Tokens: map[string]string{}}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, s.write()
	case err != nil:
		return nil, fmt.Errorf("reading the demonstration's state: %w", err)
	}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("reading the demonstration's state in %s: %w", path, err)
	}
	return s, nil
}

// write replaces the file, whole or not at all.
func (s *state) write() error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the demonstration's state: %w", err)
	}
	fresh := s.path + ".new"
	if err := os.WriteFile(fresh, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the demonstration's state: %w", err)
	}
	if err := os.Rename(fresh, s.path); err != nil {
		return fmt.Errorf("writing the demonstration's state: %w", err)
	}
	return nil
}
