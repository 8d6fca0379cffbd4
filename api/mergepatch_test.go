package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xunfang/patrol"
)

// The examples of RFC 7396, appendix A, whose patch is an object or replaces one.
func TestMergePatch(t *testing.T) {
	for _, c := range []struct{ target, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
	} {
		got, err := mergePatch(json.RawMessage(c.target), json.RawMessage(c.patch))
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(c.want), &b) != nil || !cmp.Equal(a, b) {
			t.Errorf("%s patched with %s is %s, want %s", c.target, c.patch, got, c.want)
		}
	}
	invalid := (*patrol.Invalid)(nil)
	if _, err := mergePatch(json.RawMessage(`{}`), json.RawMessage(`{"a":{"b":1,"b":2}}`)); !errors.As(err, &invalid) {
		t.Errorf("a member that stands twice: %v", err)
	}
}

func TestIfMatch(t *testing.T) {
	tag := itemTag(12, []byte("body"))
	for _, c := range []struct {
		name   string
		header []string
		want   bool
	}{
		{"none", nil, true},
		{"any", []string{"*"}, true},
		{"the tag", []string{tag}, true},
		{"the number", []string{`"12"`}, true},
		{"the version as it was served before", []string{`"12-0123456789abcdef01234567"`}, true},
		{"one of several", []string{`"7", "12"`}, true},
		{"one of several headers", []string{`"7"`, `"12"`}, true},
		{"an older version", []string{`"11"`}, false},
		{"a weak tag", []string{`W/"12"`}, false},
		{"another's", []string{`"xyzzy"`}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{Header: http.Header{"If-Match": c.header}}
			if got := checkIfMatch(r, 12) == nil; got != c.want {
				t.Errorf("%q passes: %v", c.header, got)
			}
		})
	}
}
