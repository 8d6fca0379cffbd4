package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xunfang/client"
	"xunfang/store/storetest"
)

// user runs the command with a password on standard input, and returns what it prints.
func user(t *testing.T, password string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	terminal := os.Stdin
	os.Stdin = file
	defer func() { os.Stdin = terminal }()
	var out bytes.Buffer
	err = run(t.Context(), append([]string{"user"}, args...), &out)
	return out.String(), err
}

// With and without a running server on the same data folder.
func TestUserAddListPassword(t *testing.T) {
	data := storetest.DataDir(t)
	cfg := Config{Addr: "127.0.0.1:0", Data: data, AdminPassword: adminPassword, RetentionDays: 30, TimeZone: "UTC"}
	s, stop := startServing(t, cfg)
	defer stop()
	if _, err := user(t, "a first password", "--data", data, "add", "--role", "leader", "王芳"); err != nil {
		t.Fatal(err)
	}
	if _, err := user(t, "a better password", "--data", data, "password", "王芳"); err != nil {
		t.Fatal(err)
	}
	c := client.New(s.url, client.Auth{User: "王芳", Password: "a better password"})
	defer c.Close()
	if name, role, err := c.SignIn(t.Context()); name != "王芳" || role != "leader" || err != nil {
		t.Errorf("signed in as %q, %q: %v", name, role, err)
	}
	for _, c := range []struct {
		password string
		args     []string
		want     string
	}{
		{"a third password", []string{"add", "王芳"}, "conflict"},
		{"short", []string{"add", "李强"}, "password"},
		{"", []string{"add", "李强"}, "no password"},
		{"long enough to do", []string{"add", "--role", "king", "李强"}, "no role"},
		{"long enough to do", []string{"password", "nobody"}, "not found"},
		{"", []string{"remove", "王芳"}, "user -h"},
	} {
		_, err := user(t, c.password, append([]string{"--data", data}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("user %v: %v, want an error with %q", c.args, err, c.want)
		}
	}
	if _, err := user(t, "", "--data", data, "grant", "王芳", "field", "viewer"); err != nil {
		t.Fatal(err)
	}
	if _, err := user(t, "", "--data", data, "grant", "admin", "viewer"); err == nil || !strings.Contains(err.Error(), "last admin") {
		t.Errorf("the last admin is taken away: %v", err)
	}
	stop()
	out, err := user(t, "", "--data", data, "list")
	if err != nil || !strings.Contains(out, "admin\tadmin\t") || !strings.Contains(out, "王芳\tfield,viewer\t") {
		t.Errorf("listed %q, %v", out, err)
	}
}
