package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"xunfang/patrol"
)

// argon2id as OWASP asks: 19 MiB, two passes, one lane.
const (
	argonMemoryKiB = 19 * 1024
	argonPasses    = 2
	argonLanes     = 1
	argonKeyBytes  = 32
	argonSaltBytes = 16
)

const (
	minPassword  = 8   // characters
	maxPassword  = 500 // characters
	hashesAtOnce = 2   // each takes argonMemoryKiB and a core for about 30 ms
)

// HashPassword returns password's hash in the PHC string form, under a new salt; a
// *patrol.Invalid when it is too short or too long.
func HashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return "", patrol.Invalidf("password", "must have %d to %d characters", minPassword, maxPassword)
	}
	salt := make([]byte, argonSaltBytes)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemoryKiB, argonLanes, argonKeyBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemoryKiB, argonPasses, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// passwords checks passwords, a few at a time.
type passwords struct {
	slots chan struct{}
	dummy string // what an unknown user's password is checked against
}

func newPasswords() *passwords {
	salt := base64.RawStdEncoding.EncodeToString(make([]byte, argonSaltBytes))
	key := base64.RawStdEncoding.EncodeToString(make([]byte, argonKeyBytes))
	return &passwords{
		slots: make(chan struct{}, hashesAtOnce),
		dummy: fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemoryKiB, argonPasses, argonLanes, salt, key),
	}
}

// hash is HashPassword within the bound on how many run at once.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	return HashPassword(password)
}

// match reports whether password is the one that was hashed. An empty hash, of a
// user that does not exist, takes as long and never matches.
func (p *passwords) match(ctx context.Context, hash, password string) (bool, error) {
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	if hash == "" {
		_, err := matchHash(p.dummy, password)
		return false, err
	}
	return matchHash(hash, password)
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
}

func (p *passwords) leave() { <-p.slots }

func matchHash(hash, password string) (bool, error) {
	var (
		version        int
		memory, passes uint32
		lanes          uint8
	)
	parts := strings.Split(hash, "$") // "", argon2id, v=…, m=…,t=…,p=…, salt, key
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("a stored password hash is not argon2id")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil || version != argon2.Version {
		return false, fmt.Errorf("a stored password hash has parameters %q %q", parts[2], parts[3])
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read a stored password hash: %w", err)
	}
	key, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("read a stored password hash: %w", err)
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}
