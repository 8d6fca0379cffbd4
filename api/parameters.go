package api

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// Bounds of a page of items.
const (
	defaultLimit = 100
	maxLimit     = 10_000
)

// maxInterval is how long a datetime may be where it is required.
const maxInterval = 31 * 24 * time.Hour

// itemsQuery is what a request for items asks.
type itemsQuery struct {
	scope  *patrol.Scope // what who asks may see
	limit  int
	bbox   *orb.Bound        // nil = everywhere
	during *patrol.Times     // nil = any time
	equal  map[string]string // property = value, for the collection's filters
	cursor string            // "" = from the start
}

// farMs is later than any time that can be asked for, the end of an open interval.
// None is earlier than 0, 1970, with which an interval that has no start begins.
const farMs = 253_370_764_800_000 // the year 9999

// itemsParameters returns the names of what a request for items of c may ask.
func itemsParameters(c patrol.Collection) []string {
	names := []string{"limit", "cursor", "datetime"}
	if !c.Evidence() {
		names = append(names, "bbox")
	}
	for _, p := range c.Properties {
		if p.Filter {
			names = append(names, p.Name)
		}
	}
	return names
}

// parseItemsQuery reads the parameters of a request for items of c.
func parseItemsQuery(c patrol.Collection, query url.Values) (itemsQuery, error) {
	q := itemsQuery{limit: defaultLimit, equal: map[string]string{}}
	for _, name := range []string{"tracker", "datetime"} {
		if c.Evidence() && !query.Has(name) {
			return q, badParameterf(name, "is required for %s", c.Name)
		}
	}
	for name := range query {
		if err := q.set(c, name, query.Get(name)); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (q *itemsQuery) set(c patrol.Collection, name, value string) (err error) {
	switch name {
	case "limit":
		q.limit, err = parseLimit(value)
	case "bbox":
		q.bbox, err = parseBBox(value)
	case "datetime":
		q.during, err = parseInterval(value)
	case "cursor":
		q.cursor = value
	default:
		p, _ := c.Property(name)
		q.equal[name], err = p.ParseFilter(value)
		err = asParameter(err)
	}
	return err
}

// parameters returns the query of r, in which none but names may stand, each once.
func parameters(r *http.Request, names ...string) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badParameterf("", "The query is not URL-encoded")
	}
	for name, values := range query {
		if !slices.Contains(names, name) {
			return nil, badParameterf(name, "is not a parameter here; known are: %s", cmp.Or(strings.Join(names, ", "), "none"))
		}
		if len(values) > 1 {
			return nil, badParameterf(name, "is given twice")
		}
	}
	return query, nil
}

// asParameter turns a *patrol.Invalid into one about the request line.
func asParameter(err error) error {
	if invalid := (*patrol.Invalid)(nil); errors.As(err, &invalid) {
		return badParameter{invalid}
	}
	return err
}

// parseLimit reads a limit; a larger one than there is means the largest.
func parseLimit(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, badParameterf("limit", "must be a whole number from 1 to %d", maxLimit)
	}
	return min(n, maxLimit), nil
}

// parseBBox reads west,south,east,north, or the same with heights, which are left out.
func parseBBox(s string) (*orb.Bound, error) {
	malformed := badParameterf("bbox", "must be west,south,east,north in degrees")
	var v []float64
	for _, part := range strings.Split(s, ",") {
		f, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return nil, malformed
		}
		v = append(v, f)
	}
	if len(v) == 6 {
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	if len(v) != 4 {
		return nil, malformed
	}
	west, south, east, north := v[0], v[1], v[2], v[3]
	if !(-180 <= west && west <= 180 && -180 <= east && east <= 180 && -90 <= south && south <= north && north <= 90) {
		return nil, malformed
	}
	if west > east {
		return nil, badParameterf("bbox", "crosses the antimeridian, which is not offered")
	}
	return &orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}, nil
}

// parseInterval reads TIME, FROM/TO, FROM/.. or ../TO (or with an end left empty).
func parseInterval(s string) (*patrol.Times, error) {
	from, to, isInterval := strings.Cut(s, "/")
	if !isInterval {
		t, err := patrol.ParseTime("datetime", s)
		if err != nil {
			return nil, asParameter(err)
		}
		return &patrol.Times{FromMs: t.UnixMilli(), ToMs: t.UnixMilli()}, nil
	}
	i := &patrol.Times{FromMs: 0, ToMs: farMs}
	for _, end := range []struct {
		text string
		ms   *int64
	}{{from, &i.FromMs}, {to, &i.ToMs}} {
		if end.text == "" || end.text == ".." {
			continue
		}
		t, err := patrol.ParseTime("datetime", end.text)
		if err != nil {
			return nil, asParameter(err)
		}
		*end.ms = t.UnixMilli()
	}
	if i.FromMs > i.ToMs {
		return nil, badParameterf("datetime", "ends before it starts")
	}
	return i, nil
}

// checkBounded refuses an interval that is open or longer than maxInterval.
func checkBounded(i patrol.Times) error {
	if i.ToMs-i.FromMs > maxInterval.Milliseconds() {
		return badParameterf("datetime", "must be FROM/TO of at most %d days", int(maxInterval.Hours())/24)
	}
	return nil
}

// cursorAfter returns the cursor of a page that starts after id.
func cursorAfter(id uuid.UUID) string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// parseCursor reads what cursorAfter wrote; uuid.Nil for none.
func parseCursor(s string) (uuid.UUID, error) {
	if s == "" {
		return uuid.Nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return uuid.Nil, badCursor()
	}
	id, err := uuid.FromBytes(b)
	if err != nil {
		return uuid.Nil, badCursor()
	}
	return id, nil
}

// cursorAfterMs returns the cursor of a page that starts after a time.
func cursorAfterMs(ms int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(ms, 10)))
}

// parseCursorMs reads what cursorAfterMs wrote.
func parseCursorMs(s string) (int64, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return 0, badCursor()
	}
	ms, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || ms < 0 || ms > farMs {
		return 0, badCursor()
	}
	return ms, nil
}

func badCursor() error {
	return badParameterf("cursor", "is not one that this server gave out")
}
