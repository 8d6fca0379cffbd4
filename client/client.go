package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Auth says who asks: a user with a password, or a program with an API token, which
// wins. The zero Auth is nobody.
type Auth struct {
	User, Password string
	Token          string
}

// set signs a request.
func (a Auth) set(h http.Header) {
	switch {
	case a.Token != "":
		h.Set("Authorization", "Bearer "+a.Token)
	case a.User != "":
		r := http.Request{Header: h}
		r.SetBasicAuth(a.User, a.Password)
	}
}

// Client is one server, seen by somebody. Its methods may be called from many
// goroutines.
type Client struct {
	server string // without a slash at the end
	auth   Auth
	http   *http.Client
}

// New returns a client of the server at a URL like http://localhost:8080.
func New(server string, auth Auth) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	return &Client{
		server: strings.TrimSuffix(server, "/"),
		auth:   auth,
		http:   &http.Client{Transport: transport, Timeout: time.Minute},
	}
}

// Close gives idle connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is an answer other than 2xx.
type Error struct {
	Status     int
	Detail     string // the server's sentence
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	return fmt.Sprintf("the server answered %d: %s", e.Status, e.Detail)
}

// IsStatus reports whether err is an answer of that status.
func IsStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// do sends a request for a path and query on the server as whom auth says, and decodes
// the answer's JSON into out, unless out is nil.
func (c *Client) do(ctx context.Context, auth Auth, method, target string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode a request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.server+target, body)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	auth.set(r.Header)
	answer, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode/100 != 2 {
		return failure(answer, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

func failure(answer *http.Response, text []byte) *Error {
	e := &Error{Status: answer.StatusCode}
	var problem struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(text, &problem) == nil {
		e.Detail = problem.Detail
	}
	if s, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	return e
}

// SignIn asks who one is: the user's name and role. It is an *Error of 401 when the
// server does not know them.
func (c *Client) SignIn(ctx context.Context) (user, role string, err error) {
	var session struct {
		User string `json:"user"`
		Role string `json:"role"`
	}
	err = c.do(ctx, c.auth, http.MethodGet, "/api/session", nil, &session)
	return session.User, session.Role, err
}

// path joins segments, each escaped.
func path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}
