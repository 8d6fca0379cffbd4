package api

import (
	"net/http"
	"runtime/debug"
)

// policy lets the page load its own files and nothing else. maplibre-gl draws
// sprites from blobs and data URLs; its worker is a file of ours.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// guarded sets the headers that every answer carries, and refuses what a page of
// another origin would have a signed-in browser do.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if err := s.crossSite.Check(r); err != nil {
			s.fail(w, r, statusError{http.StatusForbidden, "A page of another origin may not do this"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recovered answers for a handler that panicked.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				s.Log.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "door", r.Pattern, "panic", p, "stack", string(debug.Stack()))
				s.fail(w, r, statusError{http.StatusInternalServerError, "The server failed; its log says why"})
			}
		}()
		next.ServeHTTP(w, r)
	})
}
