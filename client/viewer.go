package client

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"xunfang/patrol"
)

// viewer is what is known over one or more connections.
type viewer struct {
	bbox *orb.Bound
	show func(line any) error

	epoch    string
	seq      int64
	trackers map[uint32]liveTracker
	gaps     map[uuid.UUID]json.RawMessage // open
	messages int
	failed   error // from show: the end
}

type liveTracker struct {
	Ref  uint32      `json:"ref"`
	ID   uuid.UUID   `json:"id"`
	Name string      `json:"name"`
	Kind patrol.Kind `json:"kind"`
}

// liveMessage is the union of the text messages.
type liveMessage struct {
	Type       string            `json:"type"`
	Epoch      string            `json:"epoch"`
	Seq        int64             `json:"seq"`
	Resumed    bool              `json:"resumed"`
	Trackers   []liveTracker     `json:"trackers"`
	Gaps       []json.RawMessage `json:"gaps"`
	Collection string            `json:"collection"`
	Event      string            `json:"event"`
	ID         uuid.UUID         `json:"id"`
	Feature    json.RawMessage   `json:"feature"`
	Gap        json.RawMessage   `json:"gap"`
	Away       bool              `json:"away"`
	Since      string            `json:"since"`
}

func (v *viewer) text(message []byte) error {
	var m liveMessage
	if err := json.Unmarshal(message, &m); err != nil {
		return fmt.Errorf("read a live message: %w", err)
	}
	v.seq = max(v.seq, m.Seq)
	switch m.Type {
	case "hello":
		v.epoch, v.seq = m.Epoch, m.Seq
		if !m.Resumed {
			v.trackers = make(map[uint32]liveTracker)
		}
	case "snapshot":
		for _, t := range m.Trackers {
			v.trackers[t.Ref] = t
		}
		return v.openGaps(m.Gaps)
	case "tracker":
		var t liveTracker
		if err := json.Unmarshal(message, &t); err != nil {
			return fmt.Errorf("read a live message: %w", err)
		}
		v.trackers[t.Ref] = t
	case "gap":
		return v.gap(m.Event, m.Gap)
	case "feature":
		if v.sees(m.Feature) {
			return v.tell(FeatureLine{m.Type, m.Collection, m.Event, m.ID, m.Feature})
		}
	case "warning":
		var w WarningLine
		if err := json.Unmarshal(message, &w); err != nil {
			return fmt.Errorf("read a live message: %w", err)
		}
		return v.tell(w)
	case "imported":
		return v.tell(ImportedLine{m.Type, m.Collection})
	case "store":
		return v.tell(StoreLine{m.Type, m.Away, m.Since})
	}
	return nil
}

// openGaps holds a snapshot's gaps against those known from before a break.
func (v *viewer) openGaps(gaps []json.RawMessage) error {
	closed := v.gaps
	v.gaps = make(map[uuid.UUID]json.RawMessage)
	for _, g := range gaps {
		id, err := featureID(g)
		if err != nil {
			return err
		}
		event := "opened"
		if _, known := closed[id]; known {
			event = "changed"
			delete(closed, id)
		}
		if err := v.gap(event, g); err != nil {
			return err
		}
	}
	for _, g := range closed {
		if err := v.gap("closed", g); err != nil {
			return err
		}
	}
	return nil
}

func (v *viewer) gap(event string, gap json.RawMessage) error {
	id, err := featureID(gap)
	if err != nil {
		return err
	}
	if event == "closed" {
		delete(v.gaps, id)
	} else {
		v.gaps[id] = gap
	}
	if !v.sees(gap) {
		return nil
	}
	return v.tell(GapLine{"gap", event, gap})
}

func (v *viewer) frame(frame []byte) error {
	positions, err := decodePositions(frame)
	if err != nil {
		return err
	}
	for _, p := range positions {
		if v.bbox != nil && !v.bbox.Contains(orb.Point{p.fix.Lon, p.fix.Lat}) {
			continue
		}
		t, known := v.trackers[p.ref]
		if !known {
			return fmt.Errorf("a position names ref %d, which nobody introduced", p.ref)
		}
		err := v.tell(PositionLine{"position", t.ID, t.Name, t.Kind, p.fix.Lon, p.fix.Lat, patrol.FormatMs(p.fix.TMs)})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *viewer) tell(line any) error {
	v.failed = v.show(line)
	return v.failed
}

// sees reports whether a GeoJSON feature lies in view; one without a place does.
func (v *viewer) sees(feature json.RawMessage) bool {
	if v.bbox == nil {
		return true
	}
	var f struct {
		Geometry *struct {
			Coordinates any `json:"coordinates"`
		} `json:"geometry"`
	}
	if json.Unmarshal(feature, &f) != nil || f.Geometry == nil {
		return true
	}
	bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	return v.bbox.Intersects(extend(bound, f.Geometry.Coordinates))
}

// extend grows b by every position within GeoJSON coordinates of any depth.
func extend(b orb.Bound, coordinates any) orb.Bound {
	list, _ := coordinates.([]any)
	if len(list) >= 2 {
		lon, isLon := list[0].(float64)
		lat, isLat := list[1].(float64)
		if isLon && isLat {
			return b.Extend(orb.Point{lon, lat})
		}
	}
	for _, c := range list {
		b = extend(b, c)
	}
	return b
}

func featureID(feature json.RawMessage) (uuid.UUID, error) {
	var f struct {
		ID uuid.UUID `json:"id"`
	}
	if err := json.Unmarshal(feature, &f); err != nil {
		return uuid.Nil, fmt.Errorf("read a gap: %w", err)
	}
	return f.ID, nil
}
