package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	knownFor    = time.Minute
	knownMost   = 10_000
	knownWithin = 10 * time.Second // a check is given up
)

// knownSecrets remembers for a minute which passwords were right, so that the many
// requests of a program that sends Basic each time cost one argon2id. It holds no
// password: only an HMAC of it and the account, its hash among that, under a key that dies
// with the process: an account with another password is another.
type knownSecrets struct {
	key      [32]byte
	checking singleflight.Group // by digest

	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

func newKnownSecrets() *knownSecrets {
	k := &knownSecrets{until: map[[sha256.Size]byte]time.Time{}}
	rand.Read(k.key[:])
	return k
}

func (k *knownSecrets) digest(account, password string) (d [sha256.Size]byte) {
	h := hmac.New(sha256.New, k.key[:])
	h.Write([]byte(account))
	h.Write([]byte{0})
	h.Write([]byte(password))
	h.Sum(d[:0])
	return d
}

// check returns what match does for an account (name and hash of the password), which is asked once for all that ask together, and not
// again for a while when it was right: a program that opens many connections at a time
// makes one attempt, not many.
func (k *knownSecrets) check(ctx context.Context, now func() time.Time, account, password string, match func(context.Context) error) error {
	d := k.digest(account, password)
	if k.has(d, now()) {
		return nil
	}
	_, err, _ := k.checking.Do(string(d[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), knownWithin) // others wait too
		defer cancel()
		err := match(ctx)
		if err == nil {
			k.remember(d, now())
		}
		return nil, err
	})
	return err
}

func (k *knownSecrets) has(d [sha256.Size]byte, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return now.Before(k.until[d])
}

func (k *knownSecrets) remember(d [sha256.Size]byte, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.until) >= knownMost {
		clear(k.until)
	}
	k.until[d] = now.Add(knownFor)
}
