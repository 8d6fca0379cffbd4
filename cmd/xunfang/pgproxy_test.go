package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// moment is when, in the commit of a batch of fixes, something is to happen.
type moment int

const (
	never moment = iota
	beforeCommit
	afterCommit // the database has committed, the server has not heard of it
)

// pgProxy stands between a server and its PostgreSQL and reads what the server says:
// at the moment that it is set to, in a transaction that has copied fixes, it calls
// strike once instead of passing the message on.
type pgProxy struct {
	listener net.Listener
	backend  string // the real socket
	strike   func()

	mu    sync.Mutex
	when  moment
	conns map[net.Conn]bool
	open  sync.WaitGroup
}

// proxyFor starts a proxy before the database at a URL on a unix socket, and returns it
// with the URL that leads through it. It ends with the test.
func proxyFor(t *testing.T, database string) (*pgProxy, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "xunfang-proxy-")
	if err != nil {
		t.Fatal(err)
	}
	const socket = ".s.PGSQL.5432"
	listener, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	p := &pgProxy{listener: listener, backend: filepath.Join(u.Query().Get("host"), socket), conns: map[net.Conn]bool{}}
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		p.accept()
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-accepting
		p.closeAll()
		p.open.Wait()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	q := u.Query()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return p, u.String()
}

// set arms the proxy.
func (p *pgProxy) set(when moment, strike func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.when, p.strike = when, strike
}

// take returns the strike if it is set to this moment, and disarms the proxy.
func (p *pgProxy) take(when moment) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.when != when {
		return nil
	}
	p.when = never
	return p.strike
}

func (p *pgProxy) accept() {
	for {
		front, err := p.listener.Accept()
		if err != nil {
			return
		}
		back, err := net.Dial("unix", p.backend)
		if err != nil {
			_ = front.Close()
			continue
		}
		p.mu.Lock()
		p.conns[front], p.conns[back] = true, true
		p.mu.Unlock()
		link := &pgLink{proxy: p, front: front, back: back}
		p.open.Add(2)
		go func() { defer p.open.Done(); link.forward() }()
		go func() { defer p.open.Done(); link.backward() }()
	}
}

func (p *pgProxy) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

// pgLink is one connection through the proxy.
type pgLink struct {
	proxy       *pgProxy
	front, back net.Conn

	mu         sync.Mutex
	committing bool // a commit of fixes has gone to the database
}

func (l *pgLink) close() {
	_ = l.front.Close()
	_ = l.back.Close()
}

// forward passes on what the server says, message by message.
func (l *pgLink) forward() {
	defer l.close()
	message, err := readMessage(l.front, false) // the start-up has no type
	copied := false
	for ; err == nil; message, err = readMessage(l.front, true) {
		switch {
		case message[0] == 'd': // CopyData
			copied = true
		case message[0] == 'Q' && bytes.EqualFold(message[5:len(message)-1], []byte("commit")):
			if copied {
				if strike := l.proxy.take(beforeCommit); strike != nil {
					strike()
					return
				}
				l.mu.Lock()
				l.committing = true
				l.mu.Unlock()
			}
			copied = false
		}
		if _, err := l.back.Write(message); err != nil {
			return
		}
	}
}

// backward passes on what the database answers.
func (l *pgLink) backward() {
	defer l.close()
	buf := make([]byte, 64<<10)
	for {
		n, err := l.back.Read(buf)
		if err != nil {
			return
		}
		l.mu.Lock()
		answered := l.committing
		l.committing = false
		l.mu.Unlock()
		if answered {
			if strike := l.proxy.take(afterCommit); strike != nil {
				strike()
				return
			}
		}
		if _, err := l.front.Write(buf[:n]); err != nil {
			return
		}
	}
}

// readMessage reads one frontend message whole: a type, unless it is the first, and a
// length that counts itself.
func readMessage(r io.Reader, typed bool) ([]byte, error) {
	head := make([]byte, 4, 5)
	if typed {
		head = head[:5]
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[len(head)-4:])) - 4
	if n < 0 || n > 64<<20 {
		return nil, errors.New("not a message of PostgreSQL's protocol")
	}
	message := append(head, make([]byte, n)...)
	_, err := io.ReadFull(r, message[len(head):])
	return message, err
}
