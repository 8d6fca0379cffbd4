package patrol

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hours are the times of the week at which a post must be staffed. The zero Hours are
// all of them.
type Hours struct{ shifts []shift }

// shift is one stretch of wall-clock time that begins on a day of the week. Where it ends
// at or before it begins, it ends on the next day.
type shift struct {
	day      time.Weekday
	from, to int // minutes after midnight; to at most 1440
}

// interval is a stretch of time, Unix ms: from fromMs to before toMs.
type interval struct{ fromMs, toMs int64 }

const dayMinutes = 24 * 60

var weekdays = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

// ParseHours reads hours such as "Mon-Fri 08:00-20:00; Sat,Sun 09:00-18:00": days, single
// or from one to another, and times of the deployment's clock, 24:00 the day's end. A time
// that ends at or before it begins goes on past midnight. "" is always. What is wrong is a
// *Invalid about field.
func ParseHours(field, text string) (Hours, error) {
	var h Hours
	if strings.TrimSpace(text) == "" {
		return h, nil
	}
	for _, rule := range strings.Split(text, ";") {
		days, times, ok := strings.Cut(strings.TrimSpace(rule), " ")
		if !ok {
			return Hours{}, Invalidf(field, "has %q, which is not days and times such as Mon-Fri 08:00-20:00", strings.TrimSpace(rule))
		}
		s, err := parseShift(field, strings.TrimSpace(times))
		if err != nil {
			return Hours{}, err
		}
		on, err := parseDays(field, days)
		if err != nil {
			return Hours{}, err
		}
		for _, day := range on {
			s.day = day
			h.shifts = append(h.shifts, s)
		}
	}
	return h, nil
}

// parseDays reads days such as Mon-Fri or Sat,Sun; a range may lead over the week's end.
func parseDays(field, text string) (days []time.Weekday, err error) {
	for _, part := range strings.Split(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if from < 0 || to < 0 {
			return nil, Invalidf(field, "has %q, which is no day or days: they are called %s", part, strings.Join(weekdays, ", "))
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, time.Weekday(d))
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func parseShift(field, text string) (shift, error) {
	from, to, _ := strings.Cut(text, "-")
	a, okA := parseMinutes(from)
	b, okB := parseMinutes(to)
	if !okA || !okB || a == dayMinutes || a == b {
		return shift{}, Invalidf(field, "has %q, which is not a time such as 08:00-20:00", text)
	}
	return shift{from: a, to: b}, nil
}

// parseMinutes reads HH:MM, 24:00 included, as minutes after midnight.
func parseMinutes(text string) (minutes int, ok bool) {
	if len(text) != len("00:00") || text[2] != ':' || strings.Trim(text, "0123456789") != ":" {
		return 0, false
	}
	h, _ := strconv.Atoi(text[:2])
	m, _ := strconv.Atoi(text[3:])
	return h*60 + m, m < 60 && h*60+m <= dayMinutes
}

// within returns the intervals of [fromMs, toMs) that lie in the hours by a clock of zone,
// in order, those that meet joined. A day on which the clocks are set has the hours that
// they show.
func (h Hours) within(fromMs, toMs int64, zone *time.Location) []interval {
	if fromMs >= toMs {
		return nil
	}
	if len(h.shifts) == 0 {
		return []interval{{fromMs, toMs}}
	}
	var all []interval
	first, last := time.UnixMilli(fromMs).In(zone).AddDate(0, 0, -2), time.UnixMilli(toMs).In(zone)
	for n := 0; ; n++ { // from noon to noon, which every day has
		day := time.Date(first.Year(), first.Month(), first.Day()+n, 12, 0, 0, 0, zone)
		if day.Sub(last) > 24*time.Hour {
			break
		}
		for _, s := range h.shifts {
			if s.day == day.Weekday() {
				all = append(all, s.on(day))
			}
		}
	}
	slices.SortFunc(all, func(a, b interval) int { return cmp.Compare(a.fromMs, b.fromMs) })
	var out []interval
	for _, i := range all {
		i = interval{max(i.fromMs, fromMs), min(i.toMs, toMs)}
		switch n := len(out); {
		case i.fromMs >= i.toMs:
		case n > 0 && i.fromMs <= out[n-1].toMs:
			out[n-1].toMs = max(out[n-1].toMs, i.toMs)
		default:
			out = append(out, i)
		}
	}
	return out
}

// on returns the shift of one day.
func (s shift) on(day time.Time) interval {
	at := func(minutes int) int64 {
		return time.Date(day.Year(), day.Month(), day.Day(), 0, minutes, 0, 0, day.Location()).UnixMilli()
	}
	to := s.to
	if to <= s.from {
		to += dayMinutes
	}
	return interval{at(s.from), at(to)}
}
