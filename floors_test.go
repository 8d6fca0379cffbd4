package xunfang_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors says which folders of this module the Go code of a folder may import, its
// tests included. Folders that are not named here hold no Go code.
var floors = map[string][]string{
	"geo":        {},
	"patrol":     {"geo"},
	"ingest":     {"geo", "patrol"},
	"live":       {"geo", "patrol"},
	"store":      {"geo", "patrol"},
	"api":        {"geo", "patrol"},
	"client":     {"geo", "patrol"},
	"web":        {},
	"migrations": {},
	"cmd":        {"geo", "patrol", "ingest", "live", "store", "api", "client", "web", "migrations"},
}

// mayImport reports whether code in folder from may import code in folder to, both
// slash paths below the module's root.
func mayImport(from, to string) bool {
	from, to = top(from), top(to)
	return from == to || slices.Contains(floors[from], to)
}

func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

func TestMayImport(t *testing.T) {
	tests := []struct {
		name     string
		from, to string
		want     bool
	}{
		{"downward", "patrol", "geo", true},
		{"two floors downward", "api", "geo", true},
		{"within a folder", "store", "store/storetest", true},
		{"the program imports a leaf", "cmd/xunfang", "web", true},
		{"upward", "geo", "patrol", false},
		{"upward from below a folder", "store/storetest", "cmd/xunfang", false},
		{"sideways", "api", "store", false},
		{"sideways from below a folder", "store/storetest", "live", false},
		{"a floor imports a leaf", "store", "migrations", false},
		{"a leaf imports a floor", "web", "geo", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mayImport(tt.from, tt.to); got != tt.want {
				t.Errorf("mayImport(%q, %q) = %v, want %v", tt.from, tt.to, got, tt.want)
			}
		})
	}
}

func TestImportsKeepToTheirFloors(t *testing.T) {
	for _, file := range files(t, ".", ".go") {
		dir := path.Dir(file)
		if dir == "." {
			continue
		}
		if _, ok := floors[top(dir)]; !ok {
			t.Errorf("%s: there is no floor for Go code in %s", file, top(dir))
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			to, ours := strings.CutPrefix(imported, "xunfang/")
			if ours && !mayImport(dir, to) {
				t.Errorf("%s imports %s, which is not below it", file, to)
			}
		}
	}
}

// Of the map client, the map alone speaks MapLibre, and it knows no Svelte.
func TestOnlyTheMapSpeaksMapLibre(t *testing.T) {
	mapLibre := regexp.MustCompile(`(?:from|import)\s*\(?\s*['"]maplibre-gl`)
	svelte := regexp.MustCompile(`(?:from|import)\s*\(?\s*['"]svelte`)
	for _, file := range files(t, "web/src", ".ts", ".svelte") {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inMap := strings.HasPrefix(file, "web/src/map/")
		if !inMap && mapLibre.Match(source) {
			t.Errorf("%s imports maplibre-gl; only web/src/map may", file)
		}
		if inMap && svelte.Match(source) {
			t.Errorf("%s imports svelte; the map knows nothing of it", file)
		}
	}
}

// Every folder that a reader meets has its line in ARCHITECTURE.md.
func TestEveryFolderIsExplained(t *testing.T) {
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{}
	for _, file := range files(t, ".") {
		if dir := path.Dir(file); dir != "." {
			folders[top(dir)] = true
			if strings.HasSuffix(file, ".go") {
				folders[dir] = true
			}
		}
	}
	for _, file := range files(t, "web/src") {
		folders[path.Dir(file)] = true
	}
	for folder := range folders {
		if !regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(folder) + "/` \\| .+ \\|$").Match(page) {
			t.Errorf("ARCHITECTURE.md has no line for `%s/`", folder)
		}
	}
}

// files returns the slash paths of the files below root that end in one of the
// suffixes (in anything when there are none), without what is hidden, built or
// installed.
func files(t *testing.T, root string, suffixes ...string) []string {
	t.Helper()
	notOurs := []string{"bin", "data", "node_modules", "dist", "testdata"}
	var found []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch base := entry.Name(); {
		case entry.IsDir() && name != root && (strings.HasPrefix(base, ".") || slices.Contains(notOurs, base)):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case len(suffixes) == 0 || slices.Contains(suffixes, filepath.Ext(base)):
			found = append(found, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
