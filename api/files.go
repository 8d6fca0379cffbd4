package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"xunfang/patrol"
)

// serveFile serves the client's files, and answers for every path that is no door's.
func (s *server) serveFile(w http.ResponseWriter, r *http.Request) error {
	if allowed := s.allowed(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return statusError{http.StatusMethodNotAllowed, r.Method + " is not offered here"}
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch name {
	case "":
		name = "index.html"
	case "field":
		name = "field.html"
	}
	tag, ok := s.etags[name]
	if !ok {
		return patrol.ErrNotFound
	}
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names carry a hash of their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, s.Web, name)
	return nil
}

// allowed returns the methods that the path of r has, when r's is none of them.
func (s *server) allowed(r *http.Request) (methods []string) {
	asked := *r
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		asked.Method = method
		if _, pattern := s.mux.Handler(&asked); pattern != "/" {
			methods = append(methods, method)
		}
	}
	if len(methods) == 0 && r.Method != http.MethodGet && r.Method != http.MethodHead {
		methods = []string{http.MethodGet, http.MethodHead}
	}
	return methods
}

// fileTags returns the entity tag of every file by name.
func fileTags(files fs.FS) (map[string]string, error) {
	tags := map[string]string{}
	if files == nil {
		return tags, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		tags[name] = `W/"` + hex.EncodeToString(sum[:12]) + `"`
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the client's files: %w", err)
	}
	if _, ok := tags["index.html"]; !ok {
		return nil, errors.New("the client has no index.html")
	}
	return tags, nil
}
