package patrol

import "xunfang/geo"

// Severity is how much a gap matters, by the table in docs/protocol.md.
type Severity struct {
	Score float64
	Level SeverityLevel
}

// SeverityLevel is a severity in one word.
type SeverityLevel string

// The levels of severity. A gap of the first two needs a person.
const (
	Critical SeverityLevel = "critical" // from 20
	High     SeverityLevel = "high"     // from 10
	Moderate SeverityLevel = "moderate" // from 5
	Low      SeverityLevel = "low"
)

func severityNames() []string {
	return []string{string(Critical), string(High), string(Moderate), string(Low)}
}

// NeedsPerson reports whether somebody should look at a gap of that level.
func (l SeverityLevel) NeedsPerson() bool { return l == Critical || l == High }

// SeverityOf multiplies three figures: a watch's priority, 1 to 5; a factor for how often
// over its limit a gap's ground has gone unseen (1, from twice 2, from four times 3, from
// eight times 4); and one for the highest precedence among the zones in force that it lies
// in (1 outside, up to 2 in the level that comes first in the table).
func SeverityOf(priority int, overdue float64, precedence int) Severity {
	factor := 1.0
	for _, from := range []float64{2, 4, 8} {
		if overdue >= from {
			factor++
		}
	}
	score := float64(priority) * factor * (1 + float64(precedence)/float64(Levels[0].Precedence))
	switch {
	case score >= 20:
		return Severity{score, Critical}
	case score >= 10:
		return Severity{score, High}
	case score >= 5:
		return Severity{score, Moderate}
	default:
		return Severity{score, Low}
	}
}

// overdue is how often over its limit a part that was last seen then has gone unseen as of
// T. What was demanded of nobody yet is not counted: a watch's time begins with it.
func (w Watch) overdue(oldest, at geo.Stamp) float64 {
	since := max(int64(oldest), w.ActiveFromMs/1000)
	return float64(int64(at)-since) / float64(w.limitS())
}

// limitS is what a watch's gaps are overdue by: of a post, how long a proof holds.
func (w Watch) limitS() int64 {
	if w.Kind == AtPost {
		return w.PresenceS
	}
	return w.RevisitS
}

// severity of a part as of T.
func (w Watch) severity(p part, at geo.Stamp, in zoning) Severity {
	return SeverityOf(w.Priority, w.overdue(p.oldest, at), in.over(p))
}
