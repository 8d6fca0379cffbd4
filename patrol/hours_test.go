package patrol

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // the rules of zones, whatever the machine has
)

func TestHours(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, hours string
		zone        *time.Location
		from        string // local, and a day of 24 hours or more after it
		hoursLong   int
		want        []string
	}{
		{"always", "", shanghai, "2026-11-23T00:00", 24, []string{"23 00:00 - 24 00:00"}},
		{"a working day", "Mon-Fri 08:00-20:00; Sat,Sun 09:00-18:00", shanghai, "2026-11-23T00:00", 24, []string{"23 08:00 - 23 20:00"}},
		{"a Saturday", "Mon-Fri 08:00-20:00; Sat,Sun 09:00-18:00", shanghai, "2026-11-28T00:00", 24, []string{"28 09:00 - 28 18:00"}},
		{"a night, from the evening before", "Mon-Sun 20:00-06:00", shanghai, "2026-11-23T00:00", 24, []string{"23 00:00 - 23 06:00", "23 20:00 - 24 00:00"}},
		{"a range over the week's end", "Sat-Mon 10:00-11:00", shanghai, "2026-11-28T00:00", 96, []string{"28 10:00 - 28 11:00", "29 10:00 - 29 11:00", "30 10:00 - 30 11:00"}},
		{"times that meet are one", "Mon 08:00-12:00; Mon 12:00-16:00", shanghai, "2026-11-23T00:00", 24, []string{"23 08:00 - 23 16:00"}},
		{"whole days meet at midnight", "Mon-Sun 00:00-24:00", shanghai, "2026-11-23T00:00", 72, []string{"23 00:00 - 26 00:00"}},
		{"an hour that the clocks skip", "Sun 01:00-04:00", berlin, "2026-03-29T00:00", 12, []string{"29 01:00 - 29 04:00"}},
		{"an hour that the clocks repeat", "Sun 01:00-04:00", berlin, "2026-10-25T00:00", 12, []string{"25 01:00 - 25 04:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := ParseHours("hours", c.hours)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.ParseInLocation("2006-01-02T15:04", c.from, c.zone)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range h.within(from.UnixMilli(), from.Add(time.Duration(c.hoursLong)*time.Hour).UnixMilli(), c.zone) {
				got = append(got, time.UnixMilli(i.fromMs).In(c.zone).Format("02 15:04")+" - "+time.UnixMilli(i.toMs).In(c.zone).Format("02 15:04"))
			}
			if len(got) != len(c.want) {
				t.Fatalf("%v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%v, want %v", got, c.want)
				}
			}
		})
	}
	// The clocks decide how long a shift lasts.
	h, _ := ParseHours("hours", "Sun 01:00-04:00")
	for day, want := range map[string]time.Duration{"2026-03-29": 2 * time.Hour, "2026-10-25": 4 * time.Hour, "2026-11-01": 3 * time.Hour} {
		from, _ := time.ParseInLocation("2006-01-02", day, berlin)
		got := h.within(from.UnixMilli(), from.Add(20*time.Hour).UnixMilli(), berlin)
		if lasts := time.Duration(got[0].toMs-got[0].fromMs) * time.Millisecond; len(got) != 1 || lasts != want {
			t.Errorf("on %s it lasts %v, want %v", day, lasts, want)
		}
	}
}

func TestBadHoursAreRefused(t *testing.T) {
	for _, text := range []string{
		"always", "Mon", "Mon-Fri", "Mo 08:00-20:00", "Mon 8:00-20:00", "Mon 08:00-25:00", "Mon 08:00-08:00",
		"Mon 24:00-08:00", "Mon 08:60-20:00", "Mon 08:00", "; Mon 08:00-20:00", "Mon 08:00-20:00;", "Mon- 08:00-20:00", "Mon +8:00-20:00",
	} {
		_, err := ParseHours("hours", text)
		if bad := (*Invalid)(nil); !errors.As(err, &bad) || bad.Field != "hours" || len(bad.Reason) < 20 {
			t.Errorf("%q: %v", text, err)
		}
	}
}
