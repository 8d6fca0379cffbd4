package api

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPanicIsAnsweredWithAProblem(t *testing.T) {
	s := &server{Config: Config{Log: slog.New(slog.DiscardHandler)}}
	w := httptest.NewRecorder()
	s.recovered(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("secret: the reason is for the log")
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("a panic is answered with %d: %s", w.Code, w.Body)
	}
}

func TestAddressesAsAttemptsAreCounted(t *testing.T) {
	for _, c := range []struct {
		name, remote, forwarded string
		trust                   bool
		want                    string
	}{
		{"IPv4", "192.0.2.7:1234", "", false, "192.0.2.7"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.7]:1234", "", false, "192.0.2.7"},
		{"a household of IPv6", "[2001:db8:1:2:3:4:5:6]:1234", "", false, "2001:db8:1:2::/64"},
		{"a forwarded address that nobody vouches for", "192.0.2.7:1234", "198.51.100.1", false, "192.0.2.7"},
		{"the address that our proxy saw", "192.0.2.7:1234", "203.0.113.9, 198.51.100.1", true, "198.51.100.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			s := &server{Config: Config{TrustProxy: c.trust}}
			if got := s.address(r); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLinksAreAbsolute(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://console.example:8080/ogc", nil)
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-Host", "public.example")
	for trust, want := range map[bool]string{
		false: "http://console.example:8080/ogc",
		true:  "https://public.example/ogc",
	} {
		s := &server{Config: Config{TrustProxy: trust}}
		s.forwarded(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := s.href(r, "/ogc"); got != want {
				t.Errorf("trusting a proxy %v: got %s, want %s", trust, got, want)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}
