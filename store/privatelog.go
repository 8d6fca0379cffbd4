package store

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
)

// logLines passes the lines that PostgreSQL writes to its standard error on to a
// logger, each at the level that its first word means. It is written to by one
// goroutine.
type logLines struct {
	log  *slog.Logger
	part []byte // a line that has no end yet
}

const maxLogLine = 4096

func (l *logLines) Write(p []byte) (int, error) {
	l.part = append(l.part, p...)
	for {
		end := bytes.IndexByte(l.part, '\n')
		if end < 0 && len(l.part) < maxLogLine {
			return len(p), nil
		}
		line, rest := l.part, l.part[len(l.part):]
		if end >= 0 {
			line, rest = l.part[:end], l.part[end+1:]
		}
		l.pass(string(line))
		l.part = append(l.part[:0], rest...)
	}
}

func (l *logLines) pass(line string) {
	word, text, ok := strings.Cut(line, ":")
	if !ok {
		word, text = "", line
	}
	level := slog.LevelDebug
	switch word {
	case "FATAL": // to one connection, or why PostgreSQL does not start
		level = slog.LevelInfo
	case "WARNING":
		level = slog.LevelWarn
	case "PANIC", "postgres":
		level = slog.LevelError
	}
	l.log.Log(context.Background(), level, strings.TrimSpace(text), "from", "PostgreSQL")
}
