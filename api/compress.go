package api

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// worthCompressing is from how many bytes on: less fits in a packet anyway.
const worthCompressing = 1400

var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// compressed gzips larger texts for who takes that: phones on bad networks do.
func (s *server) compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		takes := strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
		if !takes || r.Method == http.MethodHead || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		cw := &compressingWriter{ResponseWriter: w}
		next.ServeHTTP(cw, r)
		if err := cw.close(); err != nil {
			s.Log.DebugContext(r.Context(), "a client has gone", "error", err)
		}
	})
}

// compressingWriter decides by the header of an answer whether to gzip it.
type compressingWriter struct {
	http.ResponseWriter
	gz *gzip.Writer // nil: the answer goes as it is
}

func (w *compressingWriter) WriteHeader(status int) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	length, err := strconv.Atoi(h.Get("Content-Length"))
	if status < 300 && status != http.StatusPartialContent && err == nil && length >= worthCompressing && isCompressible(h) {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		w.gz = gzipWriters.Get().(*gzip.Writer)
		w.gz.Reset(w.ResponseWriter)
	}
	w.ResponseWriter.WriteHeader(status)
}

func isCompressible(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") ||
		strings.HasSuffix(kind, "javascript") || strings.HasSuffix(kind, "xml")
}

func (w *compressingWriter) Write(b []byte) (int, error) {
	if w.gz == nil {
		return w.ResponseWriter.Write(b)
	}
	return w.gz.Write(b)
}

func (w *compressingWriter) close() error {
	if w.gz == nil {
		return nil
	}
	defer gzipWriters.Put(w.gz)
	if err := w.gz.Close(); err != nil {
		return fmt.Errorf("end a gzip stream: %w", err)
	}
	return nil
}

// Unwrap lets http.ResponseController reach the connection.
func (w *compressingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
