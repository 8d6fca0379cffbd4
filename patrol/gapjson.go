package patrol

import (
	"encoding/json"
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// pureGapProperties are what every gap says, in the order of docs/protocol.md.
type pureGapProperties struct {
	Kind   WatchKind `json:"kind"`
	Since  string    `json:"since"`
	SizeM2 *float64  `json:"size_m2,omitempty"`
	*arcProperties
	*shortProperties
	Cause   Cause     `json:"cause"`
	Why     string    `json:"why"`
	Setting string    `json:"setting,omitempty"`
	Value   *float64  `json:"value,omitempty"`
	Limit   *float64  `json:"limit,omitempty"`
	Label   orb.Point `json:"label"`
}

// arcProperties are what a perimeter's gap says.
type arcProperties struct {
	SizeM float64 `json:"size_m"`
	Part  int     `json:"part"`
	Ring  int     `json:"ring"`
	FromM float64 `json:"from_m"`
	ToM   float64 `json:"to_m"`
}

// shortProperties are what a post's gap says.
type shortProperties struct {
	ShortBy  int `json:"short_by"`
	Present  int `json:"present"`
	MinStaff int `json:"min_staff"`
}

type gapProperties struct {
	Watch     uuid.UUID `json:"watch"`
	WatchName string    `json:"watch_name"`
	pureGapProperties
	Severity       float64       `json:"severity"`
	SeverityLevel  SeverityLevel `json:"severity_level"`
	State          GapState      `json:"state"`
	OpenedAt       string        `json:"opened_at"`
	ClosedAt       *string       `json:"closed_at"`
	Owner          *string       `json:"owner"`
	AcknowledgedAt *string       `json:"acknowledged_at"`
	AcknowledgedBy *string       `json:"acknowledged_by"`
	AssignedTo     *string       `json:"assigned_to"`
	Note           *string       `json:"note"`
	Reason         *string       `json:"reason"`
}

// GapFeature writes a recorded gap as the GeoJSON feature of the gaps collection.
func GapFeature(g Gap) (json.RawMessage, error) {
	props := gapProperties{
		Watch:             g.Watch,
		WatchName:         g.WatchName,
		pureGapProperties: propertiesOf(g.PureGap),
		Severity:          math.Round(g.Severity.Score*100) / 100,
		SeverityLevel:     g.Severity.Level,
		State:             g.State,
		OpenedAt:          FormatMs(g.OpenedMs),
		ClosedAt:          timeOrNull(g.ClosedMs),
		Owner:             textOrNull(g.Owner()),
		AcknowledgedAt:    timeOrNull(g.AcknowledgedMs),
		AcknowledgedBy:    textOrNull(g.AcknowledgedBy),
		AssignedTo:        textOrNull(g.AssignedTo),
		Note:              textOrNull(g.Note),
		Reason:            textOrNull(g.Reason),
	}
	return json.Marshal(newGeoFeature(g.ID, onWire(g.Shape), props))
}

// PureGapFeature writes a gap as of T, which has no identity, as a GeoJSON feature.
func PureGapFeature(g PureGap) (json.RawMessage, error) {
	return json.Marshal(newGeoFeature(nil, onWire(g.Shape), propertiesOf(g)))
}

func propertiesOf(g PureGap) pureGapProperties {
	props := pureGapProperties{
		Kind:  g.Kind,
		Since: FormatMs(g.SinceMs),
		Cause: g.Why.Cause,
		Why:   g.Why.Sentence(),
		Label: onWire(g.Label),
	}
	switch a, s := g.Arc, g.Short; {
	case a != nil:
		props.arcProperties = &arcProperties{g.Size, a.Part, a.Ring, a.FromM, a.ToM}
	case s != nil:
		props.shortProperties = &shortProperties{s.MinStaff - s.Present, s.Present, s.MinStaff}
	default:
		m2 := math.Round(g.Size*10) / 10
		props.SizeM2 = &m2
	}
	if g.Why.Setting != "" {
		props.Setting, props.Value, props.Limit = g.Why.Setting, &g.Why.Value, &g.Why.Limit
	}
	return props
}

// onWire rounds a traced shape to 1e-7 degrees, about a centimetre.
func onWire[G orb.Geometry](g G) G { return orb.Round(orb.Clone(g), 1e7).(G) }

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func timeOrNull(ms int64) *string {
	if ms == 0 {
		return nil
	}
	return textOrNull(FormatMs(ms))
}
