package api

import (
	"strings"
	"testing"
)

func TestCheckTextBoundsNesting(t *testing.T) {
	nested := func(depth int) []byte {
		return []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
	}
	if err := checkText(nested(maxDepth)); err != nil {
		t.Errorf("depth %d: %v", maxDepth, err)
	}
	if err := checkText(nested(maxDepth + 1)); err == nil {
		t.Errorf("depth %d passed", maxDepth+1)
	}
	if err := checkText([]byte(`{"name":"` + strings.Repeat(`[\"{`, 100) + `"}`)); err != nil {
		t.Errorf("brackets within a text: %v", err)
	}
	if err := checkText([]byte("\"\xff\"")); err == nil {
		t.Error("a body that is not UTF-8 passed")
	}
}
