package api

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"xunfang/patrol"
)

// meter counts requests by door, never by path: paths and queries carry tokens.
type meter struct{ seconds *prometheus.HistogramVec }

func newMeter(registry *prometheus.Registry) *meter {
	m := &meter{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "xunfang_http_request_seconds",
		Help:    "Time to answer a request, by door and status.",
		Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
	}, []string{"door", "status"})}
	registry.MustRegister(m.seconds)
	return m
}

func (s *server) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := s.Now()
		_, door := s.mux.Handler(r)
		seen := &watchedWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		took := s.Now().Sub(started)
		if !seen.hijacked { // a socket's life is no answer's time
			s.meter.seconds.WithLabelValues(door, strconv.Itoa(seen.status)).Observe(took.Seconds())
		}
		s.Log.DebugContext(r.Context(), "request", "method", r.Method, "door", door, "status", seen.status, "took", took.Round(time.Microsecond))
	})
}

// watchedWriter remembers the status that was written.
type watchedWriter struct {
	http.ResponseWriter
	status   int
	hijacked bool
}

func (w *watchedWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Hijack hands the connection to a websocket.
func (w *watchedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over the connection: %w", err)
	}
	w.status, w.hijacked = http.StatusSwitchingProtocols, true
	return conn, rw, nil
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *server) serveMetrics(w http.ResponseWriter, r *http.Request) error {
	if actingScope(r.Context()) != patrol.Everything { // the figures are of all areas together
		return patrol.ErrForbidden
	}
	promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	return nil
}
