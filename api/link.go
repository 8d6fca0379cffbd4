package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// link is how one resource points at another. Its address is absolute: GDAL and
// QGIS need that.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

// scheme returns http or https, as the client sees this server.
func (s *server) scheme(r *http.Request) string {
	if proto := r.Header.Get("X-Forwarded-Proto"); s.TrustProxy && (proto == "http" || proto == "https") {
		return proto
	}
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// address of a path on this server, as the client sees it.
func (s *server) href(r *http.Request, path string) string {
	u := url.URL{Scheme: s.scheme(r), Host: r.Host, Path: path}
	return u.String()
}

// forwarded gives a request back the host that its client named to a proxy, if the
// proxy's word counts: links lead there, and a page's own origin is told by it.
func (s *server) forwarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := r.Header.Get("X-Forwarded-Host"); s.TrustProxy && host != "" {
			asked := *r
			first, _, _ := strings.Cut(host, ",")
			asked.Host = strings.TrimSpace(first)
			r = &asked
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) collectionHref(r *http.Request, collection string) string {
	return s.href(r, "/ogc/collections/"+collection)
}

func (s *server) itemHref(r *http.Request, collection, id string) string {
	return s.collectionHref(r, collection) + "/items/" + url.PathEscape(id)
}

// withMember returns the JSON object with one more member at its end.
func withMember(object json.RawMessage, name string, value any) (json.RawMessage, error) {
	v, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	body, ok := strings.CutSuffix(string(object), "}")
	if !ok {
		return nil, fmt.Errorf("add %s: not a JSON object", name)
	}
	if body != "{" {
		body += ","
	}
	return json.RawMessage(body + `"` + name + `":` + string(v) + "}"), nil
}
