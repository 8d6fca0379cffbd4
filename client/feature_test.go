package client

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A next link may name a host that only a proxy knows, or somebody else's.
func TestPagesAreReadFromOurServerOnly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := `,"links":[{"rel":"next","href":"http://elsewhere.invalid` + r.URL.Path + `?cursor=2"}]`
		if r.URL.Query().Get("cursor") == "2" {
			next = ""
		}
		fmt.Fprintf(w, `{"features":[{"id":"%s"}]%s}`, r.URL.RawQuery, next)
	}))
	defer server.Close()
	c := New(server.URL, Auth{Token: "secret"})
	defer c.Close()
	items, err := c.Items(t.Context(), "areas", nil)
	if err != nil || len(items) != 2 || items[1].ID != "cursor=2" {
		t.Errorf("%v, %v", items, err)
	}
}
