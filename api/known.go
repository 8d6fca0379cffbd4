package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"xunfang/patrol"
)

const (
	knownFor    = time.Minute
	knownMost   = 10_000
	knownWithin = 10 * time.Second // a check is given up
)

// knownSecrets remembers for a minute which name and password were right, so that
// the many requests of a program that sends Basic each time cost one argon2id.
// It holds no password: only an HMAC under a key that dies with the process.
type knownSecrets struct {
	key      [32]byte
	checking singleflight.Group // by digest

	mu    sync.Mutex
	users map[[sha256.Size]byte]knownUser
}

type knownUser struct {
	user  patrol.User
	until time.Time
}

func newKnownSecrets() *knownSecrets {
	k := &knownSecrets{users: map[[sha256.Size]byte]knownUser{}}
	rand.Read(k.key[:])
	return k
}

func (k *knownSecrets) digest(name, password string) (d [sha256.Size]byte) {
	h := hmac.New(sha256.New, k.key[:])
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write([]byte(password))
	h.Sum(d[:0])
	return d
}

// user returns who was found to have that name and password lately.
func (k *knownSecrets) user(name, password string, now time.Time) (patrol.User, bool) {
	d := k.digest(name, password)
	k.mu.Lock()
	defer k.mu.Unlock()
	known, ok := k.users[d]
	return known.user, ok && now.Before(known.until)
}

// check returns what check does, which is asked once for all that ask together: a
// program that opens many connections at a time makes one attempt, not many.
func (k *knownSecrets) check(ctx context.Context, name, password string, check func(context.Context) (patrol.User, error)) (patrol.User, error) {
	d := k.digest(name, password)
	user, err, _ := k.checking.Do(string(d[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), knownWithin) // others wait too
		defer cancel()
		return check(ctx)
	})
	return user.(patrol.User), err
}

func (k *knownSecrets) remember(name, password string, u patrol.User, now time.Time) {
	d := k.digest(name, password)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.users) >= knownMost {
		clear(k.users)
	}
	k.users[d] = knownUser{u, now.Add(knownFor)}
}

// forget drops what is known of a user, whose password has changed.
func (k *knownSecrets) forget(user uuid.UUID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for d, known := range k.users {
		if known.user.ID == user {
			delete(k.users, d)
		}
	}
}
