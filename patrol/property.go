package patrol

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PropertyType is what the value of a property may be.
type PropertyType int

// The types of property, in JSON.
const (
	Text     PropertyType = iota // a string of at most 500 characters
	TextList                     // an array of at most 500 of those
	Number                       // a finite number
	Integer                      // a whole number
	Bool                         // true or false
	Time                         // RFC 3339, kept as UTC with milliseconds
	ID                           // a UUID
	Figures                      // a number, or one for each kind of tracker
	Position                     // [lon, lat]
)

// Bounds of texts and lists of them.
const (
	MaxText = 500 // characters
	MaxList = 500 // entries
)

// Property is one property of a collection's features.
type Property struct {
	Name     string
	Type     PropertyType
	Required bool     // a post without it is refused
	Served   bool     // made by the server; a post with it is refused
	Filter   bool     // items can be selected by its value
	Enum     []string // the values allowed; nil = any
	Least    float64  // the value must be no less; with Most
	Most     float64  // the value must be no more; 0 = no bounds
	About    string   // a note for the reader of the API document
	// MoreThan0 excludes 0 itself; with Most.
	MoreThan0 bool
}

// parse checks one value and returns it in the form in which it is kept, or a
// *Invalid about this property.
func (p Property) parse(raw json.RawMessage) (json.RawMessage, error) {
	kept, err := p.value(raw)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", p.Name, err)
	}
	return out, nil
}

func (p Property) value(raw json.RawMessage) (any, error) {
	switch p.Type {
	case Text:
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, Invalidf(p.Name, "must be a text")
		}
		return s, p.checkText(s)
	case TextList:
		var list []string
		if json.Unmarshal(raw, &list) != nil {
			return nil, Invalidf(p.Name, "must be a list of texts")
		}
		return list, p.checkList(list)
	case Number, Integer:
		return p.number(raw)
	case Bool:
		var b bool
		if json.Unmarshal(raw, &b) != nil {
			return nil, Invalidf(p.Name, "must be true or false")
		}
		return b, nil
	case Time:
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, Invalidf(p.Name, "must be a time such as 2026-11-22T08:00:00Z")
		}
		t, err := ParseTime(p.Name, s)
		if err != nil {
			return nil, err
		}
		return FormatMs(t.UnixMilli()), nil
	case ID:
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, Invalidf(p.Name, "must be an id")
		}
		return ParseID(p.Name, s)
	case Figures:
		return p.figures(raw)
	default:
		return nil, Invalidf(p.Name, "cannot be given")
	}
}

func (p Property) checkText(s string) error {
	switch {
	case utf8.RuneCountInString(s) > MaxText:
		return Invalidf(p.Name, "is longer than %d characters", MaxText)
	case strings.ContainsFunc(s, isControl):
		return Invalidf(p.Name, "contains a control character")
	case p.Required && strings.TrimSpace(s) == "":
		return Invalidf(p.Name, "must not be empty")
	case p.Enum != nil && !slices.Contains(p.Enum, s):
		return Invalidf(p.Name, "is %q, which is not one of %s%s", s, strings.Join(p.Enum, ", "), p.note())
	}
	return nil
}

// note returns what there is to say about the property, after a semicolon.
func (p Property) note() string {
	if p.About == "" {
		return ""
	}
	return "; " + p.About
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func (p Property) checkList(list []string) error {
	if len(list) == 0 {
		return Invalidf(p.Name, "must not be empty when given")
	}
	if len(list) > MaxList {
		return Invalidf(p.Name, "has more than %d entries", MaxList)
	}
	for i, s := range list {
		if err := p.checkText(s); err != nil {
			return err
		}
		if slices.Contains(list[:i], s) {
			return Invalidf(p.Name, "names %q twice", s)
		}
	}
	return nil
}

// number returns a float64, or an int64 for an Integer.
func (p Property) number(raw json.RawMessage) (any, error) {
	var n json.Number
	if len(raw) == 0 || raw[0] == '"' || json.Unmarshal(raw, &n) != nil {
		return nil, Invalidf(p.Name, "must be a number")
	}
	v, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return nil, Invalidf(p.Name, "must be a finite number")
	}
	if err := p.checkNumber(v); err != nil {
		return nil, err
	}
	if p.Type == Integer {
		if v != math.Trunc(v) {
			return nil, Invalidf(p.Name, "must be a whole number")
		}
		return int64(v), nil
	}
	return v, nil
}

func (p Property) checkNumber(v float64) error {
	switch {
	case p.Most == 0:
		return nil
	case p.MoreThan0 && v <= 0:
		return Invalidf(p.Name, "must be more than 0")
	case v < p.Least:
		return Invalidf(p.Name, "must be at least %v", p.Least)
	case v > p.Most:
		return Invalidf(p.Name, "must be at most %v", p.Most)
	}
	return nil
}

// figures returns the value as given: a number, or an object of them by kind.
func (p Property) figures(raw json.RawMessage) (any, error) {
	if len(raw) > 0 && raw[0] != '{' {
		return p.number(raw)
	}
	given, err := ParseObject(p.Name, raw)
	if err != nil {
		return nil, err
	}
	checked := make(map[string]any, len(given))
	for kind, v := range given {
		if !slices.Contains(kindNames(), kind) {
			return nil, Invalidf(p.Name, "has a figure for %q, which is not one of %s", kind, strings.Join(kindNames(), ", "))
		}
		if checked[kind], err = p.number(v); err != nil {
			return nil, err
		}
	}
	return checked, nil
}

// ParseFilter returns the text form in which a stored value equals the one asked
// for in a query; a *Invalid about the property when it cannot be a value of it.
func (p Property) ParseFilter(asked string) (string, error) {
	if p.Type == ID {
		id, err := ParseID(p.Name, asked)
		return id.String(), err
	}
	if !utf8.ValidString(asked) {
		return "", Invalidf(p.Name, "is not UTF-8")
	}
	return asked, p.checkText(asked)
}
