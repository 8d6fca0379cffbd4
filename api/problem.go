package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// problem is an RFC 9457 answer.
type problem struct {
	Type   string     `json:"type"`
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail"`
	Field  string     `json:"field,omitempty"`
	At     *orb.Point `json:"at,omitempty"`

	retryAfter time.Duration // 0 = no header
}

// badParameter is a request line that is refused: 400, where a body would be 422.
type badParameter struct{ *patrol.Invalid }

func (e badParameter) Unwrap() error { return e.Invalid }

func badParameterf(name, format string, args ...any) error {
	return badParameter{patrol.Invalidf(name, format, args...)}
}

// tooMany is a client that must wait.
type tooMany struct{ wait time.Duration }

func (e tooMany) Error() string { return "too many attempts" }

// statusError is an error that knows its status, where HTTP itself is the subject.
type statusError struct {
	status int
	reason string
}

func (e statusError) Error() string { return e.reason }

// problemOf turns an error into its answer. It alone knows which kind is which status.
func problemOf(err error) problem {
	var (
		parameter badParameter
		invalid   *patrol.Invalid
		gone      *patrol.Gone
		conflict  *patrol.Conflict
		wait      tooMany
		status    statusError
		tooLarge  *http.MaxBytesError
	)
	switch {
	case errors.As(err, &parameter):
		return newProblem(http.StatusBadRequest, parameter.Error()).about(parameter.Invalid)
	case errors.As(err, &invalid):
		return newProblem(http.StatusUnprocessableEntity, invalid.Error()).about(invalid)
	case errors.As(err, &gone):
		return newProblem(http.StatusGone, gone.Error()+"; what is kept starts at "+patrol.FormatMs(gone.HorizonMs))
	case errors.As(err, &wait):
		p := newProblem(http.StatusTooManyRequests, "Too many failed attempts to sign in; wait and try again")
		p.retryAfter = wait.wait
		return p
	case errors.Is(err, patrol.ErrTooOften):
		p := newProblem(http.StatusTooManyRequests, "Too many failed attempts; wait and try again")
		p.retryAfter = 30 * time.Second
		return p
	case errors.As(err, &status):
		return newProblem(status.status, status.reason)
	case errors.As(err, &tooLarge):
		return newProblem(http.StatusRequestEntityTooLarge, "The body is larger than "+strconv.FormatInt(tooLarge.Limit>>10, 10)+" KiB")
	case errors.Is(err, patrol.ErrNotFound):
		return newProblem(http.StatusNotFound, "There is nothing here by that name")
	case errors.As(err, &conflict):
		return newProblem(http.StatusConflict, conflict.Reason)
	case errors.Is(err, patrol.ErrConflict):
		return newProblem(http.StatusConflict, "That exists already, or was changed by somebody else")
	case errors.Is(err, patrol.ErrUnauthorized):
		return newProblem(http.StatusUnauthorized, "Sign in first")
	case errors.Is(err, patrol.ErrForbidden):
		return newProblem(http.StatusForbidden, "Your account may not do this")
	case errors.Is(err, patrol.ErrBusy), errors.Is(err, patrol.ErrUnavailable):
		p := newProblem(http.StatusServiceUnavailable, "Storage is away or busy; try again in a moment")
		p.retryAfter = 2 * time.Second
		return p
	default:
		return newProblem(http.StatusInternalServerError, "The server failed; its log says why")
	}
}

func newProblem(status int, detail string) problem {
	return problem{
		Type:   "about:blank",
		Title:  http.StatusText(status),
		Status: status,
		Detail: sentence(detail),
	}
}

func (p problem) about(e *patrol.Invalid) problem {
	p.Field, p.At = e.Field, e.At
	return p
}

// sentence ends s with a stop.
func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// fail answers with err's problem, and logs what is the server's fault. Who has gone
// before the answer, or has only ended what it sends, is told that nothing is certain.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	gone := errors.Is(err, context.Canceled) && r.Context().Err() != nil
	if gone {
		err = patrol.ErrUnavailable
	}
	p := problemOf(err)
	switch {
	case gone:
	case p.Status == http.StatusServiceUnavailable: // then every device's every attempt fails
		s.away.Do(func() {
			s.Log.WarnContext(r.Context(), "requests fail, this one among others", "method", r.Method, "door", r.Pattern, "status", p.Status, "error", err)
		})
	case p.Status >= 500:
		s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "door", r.Pattern, "status", p.Status, "error", err)
	}
	if p.Status == http.StatusUnauthorized {
		challenge(w, r)
	}
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	body, err := json.Marshal(p)
	if err != nil {
		s.Log.ErrorContext(r.Context(), "encode a problem", "error", err)
		body = nil
	}
	write(w, p.Status, "application/problem+json", body)
}

// challenge asks for credentials. A page's own fetch is not asked for Basic: the
// browser would put up a dialog of its own.
func challenge(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("WWW-Authenticate", `Bearer realm="xunfang"`)
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode == "" || mode == "navigate" {
		w.Header().Add("WWW-Authenticate", `Basic realm="xunfang", charset="UTF-8"`)
	}
}
