package patrol

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/google/uuid"

	"xunfang/geo"
)

// RollCall is who is at a post.
type RollCall struct {
	Present        int // people
	MinStaff       int
	StaffedUntilMs *int64 // when, if nothing more is heard, fewer than MinStaff are there; nil when they are already
	OnDuty         bool   // within the watch's hours
	Proofs         []Proof
}

// Shortfall is how a post is short of people.
type Shortfall struct{ Present, MinStaff int }

// Lapse is that a post is about to fall short.
type Lapse struct {
	StaffedUntilMs int64
	Shortfall
}

// maxWarnMs bounds how long before a lapse it is told: a third of the time for which a
// proof holds, at most so long.
const maxWarnMs = 300_000

func (w Watch) warnMs() int64 { return min(maxWarnMs, w.PresenceS*1000/3) }

// postReading is all that a post's gauge says as of a time.
type postReading struct {
	attendance
	horizonMs int64
	duty      []interval // of (horizon, T]
	short     []interval // while on duty, of (horizon, T]
}

func (g *postGauge) reading(at geo.Stamp) postReading {
	r := postReading{horizonMs: int64(g.watch.horizon(at)) * 1000}
	atMs := int64(at) * 1000
	stays := make(map[uuid.UUID][]stay, len(g.known))
	for tracker, known := range g.known {
		if list := staysOf(known.tells, r.horizonMs, atMs, g.watch.PresenceS*1000); len(list) > 0 {
			stays[tracker] = list
		}
	}
	r.attendance = attend(atMs, stays, func(tracker uuid.UUID) string { return g.known[tracker].person })
	r.duty = g.watch.Hours.within(r.horizonMs+1, atMs+1, g.clock)
	r.short = minus(r.duty, r.staffed(r.horizonMs+1, g.watch.Post.MinStaff))
	return r
}

// onDuty reports whether T lies within the hours.
func (r postReading) onDuty() bool { return endsAt(r.duty, r.atMs+1) }

func endsAt(list []interval, ms int64) bool { return len(list) > 0 && list[len(list)-1].toMs == ms }

// shortSinceMs returns since when the post is short; ok is false when it is not.
func (r postReading) shortSinceMs() (ms int64, ok bool) {
	if !endsAt(r.short, r.atMs+1) {
		return 0, false
	}
	return r.short[len(r.short)-1].fromMs, true
}

func (g *postGauge) look(at geo.Stamp) look {
	r := g.reading(at)
	l := look{flipsAt: g.flipsAt(r)}
	if p, ok := g.part(r); ok {
		l.parts = []part{p}
	}
	if until, ok := r.staffedUntilMs(g.watch.Post.MinStaff); ok && until-r.atMs <= g.watch.warnMs() && g.onDutyAt(until) {
		l.lapse = &Lapse{until, g.shortfall(r)}
	}
	return l
}

func (g *postGauge) shortfall(r postReading) Shortfall {
	return Shortfall{r.present(), g.watch.Post.MinStaff}
}

func (g *postGauge) onDutyAt(ms int64) bool { return len(g.watch.Hours.within(ms, ms+1, g.clock)) > 0 }

// part returns the post as a stale part, once it has been short for grace_s.
func (g *postGauge) part(r postReading) (part, bool) {
	since, short := r.shortSinceMs()
	if !short || r.atMs-since < g.watch.GraceS*1000 {
		return part{}, false
	}
	begun := stampOf(since)
	s := g.shortfall(r)
	return part{size: float64(s.MinStaff - s.Present), oldest: begun, begun: begun, place: wholePost(s)}, true
}

// flipsAt is when, if nothing more is heard, anything that is told of the post changes.
func (g *postGauge) flipsAt(r postReading) geo.Stamp {
	next := int64(math.MaxInt64)
	may := func(ms int64) {
		if ms > r.atMs {
			next = min(next, ms)
		}
	}
	for _, until := range r.untilMs {
		may(until)
		may(until - g.watch.warnMs())
	}
	const weekMs = 8 * 86_400_000 // and a day on which the clocks are set
	for _, i := range g.watch.Hours.within(r.atMs, r.atMs+weekMs, g.clock) {
		may(i.fromMs)
		may(i.toMs)
	}
	if since, short := r.shortSinceMs(); short {
		may(since + g.watch.GraceS*1000)
	}
	if next == math.MaxInt64 {
		return 0
	}
	return stampOf(next)
}

// wholePost is a part's place at a post, which is the post itself.
type wholePost Shortfall

func (wholePost) overlap(other place) float64 {
	if _, ok := other.(wholePost); !ok {
		return 0
	}
	return 1
}

func (g *postGauge) find(gap PureGap) part {
	p := part{size: gap.Size, place: wholePost{}}
	if gap.Short != nil {
		p.place = wholePost(*gap.Short)
	}
	return p
}

func (g *postGauge) whys(parts []part, _ geo.Stamp) []Why {
	out := make([]Why, len(parts))
	for i, p := range parts {
		s := p.place.(wholePost)
		out[i] = Why{Cause: Understaffed, Setting: "min_staff", Value: float64(s.Present), Limit: float64(s.MinStaff)}
	}
	return out
}

func (g *postGauge) draw(p part, why Why) PureGap {
	short := Shortfall(p.place.(wholePost))
	return PureGap{
		Kind: g.watch.Kind, Shape: g.watch.Post.At, Label: g.watch.Post.At, Size: p.size,
		SinceMs: int64(p.oldest) * 1000, Why: why, Short: &short,
	}
}

// coverage: share is that of the duty time of (T − revisit_s, T] in which the post was
// staffed, 1 where there was none.
func (g *postGauge) coverage(at geo.Stamp, seq int64) Coverage {
	r := g.reading(at)
	least := g.watch.Post.MinStaff
	demanded := g.watch.Hours.within(r.atMs-g.watch.RevisitS*1000+1, r.atMs+1, g.clock)
	lacking := total(minus(demanded, r.staffed(r.horizonMs+1, least)))
	out := Coverage{
		Watch: g.watch.ID, Version: g.watch.Version, Kind: g.watch.Kind, AtMs: r.atMs, Seq: seq,
		Subject: float64(total(demanded)) / 1000, Covered: float64(total(demanded)-lacking) / 1000, Share: 1,
		RasterSHA256: r.sha256(),
		Roll:         &RollCall{Present: r.present(), MinStaff: least, OnDuty: r.onDuty(), Proofs: r.proofs},
	}
	if out.Subject > 0 {
		out.Share = out.Covered / out.Subject
	}
	if until, ok := r.staffedUntilMs(least); ok {
		out.Roll.StaffedUntilMs = &until
		if g.onDutyAt(until) {
			out.NextStaleMs = &until
		}
	}
	if since, short := r.shortSinceMs(); short {
		out.WorstIdleS = (r.atMs - since) / 1000
	}
	if p, ok := g.part(r); ok {
		out.Gaps = gapsOf(g, []part{p}, at)
	}
	return out
}

// sha256 is of when each person was there and of what proves that it is, hex: two readings
// with the same hash answer every question alike.
func (r postReading) sha256() string {
	h := sha256.New()
	var buf []byte
	for _, person := range r.people {
		buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(len(person)))
		for _, i := range person {
			buf = binary.LittleEndian.AppendUint64(buf, uint64(i.fromMs))
			buf = binary.LittleEndian.AppendUint64(buf, uint64(i.toMs))
		}
		h.Write(buf)
	}
	for _, p := range r.proofs {
		fmt.Fprintf(h, "%v %q %s %d %d\n", p.Tracker, p.Person, p.Kind, p.AtMs, p.UntilMs)
	}
	return hex.EncodeToString(h.Sum(nil))
}
