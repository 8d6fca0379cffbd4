package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"xunfang/web"
)

// What a person sees in a real browser: web/test/browser, against this server and the
// page that make has built into it.
func TestBrowser(t *testing.T) {
	page, err := web.Files()
	if err != nil {
		t.Fatal(err)
	}
	s := startConsole(t, func(cfg *Config) { cfg.Web = page })
	tests := exec.CommandContext(t.Context(), "npm", "run", "--silent", "browser")
	tests.Dir = filepath.Join("..", "..", "web")
	tests.Env = append(os.Environ(), "XUNFANG_URL="+s.url, "XUNFANG_USER=admin", "XUNFANG_PASSWORD="+adminPassword)
	said, err := tests.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
