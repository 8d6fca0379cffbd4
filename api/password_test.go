package api

import (
	"context"
	"strings"
	"testing"
)

func TestPasswords(t *testing.T) {
	hash, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	p := newPasswords()
	for _, c := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"the right one", hash, "correct horse", true},
		{"a wrong one", hash, "battery staple", false},
		{"of a user that does not exist", "", "correct horse", false},
		{"of a user that does not exist, empty", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := p.match(context.Background(), c.hash, c.password)
			if err != nil || got != c.want {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
	if again, _ := HashPassword("correct horse"); again == hash {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	for _, bad := range []string{"", "short", strings.Repeat("長", maxPassword+1)} {
		if _, err := HashPassword(bad); err == nil {
			t.Errorf("a password of %d bytes was taken", len(bad))
		}
	}
}
